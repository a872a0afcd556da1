import { useBackend } from '@ostinato/backend';
import { createRng } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { randomValues } from '../test/random-values.js';
import { embeddingKernel } from './embedding-kernel.js';
import { KernelRuntime } from './kernel-runtime.js';

const runtime = new KernelRuntime();
const kernel = embeddingKernel(runtime);

beforeAll(async () => {
  await useBackend('wasm');
  await runtime.start();
});

describe('embedding.lookup', () => {
  test.each([1, 2, 3, 4, 5, 7, 8, 31, 33, 64])(
    'finds rows of %i values and sums their gradients in order',
    (outputDim) => {
      const [inputDim, batch, steps] = [11, 5, 9];
      const values = randomValues(inputDim * outputDim, 1);
      const rng = createRng(2);
      const rows = Int32Array.from({ length: batch * steps }, () => rng.int(inputDim));
      const dy = randomValues(batch * steps * outputDim, 3);
      const { numTensors } = tf.memory();
      const [output, gradient] = tf.tidy(() => {
        const table = tf.tensor(values, [inputDim, outputDim]);
        const ids = tf.tensor(rows, [batch, steps], 'int32');
        const run = (): tf.Tensor => kernel.run({ table, ids, where: 'test' }, { inputDim, outputDim });
        const weights = tf.tensor(dy, [batch, steps, outputDim]);
        const { grads } = tf.engine().gradients(() => tf.sum(tf.mul(run(), weights)) as tf.Scalar, [table]);
        expect(run().shape).toEqual([batch, steps, outputDim]);
        return [run().dataSync().slice(), grads[0]!.dataSync().slice()];
      }) as unknown as [Float32Array, Float32Array];
      const expected = new Float32Array(inputDim * outputDim);
      rows.forEach((id, i) => {
        expect([...output.subarray(i * outputDim, (i + 1) * outputDim)]).toEqual([
          ...values.subarray(id * outputDim, (id + 1) * outputDim),
        ]);
        for (let j = 0; j < outputDim; j++) expected[id * outputDim + j]! += dy[i * outputDim + j]!;
      });
      expect([...gradient]).toEqual([...expected]); // the same order of additions in f32: the same bits
      expect(tf.memory().numTensors).toBe(numTensors);
      expect(runtime.memory().inUse).toBe(0);
    },
  );

  test.each([10, -1, 2_147_483_647, -2_147_483_648])('names row, position and value of the id %i', (id) => {
    const table = tf.zeros([10, 3]);
    const ids = tf.tensor([0, 1, 2, 3, id, 5], [2, 3], 'int32');
    expect(() =>
      kernel.run({ table, ids, where: 'model/embedding' }, { inputDim: 10, outputDim: 3 }),
    ).toThrowError(
      new RegExp(`\\[model/embedding\\] The id ${id} at row 1, position 1 .*\\(embedding-id\\)`),
    );
    tf.dispose([table, ids]);
  });

  test('sums gradients over any number of ids, for any range of rows, and touches no others', () => {
    const [rows, width] = [9, 5];
    const { heap } = runtime.storage;
    const [ids, dy, out] = [
      heap.allocate(4 * 40),
      heap.allocate(160 * width),
      heap.allocate(4 * rows * width),
    ];
    const bounds = fc.tuple(fc.nat(rows), fc.nat(rows)).map(([a, b]) => [Math.min(a, b), Math.max(a, b)]);
    const values = randomValues(40 * width, 7);
    heap.floats(dy, values.length).set(values);
    fc.assert(
      fc.property(fc.array(fc.nat(rows - 1), { maxLength: 40 }), bounds, (given, [first, end]) => {
        heap.integers(ids, 40).fill(first!).set(given); // what lies behind the ids counts for nothing
        const expected = heap
          .floats(out, rows * width)
          .fill(-1)
          .slice();
        expected.fill(0, first! * width, end! * width);
        given.forEach((row, i) => {
          if (row < first! || row >= end!) return;
          for (let j = 0; j < width; j++) expected[row * width + j]! += values[i * width + j]!;
        });
        runtime.wasm.embeddingGradient(out, dy, ids, given.length, width, first!, end!);
        expect(heap.floats(out, rows * width)).toEqual(expected);
      }),
      { seed: 1, numRuns: 300 },
    );
    for (const block of [ids, dy, out]) heap.free(block);
  });
});
