import type * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { KernelRuntime } from './kernel-runtime.js';
import { sizesOf, stateBytesOf } from './sequence-blocks.js';

const runtime = new KernelRuntime({ threads: 1 });
beforeAll(() => runtime.start());

const shaped = (shape: readonly number[]) => ({ shape }) as unknown as tf.Tensor;
const config = (units: number) => ({ units }) as never;

test('what a block keeps of very long sequences is counted beyond 4 GiB', () => {
  const sizes = sizesOf(shaped([8, 100_000, 3]), config(1024));
  const slot = 4 * 8 * 1024;
  const { wasm } = runtime;
  expect(stateBytesOf(sizes, wasm.slotBytes(8, 1024), true)).toBe(100_001 * slot);
  expect(stateBytesOf(sizes, wasm.gruRecordBytes(8, 1024), true)).toBe(100_001 * 5 * slot);
  expect(stateBytesOf(sizes, wasm.lstmRecordBytes(8, 1024), true)).toBe(100_001 * 6 * slot);
  expect(stateBytesOf(sizes, wasm.lstmRecordBytes(8, 1024), false)).toBe(2 * 6 * slot);
});

test('sizes that the kernels tell have no sign', () => {
  expect(runtime.wasm.lstmSumsBytes(8192, 8192)).toBe(4 * (8192 + 8192 + 1) * 4 * 8192);
});

test('sequences without features are refused', () => {
  expect(() => sizesOf(shaped([2, 4, 0]), config(3))).toThrow(
    '[@ostinato/kernels] The steps of the sequences have no features. Expected at least one; received [2, 4, 0]. (shape-mismatch)',
  );
});
