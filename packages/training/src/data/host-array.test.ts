import { useBackend } from '@ostinato/backend';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { toHostArray } from './host-array.js';

beforeAll(async () => {
  await useBackend('cpu');
});

const convert = (input: unknown) => toHostArray(input as never, 'x', 'test');

test.each([
  ['floats', Float32Array.of(1.5, 2), Float32Array, [2]],
  ['doubles', Float64Array.of(1.5, 2), Float32Array, [2]],
  ['bytes', Uint8Array.of(1, 255), Int32Array, [2]],
  ['integers', Int32Array.of(-1, 2), Int32Array, [2]],
  ['unsigned integers', Uint32Array.of(1, 2147483647), Int32Array, [2]],
  ['numbers', [1, 2.5], Float32Array, [2]],
  ['truth values', [true, false], Float32Array, [2]],
  [
    'rows',
    [
      [1, 2, 3],
      [4, 5, 6],
    ],
    Float32Array,
    [2, 3],
  ],
  ['rows that are typed', [Int32Array.of(1, 2), Int32Array.of(3, 4)], Float32Array, [2, 2]],
  ['three axes', [[[1], [2]]], Float32Array, [1, 2, 1]],
  ['a shape beside the data', { data: Int16Array.of(1, 2, 3, 4), shape: [2, 2] }, Int32Array, [2, 2]],
])('%s', async (_, input, type, shape) => {
  const array = await convert(input);
  expect(array.data).toBeInstanceOf(type);
  expect(array.shape).toEqual(shape);
});

test('values keep their order, and data of the right type are not copied', async () => {
  expect([
    ...(
      await convert([
        [1, 2],
        [3, 4],
        [5, 6],
      ])
    ).data,
  ]).toEqual([1, 2, 3, 4, 5, 6]);
  const data = Int32Array.of(1, 2, 3);
  expect((await convert({ data, shape: [3, 1] })).data).toBe(data);
});

test('tensors of numbers and of truth values are read and left alone', async () => {
  const before = tf.memory().numTensors;
  const integers = tf.tensor2d([1, 2, 3, 4], [2, 2], 'int32');
  expect(await convert(integers)).toEqual({ data: Int32Array.of(1, 2, 3, 4), shape: [2, 2] });
  const truth = tf.tensor1d([true, false], 'bool');
  expect(await convert(truth)).toEqual({ data: Int32Array.of(1, 0), shape: [2] });
  expect(tf.memory().numTensors).toBe(before + 2);
  tf.dispose([integers, truth]);
});

test.each([
  ['a row too short', [[1, 2], [3]], 'input-ragged', 'x[1] is not as long'],
  ['a number among rows', [[1], 2], 'input-ragged', 'x[1]'],
  ['a row among numbers', [1, [2]], 'input-ragged', 'x[1]'],
  [
    'an inner row too long',
    [
      [[1], [2]],
      [[3], [4, 5]],
    ],
    'input-ragged',
    'x[1][1]',
  ],
  ['a string', [1, 'two'], 'input-dtype', "x[1] is not a number. Expected a number; received 'two'"],
  ['a hole', [1, undefined], 'input-dtype', 'x[1]'],
  ['an empty array', [], 'input-empty', '[0]'],
  ['empty rows', [[], []], 'input-empty', '[2, 0]'],
  [
    'a shape that does not fit',
    { data: Float32Array.of(1, 2, 3), shape: [2, 2] },
    'input-shape',
    'product is 3',
  ],
  ['a shape with halves', { data: Float32Array.of(1), shape: [0.5, 2] }, 'input-shape', '[0.5, 2]'],
  ['a number', 5, 'input-type', 'received 5'],
  ['null', null, 'input-type', 'null'],
  ['another object', { rows: 3 }, 'input-type', 'an object with rows'],
  ['64-bit integers', BigInt64Array.of(1n), 'input-type', 'BigInt64Array'],
  ['an id beyond int32', Uint32Array.of(1, 2147483648), 'input-dtype', '2147483648 at position 1'],
])('%s: a clear error', async (_, input, code, message) => {
  await expect(convert(input)).rejects.toMatchObject({ code });
  await expect(convert(input)).rejects.toThrow(message);
});

test('tensors that cannot be data', async () => {
  await expect(convert(tf.scalar(1))).rejects.toMatchObject({ code: 'input-empty' });
  await expect(convert(tf.tensor(['a']))).rejects.toMatchObject({ code: 'input-dtype' });
  const gone = tf.tensor([1]);
  gone.dispose();
  await expect(convert(gone)).rejects.toMatchObject({ code: 'input-disposed' });
});
