import { beforeAll, describe, expect, test } from 'vitest';
import { randomValues } from '../test/random-values.js';
import { blockSums } from './block-sums.js';
import { KernelRuntime } from './kernel-runtime.js';
import type { Sizes } from './sequence-blocks.js';

const WIDTH = 32;
const SUM_BYTES = 4 * WIDTH;
const runtime = new KernelRuntime({ threads: 1 });
beforeAll(() => runtime.start());

/** What is left for `blocks` blocks whose sums are given, added up; and how much room that took. */
function added(blocks: number, values: Float32Array): { sum: Float32Array; bytes: number } {
  const { heap } = runtime.storage;
  const kept = blockSums(runtime, { blocks } as Sizes, SUM_BYTES);
  return runtime.withScratch(4 * values.length + kept.bytes + SUM_BYTES, (source) => {
    const sums = source + 4 * values.length;
    const out = sums + kept.bytes;
    heap.floats(source, values.length).set(values);
    heap.floats(sums, kept.bytes / 4).fill(Number.NaN); // whatever was there
    const calls = Array.from({ length: blocks }, (_, block) => {
      const from = source + block * SUM_BYTES;
      return [sums + kept.offsetOf(block), SUM_BYTES, from, SUM_BYTES, SUM_BYTES, 1, 1, WIDTH]; // a block's sum is a copy of what is given
    });
    kept.run('sumBlocks', calls, { argument: 99, bytes: 0 }, sums);
    runtime.wasm.sumBlocks(out, SUM_BYTES, sums, SUM_BYTES, SUM_BYTES, kept.left, 1, WIDTH);
    return { sum: heap.floats(out, WIDTH).slice(), bytes: kept.bytes };
  });
}

describe('the sums of blocks', () => {
  test.each([1, 2, 15, 16, 17, 31, 32, 33, 47, 100, 300])(
    'of %d are one chain of additions, in their order',
    (blocks) => {
      const values = Float32Array.from(randomValues(blocks * WIDTH, blocks));
      const expected = values.slice(0, WIDTH);
      for (let i = WIDTH; i < values.length; i++) expected[i % WIDTH]! += values[i]!;
      expect(added(blocks, values).sum).toEqual(expected);
    },
  );

  test('take room for seventeen at most', () => {
    expect(added(16, new Float32Array(16 * WIDTH)).bytes).toBe(16 * SUM_BYTES);
    expect(added(300, new Float32Array(300 * WIDTH)).bytes).toBe(17 * SUM_BYTES);
  });
});
