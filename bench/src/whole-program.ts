/** The whole IMDB program, from its start to its end: on one thread, on two, and two programs at once, in turns. */
import { measureCeiling } from './ceiling.js';
import { median } from './measure.js';
import { type ProgramReport, withProgram } from './run-program.js';
import type { Verdict } from './targets/judge.js';
import { STEP_FLOP } from './training-step.js';

/** One run of the program, as its own figures say it. Units: seconds. */
export interface ProgramRun {
  readonly threads: number;
  readonly load: number;
  readonly train: number;
  readonly evaluate: number;
  readonly total: number;
}

export interface ProgramFigures {
  /** GFLOP/s of one thread: the highest reading between the runs. */
  readonly ceiling: number;
  /** Steps of training in a run. */
  readonly steps: number;
  readonly runs: readonly ProgramRun[];
  /** Totals of two runs at once, on one thread each. Units: seconds. */
  readonly atOnce: readonly (readonly [number, number])[];
  readonly weightsSha256: string;
}

const THREADS = [1, 2] as const;
/** The part of the time on one thread that two may take. */
const TWO_THREADS_SHARE = 0.6;
/** How many times as long as its steps take at the ceiling the whole may take. */
const LIMIT_RATIO = 2.2;

/**
 * Runs it `pairs` times on one thread, on two, and twice at once on one thread each, with a reading of the ceiling between the runs. How much two
 * programs that share nothing slow each other says about what two threads lose to the machine.
 *
 * Throws   Error when two runs do not end with the same weights
 */
export async function measureProgram(data: string, pairs: number): Promise<ProgramFigures> {
  const [runs, ceilings, hashes]: [ProgramRun[], number[], Set<string>] = [[], [], new Set()];
  const atOnce: [number, number][] = [];
  let steps = 0;
  await withProgram(data, async (run) => {
    const once = async (threads: number): Promise<ProgramReport['seconds']> => {
      const { seconds, weightsSha256, settings, data: found } = await run({ seed: 1, threads });
      hashes.add(weightsSha256);
      steps = stepsOf(settings, found.train);
      return seconds;
    };
    for (let pair = 0; pair < pairs; pair++) {
      for (const threads of THREADS) {
        ceilings.push(await measureCeiling());
        const { load, train, evaluate, total } = await once(threads);
        runs.push({ threads, load, train, evaluate, total });
      }
      atOnce.push(await allDone([once(1), once(1)]));
    }
  });
  if (hashes.size !== 1) throw new Error(`The runs ended with different weights: ${[...hashes].join(', ')}`);
  return { ceiling: Math.max(...ceilings), steps, runs, atOnce, weightsSha256: [...hashes][0]! };
}

/** Totals of runs, when the last is over, also when one of them failed: they write into one folder. */
async function allDone(
  runs: readonly [Promise<ProgramReport['seconds']>, Promise<ProgramReport['seconds']>],
): Promise<[number, number]> {
  await Promise.allSettled(runs);
  const [first, second] = await Promise.all(runs);
  return [first.total, second.total];
}

function stepsOf({ epochs, batchSize, validationSplit }: ProgramReport['settings'], reviews: number): number {
  return epochs * Math.ceil(Math.floor(reviews * (1 - validationSplit)) / batchSize);
}

/** The runs' medians, beside each other and beside what the steps alone take at the ceiling. */
export function judgeProgram({ ceiling, steps, runs, atOnce }: ProgramFigures): Verdict[] {
  const secondsOf = (threads: number): number =>
    median(runs.filter((run) => run.threads === threads).map(({ total }) => total));
  const limitOf = (threads: number): number => (steps * STEP_FLOP) / (ceiling * threads * 1e9);
  const [one, two] = [secondsOf(1), secondsOf(2)];
  const against = (seconds: number, threads: number): string =>
    `${(seconds / limitOf(threads)).toFixed(2)} × the ${limitOf(threads).toFixed(1)} s of its steps at the ceiling`;
  const target = { text: `at most ${LIMIT_RATIO} ×`, met: two <= LIMIT_RATIO * limitOf(2) };
  const share = two / one;
  const eachAtOnce = median(atOnce.flat());
  return [
    { name: 'f32x4 multiply-add ceiling', time: '', measured: `${ceiling.toFixed(1)} GFLOP/s` },
    { name: 'IMDB program, one thread, median', time: `${one.toFixed(1)} s`, measured: against(one, 1) },
    {
      name: 'IMDB program, two threads, median',
      time: `${two.toFixed(1)} s`,
      measured: against(two, 2),
      target,
    },
    {
      name: '  beside one thread',
      time: '',
      measured: `${share.toFixed(3)} × its time`,
      target: { text: `at most ${TWO_THREADS_SHARE} ×`, met: share <= TWO_THREADS_SHARE },
    },
    {
      name: '  two programs at once, one thread each',
      time: `${eachAtOnce.toFixed(1)} s`,
      measured: `${(eachAtOnce / one).toFixed(2)} × one alone: two threads that never wait would take about ${(eachAtOnce / one / 2).toFixed(2)} ×`,
    },
  ];
}
