// Element-wise operations over more axes than XNNPACK knows: as on cpu, whatever is stretched.
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { useBackend } from './use-backend.js';

beforeAll(() => useBackend('wasm'));

const OPS = [
  ['add', tf.add, (a, b) => a + b],
  ['sub', tf.sub, (a, b) => a - b],
  ['mul', tf.mul, (a, b) => a * b],
  ['div', tf.div, (a, b) => a / b],
  ['squaredDifference', tf.squaredDifference, (a, b) => (a - b) ** 2],
] as const satisfies readonly [
  string,
  (a: tf.Tensor, b: tf.Tensor) => tf.Tensor,
  (a: number, b: number) => number,
][];

const count = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);
const made = (shape: readonly number[], factor: number): number[] =>
  Array.from({ length: count(shape) }, (_, i) => ((i * factor) % 7) + 1);

/** What a value at `index` of the whole shape is made of. */
function valueAt(values: readonly number[], shape: readonly number[], index: readonly number[]): number {
  const own = index.slice(index.length - shape.length);
  return values[shape.reduce((at, size, axis) => at * size + (size === 1 ? 0 : own[axis]!), 0)]!;
}

function expectAsByHand(a: readonly number[], b: readonly number[], whole: readonly number[]): void {
  const [ofA, ofB] = [made(a, 3), made(b, 5)];
  for (const [name, run, op] of OPS) {
    tf.tidy(() => {
      const result = run(tf.tensor(ofA, [...a]), tf.tensor(ofB, [...b]));
      expect(result.shape).toEqual(whole);
      const wanted = Array.from({ length: count(whole) }, (_, at) => {
        let rest = at;
        const index = [...whole].reverse().map((size) => {
          const place = rest % size;
          rest = Math.floor(rest / size);
          return place;
        });
        index.reverse();
        return Math.fround(op(valueAt(ofA, a, index), valueAt(ofB, b, index)));
      });
      expect([...result.dataSync()], name).toEqual(wanted);
    });
  }
}

test('two of seven axes, and what has fewer', () => {
  expectAsByHand([2, 1, 3, 1, 2, 2, 2], [2, 1, 3, 1, 2, 2, 2], [2, 1, 3, 1, 2, 2, 2]);
  expectAsByHand([3], [2, 1, 2, 1, 2, 1, 3], [2, 1, 2, 1, 2, 1, 3]);
  expectAsByHand([1, 1, 1, 1, 1, 1, 1], [1, 1, 1, 1, 1, 1, 1, 1], [1, 1, 1, 1, 1, 1, 1, 1]);
});

test('any shapes of seven to nine axes that are stretched in at most six runs', () => {
  const size = fc.constantFrom<readonly [number, number]>([1, 1], [2, 2], [2, 1], [1, 2], [3, 3]);
  fc.assert(
    fc.property(fc.array(size, { minLength: 7, maxLength: 9 }), fc.nat(3), (axes, dropped) => {
      const runs = axes.filter(([a, b]) => a > 1 || b > 1).map(([a, b]) => Math.sign(a - b));
      fc.pre(runs.filter((run, i) => run !== runs[i - 1]).length <= 6);
      const a = axes.map(([first]) => first);
      const b = axes.map(([, second]) => second);
      const lead = b.findIndex((one) => one !== 1);
      const short = b.slice(Math.min(dropped, lead < 0 ? dropped : lead)); // axes of 1 in front may be missing
      expectAsByHand(
        a,
        short,
        axes.map(([first, second]) => Math.max(first, second)),
      );
    }),
    { numRuns: 60, seed: 7 },
  );
});

test('seven runs are refused, and nothing is left', () => {
  const [a, b] = [tf.ones([2, 1, 2, 1, 2, 1, 2]), tf.ones([1, 2, 1, 2, 1, 2, 1])];
  const before = tf.memory().numTensors;
  expect(() => tf.tidy(() => tf.mul(a, b))).toThrowError(
    /received \[2,1,2,1,2,1,2\] and \[1,2,1,2,1,2,1\].*\(broadcast-axes\)/s,
  );
  expect(tf.memory().numTensors).toBe(before);
  tf.dispose([a, b]);
});
