/** What we hold ourselves to, and whether a run met it. */
import type { OverheadFigures } from '../fit-overhead.js';
import { type Job, jobName, type LayerKind, type Mode, modeName } from '../jobs/job.js';
import type { UpdateFigures } from '../optimizer-update.js';
import { isTimed, type Row, type TimedRow } from '../table/row.js';
import { showMillis, showPercent, showRatio } from '../table/show-numbers.js';
import { STEP_FLOP, type StepFigures } from '../training-step.js';
import { type TargetFigures, TWO_THREADS } from './run-targets.js';

/** One line of the list: what was measured, and what it is measured against. */
export interface Verdict {
  readonly name: string;
  readonly time: string;
  readonly measured: string;
  /** Absent where nothing is asked. */
  readonly target?: { readonly text: string; readonly met: boolean };
}

/** Parts of the ceiling that a layer must reach on one thread. */
const SHARES: Readonly<Record<number, Partial<Record<LayerKind, Readonly<Record<Mode, number>>>>>> = {
  32: { simpleRNN: { forward: 0.6, train: 0.6 } },
  128: {
    simpleRNN: { forward: 0.8, train: 0.8 },
    lstm: { forward: 0, train: 0.8 },
    gru: { forward: 0, train: 0.8 },
  },
};

/** How many times as long tfjs-layers must take, forward and backward. */
const TFJS_RATIOS: Readonly<Record<LayerKind, number>> = { simpleRNN: 80, lstm: 60, gru: 60 };
/** SimpleRNN may reach this part of the ceiling instead. */
const SHARE_INSTEAD = 0.75;
const TWO_THREADS_RATIO = 1.7;
const STEP_RATIO = 2.4;
const OVERHEAD = 0.15;
const LOAD_SECONDS = 3;

/** Every figure of a run with its verdict. */
export function judge(figures: TargetFigures): Verdict[] {
  const { ceiling, rows } = figures;
  return [
    { name: 'f32x4 multiply-add ceiling', time: '', measured: `${ceiling.toFixed(1)} GFLOP/s` },
    ...rows.filter(({ peer }) => peer === 'ours').flatMap((row) => judgeRow(row, rows, ceiling)),
    ...figures.steps.flatMap((step) => judgeStep(step, ceiling)),
    ...figures.overheads.map(judgeOverhead),
    ...(figures.updates ?? []).map(judgeUpdate),
    ...judgeLoad(figures),
  ];
}

function judgeRow(ours: Row, rows: readonly Row[], ceiling: number): Verdict[] {
  const { job, mode } = ours;
  const name = `${jobName(job)}, ${modeName(mode)}`;
  if (!isTimed(ours)) {
    return [{ name, time: '–', measured: ours.untimed, target: { text: 'a time', met: false } }];
  }
  const at = (peer: string): TimedRow | undefined =>
    rows.filter(isTimed).find((row) => row.job === job && row.mode === mode && row.peer === peer);
  const verdicts = [judgeShare(name, ours, ceiling)];
  const [two, tfjs] = [at(TWO_THREADS), at('tfjs-layers')];
  if (two) verdicts.push(judgeThreads(ours, two));
  if (tfjs) verdicts.push(judgeTfjs(ours, tfjs, ceiling));
  return [...verdicts, ...judgeTroubles(rows.filter((row) => row.job === job && row.mode === mode))];
}

/** What was asked for an answer and gave none, or another one. */
function judgeTroubles(rows: readonly Row[]): Verdict[] {
  return rows.flatMap((row) => {
    if (isTimed(row) || !row.trouble) return [];
    const target = { text: 'the same answers', met: false };
    return [{ name: `  ${row.peer}`, time: '–', measured: row.untimed, target }];
  });
}

function judgeShare(name: string, ours: TimedRow, ceiling: number): Verdict {
  const share = ours.gflops / ceiling;
  const least = SHARES[ours.job.units]?.[ours.job.layer]?.[ours.mode] ?? 0;
  const path = ours.remark ? `; not fused: ${ours.remark}` : '';
  const measured = `${ours.gflops.toFixed(1)} GFLOP/s, ${showPercent(share)} of the ceiling${path}`;
  const verdict = { name, time: showMillis(ours.fastestMillis), measured };
  if (least === 0) return verdict;
  return { ...verdict, target: { text: `at least ${showPercent(least)}`, met: share >= least } };
}

function judgeThreads(one: TimedRow, two: TimedRow): Verdict {
  const ratio = one.fastestMillis / two.fastestMillis;
  const verdict = {
    name: '  with two threads',
    time: showMillis(two.fastestMillis),
    measured: `${ratio.toFixed(2)} × as fast`,
  };
  if (!isSeedSize(one.job) || one.mode !== 'train') return verdict;
  const text = `at least ${TWO_THREADS_RATIO} ×`;
  return { ...verdict, target: { text, met: ratio >= TWO_THREADS_RATIO } };
}

/** The recurrent layer of the IMDB program. */
function isSeedSize({ layer, units }: Job): boolean {
  return layer === 'simpleRNN' && units === 32;
}

function judgeTfjs(ours: TimedRow, tfjs: TimedRow, ceiling: number): Verdict {
  const ratio = tfjs.fastestMillis / ours.fastestMillis;
  const verdict = {
    name: '  tfjs-layers on wasm',
    time: showMillis(tfjs.fastestMillis),
    measured: `${showRatio(ratio)} ours`,
  };
  if (ours.mode !== 'train') return verdict;
  const least = TFJS_RATIOS[ours.job.layer];
  const instead = ours.job.layer === 'simpleRNN' && ours.gflops / ceiling >= SHARE_INSTEAD;
  const either =
    ours.job.layer === 'simpleRNN' ? `, or ours at ${showPercent(SHARE_INSTEAD)} of the ceiling` : '';
  return { ...verdict, target: { text: `at least ${least} ×${either}`, met: ratio >= least || instead } };
}

function judgeStep({ threads, millis, medianMillis }: StepFigures, ceiling: number): Verdict[] {
  const limit = STEP_FLOP / (ceiling * threads) / 1e6;
  const ratio = millis / limit;
  const name = `IMDB training step, ${threads === 1 ? 'one thread' : `${threads} threads`}`;
  const against = `${ratio.toFixed(2)} × the ceiling's ${showMillis(limit)}`;
  const fastest = { name: `${name}, fastest`, time: showMillis(millis), measured: against };
  const target = { text: `at most ${STEP_RATIO} ×`, met: ratio <= STEP_RATIO };
  const measured = `${(medianMillis / limit).toFixed(2)} ×`;
  return [
    threads === 1 ? { ...fastest, target } : fastest,
    { name: `${name}, median`, time: showMillis(medianMillis), measured },
  ];
}

function judgeOverhead({ threads, fitMillis, bareMillis }: OverheadFigures): Verdict {
  const overhead = fitMillis / bareMillis - 1;
  const percent = `${(100 * overhead).toFixed(1)} %`;
  return {
    name: `fit with callbacks, a batch, ${threads === 1 ? 'one thread' : `${threads} threads`}`,
    time: showMillis(fitMillis),
    measured: `${percent} over the kernels alone (${showMillis(bareMillis)})`,
    target: { text: `at most ${showPercent(OVERHEAD)}`, met: overhead <= OVERHEAD },
  };
}

function judgeUpdate({ optimizer, fusedMillis, composedMillis }: UpdateFigures): Verdict {
  const ratio = showRatio(composedMillis / fusedMillis);
  return {
    name: `One update of 322,113 weights, ${optimizer}`,
    time: showMillis(fusedMillis),
    measured: `tensor operations take ${ratio} as long (${showMillis(composedMillis)})`,
  };
}

function judgeLoad({ load }: TargetFigures): Verdict[] {
  if (!load) return [];
  const name = `Loading and padding ${load.reviews} reviews`;
  const target = { text: `at most ${LOAD_SECONDS} s`, met: load.seconds <= LOAD_SECONDS };
  return [{ name, time: `${load.seconds.toFixed(2)} s`, measured: '', target }];
}

/** `SimpleRNN …    4.10 ms   31.9 GFLOP/s, … (target: at least 60 %; met)`. */
export function showVerdict({ name, time, measured, target }: Verdict): string {
  const verdict = target ? ` (target: ${target.text}; ${target.met ? 'met' : 'MISSED'})` : '';
  return `${name.padEnd(46)}${time.padStart(12)}   ${measured}${verdict}`.trimEnd();
}
