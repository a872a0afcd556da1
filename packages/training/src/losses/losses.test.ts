// Losses against Keras 3: per sample, reduced with weights and masks, and the gradient of the reduced loss.
import { useBackend } from '@ostinato/backend';
import { activations } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { expectClose, type GoldenTensor, readGolden, toTensor } from '../test-support/golden.js';
import { losses } from './losses.js';
import { reduceLoss } from './reduce-loss.js';

interface LossCase {
  readonly name: string;
  readonly loss: string;
  readonly options: Record<string, never>;
  readonly yTrue: GoldenTensor;
  readonly yPred: GoldenTensor;
  readonly sampleWeight?: GoldenTensor;
  readonly mask?: GoldenTensor;
  readonly perSample: GoldenTensor;
  readonly reduced: number;
  readonly gradient: GoldenTensor;
}
interface AfterActivation {
  readonly name: string;
  readonly activation: 'sigmoid' | 'softmax';
  readonly loss: string;
  readonly yTrue: GoldenTensor;
  readonly logits: GoldenTensor;
  readonly clipped: { reduced: number; gradientOfLogits: GoldenTensor; perSample: GoldenTensor };
  readonly onTensorFlow: { reduced: number; gradientOfLogits: GoldenTensor; perSample: GoldenTensor };
}

const golden = readGolden<{ cases: LossCase[]; afterActivation: AfterActivation[] }>('losses.json');
const find = (loss: string, config: Record<string, never>) => losses.resolve({ name: loss, config }, 'test');

describe.each(['cpu', 'wasm'] as const)('on %s', (backend) => {
  beforeAll(async () => {
    await useBackend(backend, { fallback: false });
  });

  test.each(golden.cases)('$name', (given) => {
    const loss = find(given.loss, given.options);
    const before = tf.memory().numTensors;
    tf.tidy(() => {
      const yTrue = toTensor(given.yTrue);
      const weights = given.sampleWeight && toTensor(given.sampleWeight);
      const mask = given.mask && tf.cast(toTensor(given.mask), 'bool');
      expectClose(loss.apply(yTrue, toTensor(given.yPred)), given.perSample);
      const reduced = (yPred: tf.Tensor) => reduceLoss(loss.apply(yTrue, yPred), weights, mask) as tf.Scalar;
      const { value, grad } = tf.valueAndGrad(reduced)(toTensor(given.yPred));
      expectClose(value, { shape: [], values: [given.reduced] });
      expectClose(grad, given.gradient);
    });
    expect(tf.memory().numTensors).toBe(before);
  });

  const ways = golden.afterActivation.flatMap((given) => [
    {
      ...given,
      name: `${given.name}, from the activation of a layer`,
      remembers: true,
      wanted: given.onTensorFlow,
    },
    { ...given, name: `${given.name}, from plain probabilities`, remembers: false, wanted: given.clipped },
  ]);
  test.each(ways)('$name', ({ loss: name, activation, remembers, wanted, ...given }) => {
    tf.tidy(() => {
      const yTrue = toTensor(given.yTrue);
      const loss = find(name, {});
      const link = activations.resolve(activation, 'test');
      const reduced = (logits: tf.Tensor) => {
        const yPred = link.apply(logits);
        return reduceLoss(loss.apply(yTrue, remembers ? yPred : tf.reshape(yPred, yPred.shape))) as tf.Scalar;
      };
      const { value, grad } = tf.valueAndGrad(reduced)(toTensor(given.logits));
      expectClose(value, { shape: [], values: [wanted.reduced] });
      expectClose(grad, wanted.gradientOfLogits);
    });
  });
});

test('a row weight counts for all steps that the mask lets through', async () => {
  await useBackend('cpu');
  const perSample = tf.tensor2d([
    [1, 2, 100],
    [4, 100, 100],
  ]);
  const mask = tf.tensor2d([1, 1, 0, 1, 0, 0], [2, 3], 'bool');
  expect(reduceLoss(perSample, tf.tensor1d([1, 3]), mask).dataSync()[0]).toBeCloseTo((1 + 2 + 12) / 3, 5);
});

test('a bad target is named by its row and its position in it', () => {
  const targets = { data: Float32Array.of(0, 1, 1, 0, 2, 1), shape: [3, 2] };
  const check = () => find('binaryCrossentropy', {}).checkTargets!(targets, [null, 2], 'test');
  expect(check).toThrow(/row 2, position 0 .*received 2\. \(target-value\)/);
});
