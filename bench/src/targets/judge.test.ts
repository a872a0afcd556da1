import { describe, expect, it, test } from 'vitest';
import { floatingOperations, type LayerKind, type Mode } from '../jobs/job.js';
import type { Row } from '../table/row.js';
import { jobOf, rowOf } from '../test-support/rows.js';
import { judge, showVerdict, type Verdict } from './judge.js';
import { type TargetFigures, TWO_THREADS } from './run-targets.js';

const CEILING = 50;

const figures = (rows: readonly Row[], more: Partial<TargetFigures> = {}): TargetFigures => ({
  ceiling: CEILING,
  rows,
  steps: [],
  overheads: [],
  ...more,
});

/** Verdicts that have a target, in the order of the rows. */
const asked = (rows: readonly Row[]): Verdict['target'][] =>
  judge(figures(rows)).flatMap(({ target }) => target ?? []);

const at = (layer: LayerKind, units: number) => jobOf(layer, 64, 500, units);

/** Ours at a part of the ceiling. */
function oursAt(
  layer: LayerKind,
  units: number,
  share: number,
  mode: Mode = 'train',
  job = at(layer, units),
): Row {
  return rowOf(job, 'ours', floatingOperations(job, mode) / (share * CEILING) / 1e6, mode);
}

describe('the seed size', () => {
  it('asks SimpleRNN for 60 % of the ceiling, LSTM and GRU for none', () => {
    expect(asked([oursAt('simpleRNN', 32, 0.61)])).toEqual([{ text: 'at least 60 %', met: true }]);
    expect(asked([oursAt('simpleRNN', 32, 0.59, 'forward')])).toEqual([
      { text: 'at least 60 %', met: false },
    ]);
    expect(asked([oursAt('lstm', 32, 0.1), oursAt('gru', 32, 0.1)])).toEqual([]);
  });

  it.each<[LayerKind, number, number, boolean]>([
    ['simpleRNN', 0.7, 81, true],
    ['simpleRNN', 0.7, 79, false],
    ['simpleRNN', 0.76, 20, true], // by its part of the ceiling
    ['lstm', 0.9, 59, false],
    ['lstm', 0.5, 61, true],
    ['gru', 0.9, 59, false],
  ])('%s at %f of the ceiling and tfjs-layers at %i × ours: %s', (layer, share, ratio, met) => {
    const job = at(layer, 32);
    const ours = oursAt(layer, 32, share, 'train', job);
    const millis = (ours as { fastestMillis: number }).fastestMillis;
    expect(asked([ours, rowOf(job, 'tfjs-layers', ratio * millis)]).at(-1)!.met).toBe(met);
  });

  it('asks two threads for 1.7 × of SimpleRNN, forward and backward', () => {
    const job = at('simpleRNN', 32);
    const verdict = (two: number, mode: Mode): Verdict['target'] =>
      asked([rowOf(job, 'ours', 17, mode), rowOf(job, TWO_THREADS, two, mode)])[1];
    expect(verdict(9.9, 'train')).toEqual({ text: 'at least 1.7 ×', met: true });
    expect(verdict(10.1, 'train')!.met).toBe(false);
    expect(verdict(10.1, 'forward')).toBeUndefined();
  });
});

it.each<LayerKind>(['simpleRNN', 'lstm', 'gru'])('asks %s of 128 units for 80 %% of the ceiling', (layer) => {
  expect(asked([oursAt(layer, 128, 0.81)])).toEqual([{ text: 'at least 80 %', met: true }]);
  expect(asked([oursAt(layer, 128, 0.79)])).toEqual([{ text: 'at least 80 %', met: false }]);
});

it('judges the training step against the ceiling of its threads, and the loader in seconds', () => {
  const limit = 393.216 / CEILING; // milliseconds
  const steps = [
    { threads: 1, millis: 2.3 * limit, medianMillis: 3 * limit, loss: 0 },
    { threads: 2, millis: limit, medianMillis: limit, loss: 0 },
  ];
  const lines = judge(figures([], { steps, load: { seconds: 3.1, reviews: 50_000 } })).map(showVerdict);
  expect(lines[1]).toMatch(
    /one thread, fastest +18.1 ms {3}2.30 × the ceiling's 7.86 ms \(target: at most 2.4 ×; met\)$/,
  );
  expect(lines[3]).toMatch(/2 threads, fastest +7.86 ms {3}2.00 × the ceiling's 3.93 ms$/);
  expect(lines[5]).toMatch(/50000 reviews +3.10 s {4}\(target: at most 3 s; MISSED\)$/);
});

it('shows what has no time or no fused kernel', () => {
  const job = at('gru', 128);
  const [, slow] = judge(
    figures([{ job, mode: 'train', peer: 'ours', untimed: 'no kernel', trouble: false }]),
  );
  expect(showVerdict(slow!)).toMatch(
    /^GRU B=64 T=500 H=128, forward \+ backward +– {3}no kernel \(target: a time; MISSED\)$/,
  );
  const [, reference] = judge(figures([{ ...rowOf(job, 'ours', 5), remark: 'no plugin' }]));
  expect(showVerdict(reference!)).toContain('not fused: no plugin');
});

it('misses a target when a peer or two threads give other answers', () => {
  const job = at('lstm', 32);
  const absent = { job, mode: 'train', untimed: 'disagrees: d-x', trouble: true } as const;
  const rows = [
    rowOf(job, 'ours', 5),
    { ...absent, peer: TWO_THREADS },
    { ...absent, peer: 'tfjs-layers', trouble: false },
  ];
  expect(asked(rows)).toEqual([{ text: 'the same answers', met: false }]);
});

test.each([
  [11.4, true],
  [11.6, false],
])('fit may cost 15 %% over its kernels: %f ms for 10', (fitMillis, met) => {
  const overheads = [{ threads: 1, fitMillis, bareMillis: 10 }];
  const verdict = judge(figures([], { overheads })).at(-1)!;
  expect(verdict.target).toEqual({ text: 'at most 15 %', met });
  expect(showVerdict(verdict)).toContain('fit with callbacks, a batch, one thread');
});

it('shows how much longer an update of tensor operations takes, and asks for nothing', () => {
  const updates = [{ optimizer: 'adam', fusedMillis: 0.5, composedMillis: 2 }];
  const verdict = judge(figures([], { updates })).find(({ name }) => name.startsWith('One update'))!;
  expect(verdict.target).toBeUndefined();
  expect(showVerdict(verdict)).toMatch(
    /^One update of 322,113 weights, adam +0\.500 ms +tensor operations take 4\.0+ × as long/,
  );
});
