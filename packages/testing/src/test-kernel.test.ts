import { useBackend } from '@ostinato/backend';
import type { Kernel, KernelOps } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { KernelTest } from './kernel/kernel-test.js';
import { testKernel } from './test-kernel.js';

beforeAll(() => useBackend('cpu'));

type Lookup = KernelOps['embedding.lookup'];
type LookupKernel = Kernel<'embedding.lookup'>;

/** A lookup with a gradient of its own, as a fused kernel has. */
const lookup = (table: tf.Tensor, ids: tf.Tensor, faults: Faults): tf.Tensor => {
  const op = tf.customGrad((t) => ({
    value: tf.mul(tf.gather(t as tf.Tensor, ids), faults.factor ?? 1),
    gradFunc: (dy) => {
      const { inputDim, outputDim } = config;
      const rows = tf.reshape(dy as tf.Tensor, [ids.size, outputDim]);
      const gradient = tf.unsortedSegmentSum(rows, tf.reshape(ids, [ids.size]) as tf.Tensor1D, inputDim);
      return tf.mul(gradient, faults.slope ?? 1);
    },
  }));
  return op(table);
};

interface Faults {
  readonly factor?: number;
  readonly slope?: number;
  readonly run?: LookupKernel['run'];
}

const config: Lookup['config'] = { inputDim: 5, outputDim: 3 };

function kernelWith(faults: Faults = {}): LookupKernel {
  return {
    op: 'embedding.lookup',
    refuse: ({ outputDim }) => (outputDim > 100 ? `outputDim ${outputDim}` : undefined),
    run: faults.run ?? (({ table, ids }) => tf.tidy(() => lookup(table, ids, faults))),
  };
}

function testOf(more: Partial<KernelTest<'embedding.lookup'>> = {}): KernelTest<'embedding.lookup'> {
  return {
    config,
    inputs: () => ({
      table: tf.tensor(
        Array.from({ length: 15 }, (_, i) => Math.sin(i + 1)),
        [5, 3],
      ),
      ids: tf.tensor2d([4, 0, 2, 2, 1, 4], [2, 3], 'int32'),
      where: 'test',
    }),
    reference: ({ table, ids }) => tf.gather(table, ids),
    refuses: [{ config: { inputDim: 5, outputDim: 101 }, reason: 'outputDim 101' }],
    ...more,
  };
}

describe('testKernel', () => {
  it('passes a sound kernel, by the gradients of the reference and by finite differences', async () => {
    const before = tf.memory().numTensors;
    for (const gradientsFrom of ['reference', 'finite differences'] as const) {
      const report = await testKernel(kernelWith(), testOf({ gradientsFrom }));
      expect(report.skipped).toEqual([]);
    }
    expect(tf.memory().numTensors).toBe(before);
  });

  it('knows that optimizers overwrite their slots and have no gradient', async () => {
    const sgd: Kernel<'optimizer.sgd'> = {
      op: 'optimizer.sgd',
      refuse: () => undefined,
      run: ({ param, gradient, slots }, { learningRate, momentum }) =>
        tf.tidy(() => {
          const velocity = tf.sub(tf.mul(slots[0]!, momentum), tf.mul(gradient, learningRate));
          (slots[0]!.dataSync() as Float32Array).set(velocity.dataSync() as Float32Array); // cpu: the values themselves
          return tf.add(param, velocity);
        }),
    };
    const report = await testKernel(sgd, {
      config: { learningRate: 0.1, momentum: 0.9, nesterov: false },
      inputs: () => ({
        param: tf.tensor1d([1, 2]),
        gradient: tf.tensor1d([0.5, -1]),
        slots: [tf.tensor1d([0.25, 1])],
      }),
      reference: ({ param, gradient, slots }) => {
        const velocity = tf.sub(tf.mul(slots[0]!, 0.9), tf.mul(gradient, 0.1));
        (slots[0]!.dataSync() as Float32Array).set(velocity.dataSync() as Float32Array);
        return tf.add(param, velocity);
      },
    });
    expect(report.skipped).toEqual([{ check: 'gradients', reason: 'the operation has no gradient' }]);
  });
});

let calls = 0;
describe('testKernel goes red for', () => {
  it.each<[string, string, LookupKernel, KernelTest<'embedding.lookup'>]>([
    ['other values', 'forward', kernelWith({ factor: 1.0001 }), testOf()],
    ['another shape', 'forward', kernelWith({ run: ({ table }) => tf.clone(table) }), testOf()],
    ['a wrong gradient', 'gradients', kernelWith({ slope: 1.01 }), testOf()],
    [
      'a wrong gradient, by finite differences',
      'gradients',
      kernelWith({ slope: 1.01 }),
      testOf({ gradientsFrom: 'finite differences' }),
    ],
    [
      'no gradient',
      'gradients',
      kernelWith({
        run: ({ table, ids }) =>
          tf.tensor(
            tf.tidy(() => tf.gather(table, ids).dataSync()),
            [2, 3, 3],
          ),
      }),
      testOf(),
    ],
    [
      'bits that change',
      'determinism',
      kernelWith({
        run: ({ table, ids }) => tf.tidy(() => tf.add(lookup(table, ids, {}), 1e-7 * ++calls)),
      }),
      testOf(),
    ],
    [
      'an input that is overwritten',
      'inputs',
      kernelWith({
        run: ({ table, ids }) => {
          const output = tf.tidy(() => lookup(table, ids, {}));
          (table.dataSync() as Float32Array)[0] = 9;
          return output;
        },
      }),
      testOf(),
    ],
    [
      'an input that is disposed',
      'inputs',
      kernelWith({
        run: ({ table, ids }) => {
          const output = tf.tidy(() => lookup(table, ids, {}));
          ids.dispose();
          return output;
        },
      }),
      testOf({ differentiable: false }),
    ],
    [
      'an output that is its input',
      'inputs',
      kernelWith({ run: ({ table }) => table }),
      testOf({ reference: ({ table }) => table }),
    ],
    [
      'a leak',
      'memory',
      kernelWith({ run: ({ table, ids }) => tf.tidy(() => tf.keep(tf.scalar(1)) && lookup(table, ids, {})) }),
      testOf(),
    ],
    ['a refusal of what it should serve', 'refusal', { ...kernelWith(), refuse: () => 'mood' }, testOf()],
    ['a refusal without a reason', 'refusal', { ...kernelWith(), refuse: () => undefined }, testOf()],
  ])('%s', async (_, check, kernel, test) => {
    await expect(testKernel(kernel, test)).rejects.toMatchObject({
      code: `conformance-${check}`,
      where: 'embedding.lookup',
    });
  });
});
