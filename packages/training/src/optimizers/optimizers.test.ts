// Optimizers against Keras 3: the weights after each of 20 steps.
import { useBackend } from '@ostinato/backend';
import { KernelChooser } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { expectClose, type GoldenTensor, readGolden, toTensor } from '../test-support/golden.js';
import { adam } from './adam.js';
import { optimizers } from './optimizers.js';
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
const noKernels = new KernelChooser([]).at('optimizer');

/** The values of a parameter after each gradient. */
function run(
  optimizer: ReturnType<typeof adam>,
  start: GoldenTensor,
  gradients: (step: number) => tf.Tensor,
  steps: number,
): tf.Tensor[] {
  let param = toTensor(start);
  let slots: readonly tf.Tensor[] = optimizer.slotNames.map(() => tf.zerosLike(param));
  return Array.from({ length: steps }, (_, i) => {
    const given = { param, gradient: gradients(i), slots, step: i + 1 };
    ({ param, slots } = optimizer.update(given, noKernels));
    return param;
  });
}

describe.each(['cpu', 'wasm'] as const)('on %s', (backend) => {
  beforeAll(async () => {
    await useBackend(backend, { fallback: false });
  });

  test.each(golden.cases)('$name', ({ optimizer, config, steps }) => {
    tf.tidy(() => {
      golden.weights.forEach((start, p) => {
        const rule = optimizers.resolve({ name: optimizer.toLowerCase(), config }, 'test');
        const values = run(rule, start, (step) => toTensor(golden.gradients[step]![p]!), steps.length);
        values.forEach((value, step) => {
          expectClose(value, steps[step]![p]!, 1e-6);
        });
      });
    });
  });

  test.each(golden.repeatedRows)('$optimizer on a row that occurs twice', (given) => {
    tf.tidy(() => {
      const gradient = tf.unsortedSegmentSum(
        toTensor(given.rows),
        toTensor(given.indices) as tf.Tensor1D,
        given.weights.shape[0]!,
      );
      const rule = optimizers.resolve(given.optimizer.toLowerCase(), 'test');
      run(rule, given.weights, () => gradient, given.summed.length).forEach((value, step) => {
        expectClose(value, given.summed[step]!, 1e-6);
      });
    });
  });
});

test('configs hold what differs from the defaults, the present learning rate included', () => {
  const optimizer = adam({ beta1: 0.8 });
  optimizer.learningRate = 0.5;
  expect(optimizer.config).toEqual({ learningRate: 0.5, beta1: 0.8 });
  expect(sgd().config).toEqual({});
  expect(rmsprop({ centered: true, momentum: 0.5 }).slotNames).toEqual(['v', 'momentum', 'mean']);
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
