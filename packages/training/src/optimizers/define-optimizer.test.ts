// An optimizer and a schedule as a third party writes them: a few lines, everything else by itself.
import { useBackend } from '@ostinato/backend';
import { checkFraction, pow } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import {
  clipByNorm,
  decayWeights,
  defineOptimizer,
  defineSchedule,
  momentum,
  type OptimizerOptions,
  scaleByAdam,
  scaleByLearningRate,
} from '../index.js';
import { modelFromBytes } from '../saving/model-file.js';
import { sequential } from '../sequential.js';
import { dense, testRegistry } from '../test-support/test-layers.js';

interface SignumOptions extends OptimizerOptions {
  /** Default 0.9. */
  readonly decay?: number;
}

/** Momentum's direction, a step of one size for all weights. */
const signum = defineOptimizer<SignumOptions>({
  name: 'signum',
  defaults: { learningRate: 0.25, decay: 0.9 },
  checks: { decay: checkFraction },
  links: ({ decay }) => [
    momentum({ decay }),
    { update: ({ change }) => ({ change: tf.sign(change) }) },
    scaleByLearningRate(),
  ],
});

const halving = defineSchedule<{ readonly initialLearningRate: number; readonly every?: number }>({
  name: 'halving',
  defaults: { initialLearningRate: undefined, every: 1 },
  rate: (step, { initialLearningRate, every }) => initialLearningRate * pow(0.5, Math.floor(step / every)),
});

const registry = testRegistry({
  name: 'plugin-signum',
  version: '1.0.0',
  optimizers: [{ name: 'signum', create: signum }],
  schedules: [{ name: 'halving', create: halving }],
});
const x = [[1, 2]];

beforeAll(() => useBackend('cpu'));

const weightsOf = async (model: {
  getWeights(): Promise<readonly { data: Float32Array }[]>;
}): Promise<number[]> => (await model.getWeights()).flatMap(({ data }) => [...data]);

test('its links make the step, in a model, by name', async () => {
  const model = sequential([dense({ units: 1 })], { registry, inputShape: [2] });
  model.compile({ optimizer: 'signum', loss: 'mse' });
  await model.setWeights([[[1], [1]], [0]]); // prediction 3
  await model.trainOnBatch(x, [[0]]);
  expect(await weightsOf(model)).toEqual([0.75, 0.75, -0.25]);
});

test('the common options are its own: decay, a schedule of a plugin, and both come back from a file', async () => {
  const model = sequential([dense({ units: 1 })], { registry, inputShape: [2] });
  const learningRate = halving({ initialLearningRate: 0.5 });
  model.compile({
    optimizer: signum({ learningRate, weightDecay: 0.5, excludeFromWeightDecay: ['bias'] }),
    loss: 'mse',
  });
  await model.setWeights([[[4], [4]], [4]]);
  await model.trainOnBatch(x, [[0]]);
  expect(await weightsOf(model)).toEqual([2.5, 2.5, 3.5]); // 4·(1 − 0.5·0.5) − 0.5; 4 − 0.5
  const again = await modelFromBytes(await model.toBytes(), { registry });
  expect(again.optimizer.name).toBe('signum');
  expect(again.optimizer.config).toEqual(model.optimizer.config);
  await again.trainOnBatch(x, [[0]]);
  expect(await weightsOf(again)).toEqual([1.9375, 1.9375, 3.25]); // the rate goes on: 2.5·(1 − 0.25·0.5) − 0.25
});

test('its own options are checked, also one that is unknown', () => {
  expect(() => signum({ decay: 2 })).toThrow(expect.objectContaining({ code: 'config-decay' }));
  expect(() => signum({ deccay: 2 } as never)).toThrow(/Did you mean 'decay'.*\(config-unknown\)/);
  expect(() => halving({} as never)).toThrow(/\(config-initial-learning-rate\)/);
});

test('two links with one slot are refused', async () => {
  const twice = defineOptimizer({
    name: 'twice',
    defaults: { learningRate: 1 },
    links: () => [momentum({ decay: 0.5 }), momentum({ decay: 0.9 })],
  });
  const model = sequential([dense({ units: 1 })], { registry, inputShape: [2] });
  model.compile({ optimizer: twice(), loss: 'mse' });
  await expect(model.trainOnBatch(x, [[0]])).rejects.toThrow(
    /\[twice\] Two links.*'momentum'.*\(optimizer-slots\)/,
  );
});

test('an optimizer without links, written by hand, may hand back what it was given', async () => {
  const model = sequential([dense({ units: 1 })], { registry, inputShape: [2] });
  const lazy = {
    name: 'lazy',
    config: {},
    learningRate: 1,
    init: (param: tf.Tensor) => ({ first: param, last: param }),
    update: (
      params: readonly { param: tf.Tensor; gradient: tf.Tensor; slots: Record<string, tf.Tensor> }[],
    ) =>
      params.map(({ param, gradient, slots }) => ({ param, slots: { first: slots.first!, last: gradient } })),
  };
  model.compile({ optimizer: lazy as never, loss: 'mse' });
  const weights = await weightsOf(model);
  const before = tf.memory().numTensors;
  for (let i = 0; i < 3; i++) await model.trainOnBatch(x, [[0]]);
  expect(await weightsOf(model)).toEqual(weights);
  expect(tf.memory().numTensors).toBe(before + 4); // two slots for each of two weights
});

test('an unknown schedule in a file is named', () => {
  const model = sequential([dense({ units: 1 })], { registry, inputShape: [2] });
  const optimizer = { name: 'adam', config: { learningRate: { name: 'halvin', config: {} } } } as never;
  expect(() => model.compile({ optimizer, loss: 'mse' })).toThrow(
    /Did you mean 'halving'.*\(schedule-unknown\)/,
  );
});

test.each<[string, () => unknown, string]>([
  ['no spec', () => defineOptimizer(undefined as never), 'optimizer-spec'],
  ['a spec without links', () => defineOptimizer({ name: 'x', defaults: {} } as never), 'optimizer-spec'],
  ['links without options', () => scaleByAdam(undefined as never), 'config-type'],
  ['a rate that is none', () => momentum({ decay: Number.NaN }), 'config-decay'],
  ['a limit that is none', () => clipByNorm(undefined as never), 'config-limit'],
  ['no decay', () => decayWeights({} as never), 'config-rate'],
])('%s: a clear error', (_, make, code) => {
  expect(make).toThrow(expect.objectContaining({ code }));
});
