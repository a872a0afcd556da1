import { expect, it } from 'vitest';
import { TimeEstimate } from './time-estimate.js';

const work = { epochs: 3, batches: 100, validationBatches: 25 };

/** Feeds batches of `each` seconds; returns the time after them. */
function run(estimate: TimeEstimate, from: number, batches: number, each: number): number {
  let now = from;
  for (let i = 0; i < batches; i++) {
    now += each;
    estimate.batchDone(now);
  }
  return now;
}

it('judges by the batches after the first two, which are slow', () => {
  const estimate = new TimeEstimate(work, 0);
  const now = run(estimate, run(estimate, 0, 2, 5), 48, 0.1);
  expect(estimate.secondsPerBatch).toBeCloseTo(0.1);
  expect(estimate.epochLeft()).toBeCloseTo(5);
  // 3 epochs of 100 batches and 25 of validation at 0.4 of the cost, less what has passed: 33 − 14.8
  expect(estimate.left(now)).toBeCloseTo(18.2);
});

it('goes by the last epoch as soon as there is one', () => {
  const estimate = new TimeEstimate(work, 0);
  run(estimate, 0, 100, 0.1);
  estimate.epochDone(14);
  expect(estimate.left(14)).toBeCloseTo(28);
  const now = run(estimate, 14, 50, 0.1);
  expect(estimate.epochLeft()).toBeCloseTo(5);
  expect(estimate.left(now)).toBeCloseTo(23);
});

it('never says less than the batches that are left', () => {
  const estimate = new TimeEstimate({ ...work, epochs: 1 }, 0);
  const now = run(estimate, run(estimate, 0, 2, 100), 48, 0.1);
  expect(estimate.left(now)).toBeCloseTo(5);
});

it('is said aloud after twenty batches, or a few slow ones, or a short epoch', () => {
  const quick = new TimeEstimate(work, 0);
  expect(quick.reliable(run(quick, 0, 19, 0.1))).toBe(false);
  expect(quick.reliable(run(quick, 1.9, 1, 0.1))).toBe(true);
  const slow = new TimeEstimate(work, 0);
  expect(slow.reliable(run(slow, 0, 2, 4))).toBe(false);
  expect(slow.reliable(run(slow, 8, 1, 4))).toBe(true);
  const short = new TimeEstimate({ ...work, batches: 3 }, 0);
  expect(short.reliable(run(short, 0, 3, 0.1))).toBe(true);
});

it('knows the batches of an epoch once one is over', () => {
  const estimate = new TimeEstimate({ ...work, batches: undefined }, 0);
  const now = run(estimate, 0, 50, 0.1);
  expect([estimate.epochLeft(), estimate.left(now)]).toEqual([Number.NaN, Number.NaN]);
  expect(estimate.reliable(now)).toBe(false);
  estimate.epochDone(6);
  run(estimate, 6, 20, 0.1);
  expect(estimate.batchesPerEpoch).toBe(50);
  expect(estimate.epochLeft()).toBeCloseTo(3);
  expect(estimate.left(8)).toBeCloseTo(10);
});

it('goes on within an epoch that an earlier run has begun', () => {
  const estimate = new TimeEstimate({ epochs: 2, batches: 100, validationBatches: 0, doneBatches: 80 }, 0);
  const now = run(estimate, run(estimate, 0, 2, 3), 8, 0.1);
  expect(estimate.batches).toBe(90);
  expect(estimate.epochLeft()).toBeCloseTo(1);
  expect(estimate.left(now)).toBeCloseTo(5.2); // 20 s for two epochs, less 8 s of the earlier run and 6.8 s of this
  run(estimate, now, 10, 0.1);
  estimate.epochDone(8);
  run(estimate, 8, 50, 0.1);
  expect(estimate.left(13)).toBeCloseTo(5);
});
