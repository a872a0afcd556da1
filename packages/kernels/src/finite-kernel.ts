/** Which tensors are finite, without moving them out of the kernels' memory. */
import type { Kernel } from '@ostinato/core';
import type { Marks } from './heap-backend.js';
import type { KernelRuntime } from './kernel-runtime.js';
import { splitRange } from './split-range.js';

/** Values that are worth a call of their own. */
const LEAST_VALUES = 16384;

/** Looks at values in `runtime`'s memory, where their update has not done so: see `values.finite` in core. */
export function finiteKernel(runtime: KernelRuntime): Kernel<'values.finite'> {
  return {
    op: 'values.finite',
    refuse: () => runtime.refusal,
    run({ values }) {
      const { storage } = runtime;
      const blocks = values.map((tensor) => storage.addressOf(tensor));
      const looked: number[] = [];
      try {
        const marks = values.map((tensor, i) => {
          const known = storage.marksOf(tensor);
          if (known) return known;
          const made = look(runtime, blocks[i]!, tensor.size);
          looked.push(made.start);
          return made;
        });
        // Written when somebody asks: until then, the marks are.
        const write = (out: number): void => {
          const sums = marks.map(({ start, count }) => storage.heap.floats(start, count).reduce(add, 0));
          storage.heap.floats(out, sums.length).set(sums);
        };
        return storage.later([values.length], { blocks: [...blocks, ...looked], stays: false, write });
      } finally {
        for (const block of looked) storage.heap.free(block); // the result holds them
      }
    },
  };
}

const add = (a: number, b: number): number => a + b;

/** Marks in a block of their own. */
function look(runtime: KernelRuntime, values: number, size: number): Marks {
  const ranges = splitRange(size, runtime.pieces, LEAST_VALUES);
  const start = runtime.storage.heap.allocate(4 * ranges.length);
  const calls = ranges.map(([first, end], i) => [start + 4 * i, values + 4 * first, end - first]);
  runtime.run('markNotFinite', calls);
  return { start, count: ranges.length };
}
