// Losses against Keras 3: per sample, reduced with weights and masks, and the gradient of the reduced loss.
import { useBackend } from '@ostinato/backend';
import { activations } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { expectClose, type GoldenTensor, readGolden, toTensor } from '../test-support/golden.js';
import { losses } from './losses.js';
import { meanLoss, reduceLoss } from './reduce-loss.js';

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
      const reduced = (yPred: tf.Tensor) => meanLoss(loss, yTrue, yPred, weights, mask) as tf.Scalar;
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

describe('binary cross-entropy from logits', () => {
  beforeAll(() => useBackend('cpu'));
  const sigmoid = activations.resolve('sigmoid', 'test');
  const loss = (x: tf.Tensor): tf.Tensor =>
    tf.sum(find('binaryCrossentropy', {}).apply(tf.tensor2d([[1, 0, 0.3]]), sigmoid.apply(x)));

  test('its second derivative is p·(1 − p), here a third of it, through what it keeps of the activation', () => {
    const x = tf.tensor2d([[0.4, -1.2, 2]]);
    const second = tf
      .grad((at) => tf.sum(tf.grad(loss)(at)))(x)
      .dataSync();
    const p = tf.sigmoid(x).dataSync();
    second.forEach((value, i) => expect(value).toBeCloseTo((p[i]! * (1 - p[i]!)) / 3, 6));
  });

  test('it is exact where a probability would have saturated', () => {
    const value = (y: number, x: number): number =>
      find('binaryCrossentropy', { fromLogits: true } as never)
        .apply(tf.tensor2d([[y]]), tf.tensor2d([[x]]))
        .dataSync()[0]!;
    expect([value(0, 100), value(1, -100)]).toEqual([100, 100]);
    expect(value(1, 100)).toBeLessThan(1e-43);
    expect(value(1, 20) / Math.exp(-20)).toBeCloseTo(1, 6);
  });

  test('targets of one value stand for all of a sample', () => {
    const each = find('binaryCrossentropy', { fromLogits: true } as never).apply(
      tf.tensor2d([[1], [0]]),
      tf.zeros([2, 3]),
    );
    for (const value of each.dataSync()) expect(value).toBeCloseTo(Math.LN2, 6);
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

test('every loss has goldens', () => {
  const aliases = new Set(['bce', 'mse', 'mae', 'mape', 'msle', 'kld']);
  const covered = new Set(golden.cases.map(({ loss }) => loss));
  expect(losses.names().filter((name) => !aliases.has(name) && !covered.has(name))).toEqual([]);
});

test.each([
  ['bce', 'binaryCrossentropy'],
  ['mse', 'meanSquaredError'],
  ['mae', 'meanAbsoluteError'],
  ['mape', 'meanAbsolutePercentageError'],
  ['msle', 'meanSquaredLogarithmicError'],
  ['kld', 'klDivergence'],
])('%s is %s', (alias, name) => {
  expect(losses.resolve(alias, 'test').name).toBe(name);
});

test('a config holds what differs from the defaults, and makes the same loss again', () => {
  const config = { alpha: [0.1, 0.9], gamma: 3, axis: 1 };
  const loss = losses.resolve({ name: 'categoricalFocalCrossentropy', config }, 'test');
  expect(loss.config).toEqual(config);
  expect(losses.resolve('sparseCategoricalCrossentropy', 'test').config).toEqual({});
});

describe('options and targets are refused with a reason', () => {
  const targets = (data: number[], shape: number[]) => ({ data: Float32Array.from(data), shape });
  const checked =
    (loss: string, given: { data: Float32Array; shape: number[] }, output: (number | null)[], config = {}) =>
    () =>
      find(loss, config).checkTargets!(given, output, 'test');

  test.each([
    ['binaryCrossentropy', { axis: 0 }, 'config-axis'],
    ['sparseCategoricalCrossentropy', { ignoreClass: 1.5 }, 'config-ignore-class'],
    ['categoricalFocalCrossentropy', { alpha: [0.1, -1] }, 'config-alpha'],
    ['binaryFocalCrossentropy', { gamma: -1 }, 'config-gamma'],
    ['categoricalCrossentropy', { labelSmoothing: 1.5 }, 'config-label-smoothing'],
    ['huber', { delta: 0 }, 'config-delta'],
    ['hinge', { margin: 1 }, 'config-unknown'],
  ])('%s with %j', (loss, config, code) => {
    expect(() => find(loss, config as never)).toThrow(new RegExp(`\\(${code}\\)`));
  });

  test('class numbers', () => {
    const given = targets([0, 5, -1], [3]);
    expect(checked('sparseCategoricalCrossentropy', given, [null, 5])).toThrow(
      /row 1 .*from 0 to 4; received 5/,
    );
    const ignoring = checked('sparseCategoricalCrossentropy', targets([0, 4, -1], [3]), [null, 5], {
      ignoreClass: -1,
    });
    expect(ignoring).not.toThrow();
    const along = checked('sparseCategoricalCrossentropy', targets([0, 1, 2, 3], [2, 2]), [null, 3, 2], {
      axis: 1,
    });
    expect(along).toThrow(/row 1, position 1 .*from 0 to 2; received 3/);
  });

  test('proportions: several answers at once', () => {
    const given = targets([0, 1, 0, 1, 1, 0, 0, 0, 0], [3, 3]);
    expect(checked('categoricalCrossentropy', given, [null, 3])).toThrow(
      /row 1 are no proportions.*a sum of 2\..*binaryCrossentropy/,
    );
    const moved = targets([0, 1, 1, 0, 0, 1, 1, 0], [2, 2, 2]);
    expect(checked('categoricalFocalCrossentropy', moved, [null, 2, 2], { axis: 1 })).not.toThrow();
    expect(
      checked('categoricalCrossentropy', targets([0.333, 0.333, 0.333], [1, 3]), [null, 3]),
    ).not.toThrow();
  });

  test('one-hot', () => {
    expect(checked('categoricalHinge', targets([1, 0, 1, 1], [2, 2]), [null, 2])).toThrow(
      /row 1 are not one-hot/,
    );
    expect(checked('categoricalHinge', targets([1, 0, 0.5, 1], [2, 2]), [null, 2])).toThrow(/received 0\.5/);
  });

  test('sides', () => {
    expect(checked('hinge', targets([1, 0, -1], [3, 1]), [null, 1])).toThrow(/mix two ways.*\[-1,0,1\]/);
    expect(checked('squaredHinge', targets([1, 2, 1], [3, 1]), [null, 1])).toThrow(/row 1 .*received 2/);
  });

  test('amounts', () => {
    expect(checked('poisson', targets([1, -2], [2, 1]), [null, 1])).toThrow(/at least 0; received -2/);
    expect(checked('logCosh', targets([1, 2, 3], [3]), [null, 2])).toThrow(/target-shape/);
    expect(checked('categoricalCrossentropy', targets([1, 2, 0], [3]), [null, 3])).toThrow(
      /For class numbers use 'sparseCategoricalCrossentropy'\. \(target-shape\)/,
    );
    expect(checked('sparseCategoricalCrossentropy', targets([1, 0, 0, 1], [2, 2]), [null, 2])).toThrow(
      /For a value for each class, as in one-hot targets, use 'categoricalCrossentropy'\. \(target-shape\)/,
    );
  });

  test('an axis that is not there', async () => {
    await useBackend('cpu');
    const loss = find('cosineSimilarity', { axis: 2 } as never);
    expect(() => tf.tidy(() => loss.apply(tf.ones([2, 3]), tf.ones([2, 3])))).toThrow(/config-axis/);
    const short = find('categoricalFocalCrossentropy', { alpha: [0.5] } as never);
    expect(() => tf.tidy(() => short.apply(tf.ones([2, 3]), tf.ones([2, 3])))).toThrow(/loss-alpha/);
  });
});

test('a vector of zeros has no direction: similarity 0, gradient 0', async () => {
  await useBackend('cpu');
  const loss = find('cosineSimilarity', {});
  tf.tidy(() => {
    const wanted = tf.tensor2d([[1, 2]]);
    const { value, grad } = tf.valueAndGrad((p) => tf.sum(loss.apply(wanted, p)) as tf.Scalar)(
      tf.zeros([1, 2]),
    );
    expect(value.dataSync()[0]).toBeCloseTo(0);
    expect([...grad.dataSync()].every(Number.isFinite)).toBe(true);
  });
});
