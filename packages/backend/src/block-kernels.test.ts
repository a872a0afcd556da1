// Reverse, Concat and SplitV against their definitions, at sizes below and above one copied in a piece.
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { isOurs } from './complete-backend.js';
import { useBackend } from './use-backend.js';

const counting = (shape: number[], dtype: 'float32' | 'int32' = 'float32'): tf.Tensor => {
  const size = shape.reduce((product, length) => product * length, 1);
  return tf.tensor(
    Array.from({ length: size }, (_, i) => i + 1),
    shape,
    dtype,
  );
};

/** The value at a place, by the definition of row-major order. */
const at = (x: tf.Tensor, place: readonly number[]): number =>
  x.dataSync()[place.reduce((index, coordinate, axis) => index * x.shape[axis]! + coordinate, 0)]!;

/** Every place of a shape. */
const places = (shape: readonly number[]): number[][] =>
  shape.reduce<number[][]>(
    (all, size) => all.flatMap((place) => Array.from({ length: size }, (_, i) => [...place, i])),
    [[]],
  );

const moved = (place: readonly number[], axis: number, to: number): number[] =>
  place.map((coordinate, i) => (i === axis ? to : coordinate));

const SHAPES: [number[], number][] = [
  [[5], 0],
  [[3, 5, 2], 1],
  [[3, 5, 2], -1],
  [[2, 3, 70], 1],
  [[2, 3, 2, 3, 2], 2],
];

describe.each(['cpu', 'wasm'] as const)('on %s', (backend) => {
  beforeAll(() => useBackend(backend, { fallback: false }));

  test.each(SHAPES)('Reverse of %j along %i', (shape, axis) => {
    tf.tidy(() => {
      const [x, place] = [counting(shape), axis < 0 ? axis + shape.length : axis];
      const turned = tf.reverse(x, axis);
      for (const p of places(shape))
        expect(at(turned, moved(p, place, shape[place]! - 1 - p[place]!))).toBe(at(x, p));
    });
  });

  test.each(SHAPES)('Concat and SplitV of %j along %i', (shape, axis) => {
    tf.tidy(() => {
      const place = axis < 0 ? axis + shape.length : axis;
      const other = shape.map((size, i) => (i === place ? 4 : size));
      const [a, b] = [counting(shape), tf.neg(counting(other))];
      const whole = tf.concat([a, b], axis);
      expect(whole.shape[place]).toBe(shape[place]! + 4);
      for (const p of places(shape)) expect(at(whole, p)).toBe(at(a, p));
      for (const p of places(other))
        expect(at(whole, moved(p, place, p[place]! + shape[place]!))).toBe(at(b, p));
      const parts = tf.split(whole, [shape[place]!, 4], axis);
      expect(parts.map((part) => part.shape)).toEqual([shape, other]);
      expect([...parts[0]!.dataSync()]).toEqual([...a.dataSync()]);
      expect([...parts[1]!.dataSync()]).toEqual([...b.dataSync()]);
    });
  });

  test('other types, several axes and no values are served as before', () => {
    tf.tidy(() => {
      const x = counting([2, 3], 'int32');
      expect(tf.reverse(x, 1).dataSync()).toEqual(Int32Array.of(3, 2, 1, 6, 5, 4));
      expect([...tf.reverse(counting([2, 2]), [0, 1]).dataSync()]).toEqual([4, 3, 2, 1]);
      expect(tf.concat([x, x], 1).dtype).toBe('int32');
      expect(tf.split(tf.cast(x, 'bool'), 3, 1)[0]!.dtype).toBe('bool');
      expect(tf.concat([tf.zeros([2, 0]), counting([2, 1])], 1).shape).toEqual([2, 1]);
      expect(tf.split(counting([4, 6]), 3, 1).map(({ shape }) => shape)).toEqual(Array(3).fill([4, 2]));
    });
  });

  test('they are those of this package', () => {
    for (const name of ['Reverse', 'SplitV', 'Concat'])
      expect(isOurs(tf.getKernel(name, backend))).toBe(true);
  });
});
