// Optimizers against Keras 3: the weights after each of 20 steps.
import { useBackend } from '@ostinato/backend';
import { KernelChooser, type Optimizer, Param } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { expectClose, type GoldenTensor, readGolden, toTensor } from '../test-support/golden.js';
import { adam } from './adam.js';
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

test.each([
  ['a negative learning rate', () => sgd({ learningRate: -1 }), 'config-learning-rate'],
  ['a learning rate of NaN', () => rmsprop({ learningRate: Number.NaN }), 'config-learning-rate'],
  [
    'a learning rate set to a word',
    () => Object.assign(adam(), { learningRate: 'high' }),
    'config-learning-rate',
  ],
  ['a decay of 1', () => adam({ beta2: 1 }), 'config-decay'],
  ['a momentum above 1', () => sgd({ momentum: 1.5 }), 'config-decay'],
  ['an epsilon of 0', () => adam({ epsilon: 0 }), 'config-epsilon'],
  ['a misspelt option', () => adam({ beta_1: 0.9 } as never), 'config-unknown'],
])('%s is refused', (_, make, code) => {
  expect(make).toThrow(expect.objectContaining({ code }));
});
