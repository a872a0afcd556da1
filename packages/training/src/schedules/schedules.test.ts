// Schedules against Keras 3, batch by batch; what their options refuse; and their way through JSON.
import type { LearningRateSchedule } from '@ostinato/core';
import { describe, expect, test } from 'vitest';
import { readGolden } from '../test-support/golden.js';
import { cosineDecay } from './cosine-decay.js';
import { cosineDecayRestarts } from './cosine-decay-restarts.js';
import { exponentialDecay } from './exponential-decay.js';
import { linearWarmup } from './linear-warmup.js';
import { piecewiseConstantDecay } from './piecewise-constant-decay.js';
import { polynomialDecay } from './polynomial-decay.js';
import { resolveSchedule } from './resolve-schedule.js';
import { schedules } from './schedules.js';

interface Golden {
  readonly steps: number[];
  readonly cases: {
    readonly name: string;
    readonly config: Record<string, never>;
    readonly rates: number[];
  }[];
}

const golden = readGolden<Golden>('schedules.json');

test.each(golden.cases)('$name $config', ({ name, config, rates }) => {
  const schedule = schedules.resolve({ name, config }, 'test');
  for (const [i, step] of golden.steps.entries()) {
    expect(Math.abs(schedule.rate(step) - rates[i]!), `batch ${step}`).toBeLessThanOrEqual(1e-7);
  }
});

const decay = exponentialDecay({ initialLearningRate: 0.5, decaySteps: 2, decayRate: 0.25 });

describe('linearWarmup', () => {
  test('rises in a straight line and stays', () => {
    const schedule = linearWarmup({ initialLearningRate: 0.2, warmupTarget: 1, warmupSteps: 4 });
    const rates = [0, 1, 2, 3, 4, 5, 1000].map((step) => +schedule.rate(step).toFixed(12));
    expect(rates).toEqual([0.2, 0.4, 0.6, 0.8, 1, 1, 1]);
  });

  test('hands over to a schedule, which begins then', () => {
    const schedule = linearWarmup({ warmupTarget: decay, warmupSteps: 2 });
    expect([0, 1, 2, 3, 4, 6].map((step) => schedule.rate(step))).toEqual([
      0, 0.25, 0.5, 0.25, 0.125, 0.03125,
    ]);
  });
});

test.each<[string, LearningRateSchedule]>([
  ['exponentialDecay', decay],
  ['piecewiseConstantDecay', piecewiseConstantDecay({ boundaries: [3], values: [1, 0.5] })],
  ['cosineDecay', cosineDecay({ initialLearningRate: 0, warmupTarget: 1, warmupSteps: 3, decaySteps: 5 })],
  ['cosineDecayRestarts', cosineDecayRestarts({ initialLearningRate: 1, firstDecaySteps: 3, tMul: 1.5 })],
  ['linearWarmup', linearWarmup({ warmupTarget: decay, warmupSteps: 3 })],
])('%s comes back from JSON the same', (name, schedule) => {
  const json = JSON.parse(JSON.stringify({ name: schedule.name, config: schedule.config }));
  expect(json.name).toBe(name);
  const again = resolveSchedule(json, schedules, 'test');
  expect(again.config).toEqual(schedule.config);
  for (let step = 0; step < 12; step++) expect(again.rate(step)).toBe(schedule.rate(step));
});

test('a config holds what differs from the defaults', () => {
  expect(decay.config).toEqual({ initialLearningRate: 0.5, decaySteps: 2, decayRate: 0.25 });
  expect(polynomialDecay({ initialLearningRate: 1, decaySteps: 3, power: 2 }).config).toEqual({
    initialLearningRate: 1,
    decaySteps: 3,
    power: 2,
  });
});

const cosine = { initialLearningRate: 0.1, decaySteps: 10 };

test.each([
  ['no options', () => exponentialDecay(undefined as never), 'config-type'],
  ['a missing rate', () => cosineDecay({ decaySteps: 3 } as never), 'config-learning-rate'],
  ['a negative rate', () => cosineDecay({ ...cosine, initialLearningRate: -1 }), 'config-learning-rate'],
  ['no steps', () => cosineDecay({ ...cosine, decaySteps: 0 }), 'config-decay-steps'],
  ['steps of NaN', () => polynomialDecay({ ...cosine, decaySteps: Number.NaN }), 'config-decay-steps'],
  ['a power of 0', () => polynomialDecay({ ...cosine, power: 0 }), 'config-power'],
  ['an alpha above 1', () => cosineDecay({ ...cosine, alpha: 2 }), 'config-alpha'],
  ['a target below 0', () => cosineDecay({ ...cosine, warmupTarget: -1 }), 'config-learning-rate'],
  ['a misspelt option', () => cosineDecay({ ...cosine, decay_steps: 3 } as never), 'config-unknown'],
  ['a decay rate below 0', () => exponentialDecay({ ...cosine, decayRate: -1 }), 'config-decay-rate'],
  [
    'a switch that is none',
    () => exponentialDecay({ ...cosine, decayRate: 1, staircase: 1 as never }),
    'config-staircase',
  ],
  [
    'falls that shrink',
    () => cosineDecayRestarts({ initialLearningRate: 1, firstDecaySteps: 3, tMul: 0.5 }),
    'config-t-mul',
  ],
  [
    'boundaries that fall',
    () => piecewiseConstantDecay({ boundaries: [3, 2], values: [1, 2, 3] }),
    'config-boundaries',
  ],
  [
    'as many values as boundaries',
    () => piecewiseConstantDecay({ boundaries: [3], values: [1] }),
    'config-values',
  ],
  [
    'a value that is no rate',
    () => piecewiseConstantDecay({ boundaries: [3], values: [1, -1] }),
    'config-learning-rate',
  ],
  [
    'a target that is none',
    () => linearWarmup({ warmupTarget: 'x' as never, warmupSteps: 3 }),
    'config-warmup-target',
  ],
  [
    'a target of NaN',
    () => linearWarmup({ warmupTarget: Number.NaN, warmupSteps: 3 }),
    'config-learning-rate',
  ],
  ['an unknown name', () => schedules.resolve('cosineDecoy', 'test'), 'schedule-unknown'],
  [
    'schedules in schedules without end',
    () => {
      let json: object = { name: 'linearWarmup', config: { warmupTarget: 1, warmupSteps: 1 } };
      for (let i = 0; i < 20; i++)
        json = { name: 'linearWarmup', config: { warmupTarget: json, warmupSteps: 1 } };
      resolveSchedule(json, schedules, 'test');
    },
    'config-warmup-target',
  ],
])('%s: refused', (_, make, code) => {
  expect(make).toThrow(expect.objectContaining({ code }));
});
