// Optimizers against Keras 3: the weights after each of 20 steps.
import { useBackend } from '@ostinato/backend';
import { KernelChooser, type Optimizer, Param } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { exponentialDecay } from '../schedules/exponential-decay.js';
import { expectClose, type GoldenTensor, readGolden, toTensor } from '../test-support/golden.js';
import { adadelta } from './adadelta.js';
import { adagrad } from './adagrad.js';
import { adam } from './adam.js';
import { adamax } from './adamax.js';
import { adamw } from './adamw.js';
import { lion } from './lion.js';
import { nadam } from './nadam.js';
import { OptimizerState } from './optimizer-state.js';
import { optimizers } from './optimizers.js';
import { resolveOptimizer } from './resolve-optimizer.js';
import { rmsprop } from './rmsprop.js';
import { sgd } from './sgd.js';

interface Golden {
  readonly weights: GoldenTensor[];
  readonly gradients: GoldenTensor[][];
  readonly cases: {
    readonly name: string;
    readonly optimizer: string;
    readonly config: Record<string, never>;
    readonly steps: GoldenTensor[][];
    readonly finalized?: GoldenTensor[];
  }[];
  readonly repeatedRows: {
    readonly optimizer: string;
    readonly weights: GoldenTensor;
    readonly indices: GoldenTensor;
    readonly rows: GoldenTensor;
    readonly summed: GoldenTensor[];
  }[];
}

const golden = readGolden<Golden>('optimizers.json');
const NAMES = ['kernel', 'bias'];
const noKernels = new KernelChooser([]).at('optimizer');

/** The values of all parameters after each batch of gradients, and what they are in the end. */
function run(
  optimizer: Optimizer,
  start: readonly GoldenTensor[],
  gradients: (step: number) => tf.Tensor[],
  steps: number,
): { values: tf.Tensor[][]; finalized: tf.Tensor[] } {
  const params = start.map((value, i) => new Param(NAMES[i]!, `layer/${NAMES[i]}`, toTensor(value)));
  const state = new OptimizerState(optimizer);
  const values = Array.from({ length: steps }, (_, step) => {
    const given = gradients(step).map((gradient, i) => ({ param: params[i]!, gradient }));
    state.accept(state.propose(given, noKernels));
    return params.map(({ tensor }) => tf.clone(tensor));
  });
  state.finalizeVariableValues();
  const finalized = params.map(({ tensor }) => tf.clone(tensor));
  state.dispose();
  for (const param of params) param.dispose();
  return { values, finalized };
}

describe.each(['cpu', 'wasm'] as const)('on %s', (backend) => {
  beforeAll(async () => {
    await useBackend(backend, { fallback: false });
  });

  test.each(golden.cases)('$name', ({ optimizer, config, steps, finalized: wanted }) => {
    const before = tf.memory().numTensors;
    tf.tidy(() => {
      const rule = resolveOptimizer({ name: optimizer.toLowerCase(), config }, [], 'test');
      const given = (step: number) => golden.gradients[step]!.map(toTensor);
      const { values, finalized } = run(rule, golden.weights, given, steps.length);
      for (const [step, each] of values.entries()) {
        for (const [p, value] of each.entries()) expectClose(value, steps[step]![p]!, 1e-6);
      }
      for (const [p, value] of finalized.entries()) expectClose(value, (wanted ?? steps.at(-1)!)[p]!, 1e-6);
    });
    expect(tf.memory().numTensors).toBe(before);
  });

  test.each(golden.repeatedRows)('$optimizer on a row that occurs twice', (given) => {
    tf.tidy(() => {
      const gradient = tf.unsortedSegmentSum(
        toTensor(given.rows),
        toTensor(given.indices) as tf.Tensor1D,
        given.weights.shape[0]!,
      );
      const rule = optimizers.resolve(given.optimizer.toLowerCase(), 'test');
      run(rule, [given.weights], () => [gradient], given.summed.length).values.forEach(([value], step) => {
        expectClose(value!, given.summed[step]!, 1e-6);
      });
    });
  });
});

test('configs hold what differs from the defaults, the present learning rate included', () => {
  const optimizer = adam({ beta1: 0.8 });
  optimizer.learningRate = 0.5;
  expect(optimizer.config).toEqual({ learningRate: 0.5, beta1: 0.8 });
  expect(sgd().config).toEqual({});
  expect(rmsprop({ centered: true, momentum: 0.5 }).config).toEqual({ centered: true, momentum: 0.5 });
});

const makers = { adadelta, adagrad, adam, adamax, adamw, lion, nadam, rmsprop, sgd };

describe.each(['cpu', 'wasm'] as const)('on %s a gradient that is not finite comes to light', (backend) => {
  beforeAll(async () => {
    await useBackend(backend, { fallback: false });
  });

  const clippings = [{}, { clipValue: 1 }, { clipNorm: 1 }, { globalClipNorm: 1 }, { weightDecay: 0.1 }];
  const cases = Object.keys(makers).flatMap((name) => clippings.map((options) => ({ name, options })));
  test.each(cases)('$name $options', async ({ name, options }) => {
    const param = new Param('kernel', 'layer/kernel', tf.tensor([1, 2, 3, 4, 5]));
    const state = new OptimizerState(makers[name as keyof typeof makers](options));
    const gradient = tf.tensor([1, Number.NaN, 0, -1, 2]);
    const proposal = state.propose([{ param, gradient }], noKernels);
    expect(Number.isFinite((await proposal.sums.data())[0])).toBe(false);
    state.reject(proposal);
    tf.dispose([gradient, param.tensor]);
  });
});

test('every optimizer has its name, its maker in the catalogue, and a config that makes it again', () => {
  expect(optimizers.names().sort()).toEqual(Object.keys(makers).sort());
  for (const [name, make] of Object.entries(makers)) {
    const optimizer = make({ weightDecay: 0.5, clipNorm: 2, useEma: true });
    expect(optimizer.name).toBe(name);
    expect(optimizer.config).toEqual({ weightDecay: 0.5, clipNorm: 2, useEma: true });
    expect(make().config).toEqual({});
    expect(optimizers.resolve({ name, config: optimizer.config }, 'test').config).toEqual(optimizer.config);
  }
});

describe('learningRate', () => {
  const decay = exponentialDecay({ initialLearningRate: 0.5, decaySteps: 1, decayRate: 0.5 });

  test('of a schedule is that of the next batch, and follows the batches', () => {
    const optimizer = sgd({ learningRate: decay });
    const state = new OptimizerState(optimizer);
    const param = new Param('kernel', 'layer/kernel', tf.tensor([1]));
    const rates = [optimizer.learningRate];
    for (let i = 0; i < 2; i++) {
      const gradient = tf.tensor([1]);
      state.accept(state.propose([{ param, gradient }], noKernels));
      rates.push(optimizer.learningRate);
    }
    expect(rates).toEqual([0.5, 0.25, 0.125]);
    expect(param.tensor.dataSync()[0]).toBeCloseTo(0.25, 6);
  });

  test('may be set to a number or a schedule at any time', () => {
    const optimizer = adam({ learningRate: decay });
    expect(optimizer.config).toEqual({ learningRate: { name: 'exponentialDecay', config: decay.config } });
    optimizer.learningRate = 0.3;
    expect(optimizer.learningRate).toBe(0.3);
    expect(optimizer.schedule).toBeUndefined();
    optimizer.learningRate = decay;
    expect(optimizer.learningRate).toBe(0.5);
  });

  test('of a schedule that gives no rate is an error before the step', () => {
    const broken = { name: 'broken', config: {}, rate: () => Number.NaN };
    const state = new OptimizerState(sgd({ learningRate: broken }));
    const param = new Param('kernel', 'layer/kernel', tf.tensor([1]));
    const gradient = tf.tensor([1]);
    expect(() => state.propose([{ param, gradient }], noKernels)).toThrow(
      /sgd.*NaN.*\(config-learning-rate\)/,
    );
  });
});

test.each([
  ['a negative learning rate', () => sgd({ learningRate: -1 }), 'config-learning-rate'],
  ['a learning rate of NaN', () => rmsprop({ learningRate: Number.NaN }), 'config-learning-rate'],
  [
    'a learning rate set to a word',
    () => Object.assign(adam(), { learningRate: 'high' }),
    'config-learning-rate',
  ],
  ['a learning rate of null', () => adam({ learningRate: null as never }), 'config-learning-rate'],
  ['a decay of 1', () => adam({ beta2: 1 }), 'config-decay'],
  ['a momentum above 1', () => sgd({ momentum: 1.5 }), 'config-decay'],
  ['a rho of 1', () => adadelta({ rho: 1 }), 'config-decay'],
  ["a beta1 of 0 for Lion's mean", () => lion({ beta1: 0 }), 'config-decay'],
  ['an epsilon of 0', () => adam({ epsilon: 0 }), 'config-epsilon'],
  [
    'an accumulator below 0',
    () => adagrad({ initialAccumulatorValue: -1 }),
    'config-initial-accumulator-value',
  ],
  ['a switch that is none', () => sgd({ nesterov: 1 as never }), 'config-nesterov'],
  ['a misspelt option', () => adam({ beta_1: 0.9 } as never), 'config-unknown'],
  ['null for options', () => adamw(null as never), 'config-type'],
  ['a weight decay below 0', () => sgd({ weightDecay: -0.1 }), 'config-weight-decay'],
  ['AdamW without weight decay', () => adamw({ weightDecay: null as never }), 'config-weight-decay'],
  ['a clip value of 0', () => sgd({ clipValue: 0 }), 'config-clip-value'],
  ['a norm below 0', () => sgd({ clipNorm: -1 }), 'config-clip-norm'],
  ['a global norm of NaN', () => sgd({ globalClipNorm: Number.NaN }), 'config-global-clip-norm'],
  ['two ways of clipping', () => sgd({ clipNorm: 1, globalClipNorm: 1 }), 'optimizer-clipping'],
  ['an average that is no switch', () => sgd({ useEma: 'yes' as never }), 'config-use-ema'],
  ['a momentum of averages above 1', () => sgd({ emaMomentum: 1.5 }), 'config-ema-momentum'],
  ['an overwriting every 0', () => sgd({ emaOverwriteFrequency: 0 }), 'config-ema-overwrite-frequency'],
  [
    'an accumulation of one',
    () => sgd({ gradientAccumulationSteps: 1 }),
    'config-gradient-accumulation-steps',
  ],
  [
    'patterns that are no list',
    () => sgd({ excludeFromWeightDecay: 'bias' as never }),
    'config-exclude-from-weight-decay',
  ],
])('%s is refused', (_, make, code) => {
  expect(make).toThrow(expect.objectContaining({ code }));
});
