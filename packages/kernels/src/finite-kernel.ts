/** Which tensors are finite, without moving them out of the kernels' memory. */
import type { Kernel } from '@ostinato/core';
import type { KernelRuntime } from './kernel-runtime.js';
import { splitRange } from './split-range.js';

/** Values that are worth a call of their own. */
const LEAST_VALUES = 16384;

/** Looks at values in `runtime`'s memory: see `values.finite` in core. */
export function finiteKernel(runtime: KernelRuntime): Kernel<'values.finite'> {
  return {
    op: 'values.finite',
    refuse: () => runtime.refusal,
    run({ values }) {
      const { storage, pieces } = runtime;
      const places = values.map((tensor) => storage.addressOf(tensor));
      const out = storage.empty([values.length]);
      const marks = storage.addressOf(out);
      storage.heap.floats(marks, values.length).fill(0);
      const calls = values.flatMap(({ size }, i) =>
        splitRange(size, pieces, LEAST_VALUES).map(([first, end]) => [
          marks + 4 * i,
          places[i]! + 4 * first,
          end - first,
        ]),
      );
      runtime.run('markNotFinite', calls);
      return out;
    },
  };
}
