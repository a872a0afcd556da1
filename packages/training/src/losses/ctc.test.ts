// CTC beyond the goldens: every path counted, finite differences, masks, labels that do not fit.
import { useBackend } from '@ostinato/backend';
import { createRng } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { ctc } from './ctc.js';
import { meanLoss } from './reduce-loss.js';

const loss = ctc();

function logitsOf(shape: [number, number, number], seed: number, range = 3): tf.Tensor3D {
  const rng = createRng(seed);
  const size = shape[0] * shape[1] * shape[2];
  return tf.tensor3d(
    Float32Array.from({ length: size }, () => rng.uniform(-range, range)),
    shape,
  );
}

/** What a path says: repeats merged, then blanks taken out. */
function collapse(path: readonly number[]): string {
  return path.filter((symbol, i) => symbol !== 0 && symbol !== path[i - 1]).join();
}

/** −ln of the sum over all classes^steps paths that say `labels`. */
function byEnumeration(logits: number[][], labels: readonly number[]): number {
  const probabilities = logits.map((row) => {
    const sum = row.reduce((total, value) => total + Math.exp(value), 0);
    return row.map((value) => Math.exp(value) / sum);
  });
  const classes = logits[0]!.length;
  const wanted = labels.join();
  let total = 0;
  for (let code = 0; code < classes ** logits.length; code++) {
    const path = logits.map((_, step) => Math.floor(code / classes ** step) % classes);
    if (collapse(path) !== wanted) continue;
    total += path.reduce((product, symbol, step) => product * probabilities[step]![symbol]!, 1);
  }
  return -Math.log(total);
}

describe.each(['cpu', 'wasm'] as const)('on %s', (backend) => {
  beforeAll(async () => {
    await useBackend(backend, { fallback: false });
  });

  test.each([[[1, 2]], [[1, 1]], [[]], [[2]], [[1, 2, 1]], [[2, 2, 1]], [[1, 2, 2, 1]]])(
    'labels %j: the sum over all paths',
    (labels) => {
      tf.tidy(() => {
        const logits = logitsOf([1, 5, 3], 4);
        const row = [...labels, 0, 0, 0, 0].slice(0, 4);
        const [found] = loss.apply(tf.tensor2d([row], [1, 4], 'int32'), logits).dataSync();
        expect(found).toBeCloseTo(byEnumeration((logits.arraySync() as number[][][])[0]!, labels), 5);
      });
    },
  );

  test('steps that a mask leaves out, wherever they are, are as if they were not there', () => {
    tf.tidy(() => {
      const logits = logitsOf([1, 6, 3], 8);
      const mask = tf.tensor2d([0, 1, 1, 0, 1, 1], [1, 6], 'bool');
      const y = tf.tensor2d([[1, 1, 0]], [1, 3], 'int32');
      const { value, grad } = tf.valueAndGrad((p) => tf.sum(loss.apply(y, p, mask)) as tf.Scalar)(logits);
      const shorter = tf.gather(logits, tf.tensor1d([1, 2, 4, 5], 'int32'), 1);
      const short = tf.valueAndGrad((p) => tf.sum(loss.apply(y, p)) as tf.Scalar)(shorter);
      expect(value.dataSync()).toEqual(short.value.dataSync());
      expect(tf.gather(grad, tf.tensor1d([1, 2, 4, 5], 'int32'), 1).dataSync()).toEqual(
        short.grad.dataSync(),
      );
      expect([...tf.gather(grad, tf.tensor1d([0, 3], 'int32'), 1).dataSync()]).toEqual([0, 0, 0, 0, 0, 0]);
    });
  });

  test('the gradient is what finite differences say', () => {
    tf.tidy(() => {
      const logits = logitsOf([3, 6, 4], 5);
      const y = tf.tensor2d(
        [
          [1, 3, 3],
          [2, 2, 0],
          [0, 0, 0],
        ],
        [3, 3],
        'int32',
      );
      const mask = tf.tensor2d([1, 1, 1, 1, 1, 1, 1, 1, 0, 1, 0, 1, 0, 0, 0, 1, 1, 1], [3, 6], 'bool');
      const weights = tf.tensor1d([1, 0.3, 2]);
      const reduced = (p: tf.Tensor) => meanLoss(loss, y, p, weights, mask) as tf.Scalar;
      const gradient = tf.grad(reduced)(logits).dataSync();
      const values = logits.dataSync();
      const step = 1e-2;
      for (let i = 0; i < values.length; i++) {
        const at = (by: number) => {
          const moved = Float32Array.from(values);
          moved[i]! += by;
          return reduced(tf.tensor3d(moved, [3, 6, 4])).dataSync()[0]!;
        };
        expect(Math.abs((at(step) - at(-step)) / (2 * step) - gradient[i]!)).toBeLessThan(3e-4);
      }
    });
  });

  test('probabilities far below the least double are no infinite loss', () => {
    tf.tidy(() => {
      const steps = 400;
      const sure = Float32Array.from({ length: steps * 3 }, (_, i) => (i % 3 === 0 ? 300 : 0)); // blank, blank, blank, …
      const labels = Int32Array.from({ length: 120 }, (_, i) => 1 + (i % 2));
      const y = tf.tensor2d(labels, [1, 120], 'int32');
      const { value, grad } = tf.valueAndGrad((p) => tf.sum(loss.apply(y, p)) as tf.Scalar)(
        tf.tensor3d(sure, [1, steps, 3]),
      );
      // 120 labels at e^−300 each, in C(400, 120) places: only the likeliest paths count, one step for each label
      let places = 0;
      for (let i = 0; i < 120; i++) places += Math.log(steps - i) - Math.log(i + 1);
      expect(Math.abs(value.dataSync()[0]! / (120 * 300 - places) - 1)).toBeLessThan(1e-6);
      const total = tf.sum(tf.abs(grad)).dataSync()[0]!;
      expect(total).toBeCloseTo(240, 1); // 120 taken from the blank, 120 given to the labels
    });
  });

  test('labels that the mask leaves no room for: an infinite loss, and no gradient that means nothing', () => {
    tf.tidy(() => {
      const mask = tf.tensor2d([1, 1, 0, 0, 1, 1, 1, 1], [2, 4], 'bool');
      const y = tf.tensor2d(
        [
          [1, 1],
          [1, 1],
        ],
        [2, 2],
        'int32',
      );
      const logits = logitsOf([2, 4, 3], 2);
      expect(loss.apply(y, logits, mask).dataSync()[0]).toBe(Number.POSITIVE_INFINITY);
      const grad = tf.grad((p) => tf.sum(loss.apply(y, p, mask)) as tf.Scalar)(logits);
      const [first, second] = tf.unstack(grad).map((row) => [...row.dataSync()]);
      expect(first).toEqual(Array(12).fill(0));
      expect(second!.every((value) => value !== 0)).toBe(true);
    });
  });

  test('a logit that is no number makes a loss that is none', () => {
    const found = tf.tidy(() =>
      loss
        .apply(tf.tensor2d([[1]], [1, 1], 'int32'), tf.tensor3d([0, Number.NaN, 0, 1], [1, 2, 2]))
        .dataSync(),
    );
    expect(found[0]).toBeNaN();
  });

  test('leaves no tensors', () => {
    const before = tf.memory().numTensors;
    tf.tidy(() => {
      const y = tf.tensor2d([[1, 2]], [1, 2], 'int32');
      return tf.grad((p) => tf.sum(loss.apply(y, p)) as tf.Scalar)(logitsOf([1, 4, 3], 1));
    }).dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('targets', () => {
  const check = (rows: number[][], output: (number | null)[]) => () =>
    loss.checkTargets!(
      { data: Int32Array.from(rows.flat()), shape: [rows.length, rows[0]!.length] },
      output,
      'test',
    );

  test('that fit', () => {
    expect(
      check(
        [
          [1, 1, 0],
          [1, 2, 3],
        ],
        [null, 3, 4],
      ),
    ).not.toThrow();
    expect(
      check(
        [
          [1, 1, 0],
          [1, 2, 3],
        ],
        [null, null, 4],
      ),
    ).not.toThrow();
  });

  test.each([
    [
      'a class that is not there',
      [[1, 4, 0]],
      /row 0, position 1 .*from 1 to 3.*received 4\. \(target-value\)/,
    ],
    ['a blank among labels', [[1, 0, 2]], /row 0 have a 0 among them.*\(target-value\)/],
    [
      'more labels than steps',
      [
        [1, 2, 3],
        [1, 1, 2],
      ],
      /row 1 do not fit.*3 labels, 1 of them repeated/,
    ],
  ])('%s', (_, rows, message) => {
    expect(check(rows, [null, 3, 4])).toThrow(message);
  });

  test('of another rank', () => {
    const targets = { data: Int32Array.of(1, 2), shape: [2] };
    expect(() => loss.checkTargets!(targets, [null, 3, 4], 'test')).toThrow(
      /\[batch, labels\].*\(target-shape\)/,
    );
  });
});
