/** Whether all values of a tensor are finite, without moving it out of the kernels' memory. */
import type { Kernel } from '@ostinato/core';
import type { KernelRuntime } from './kernel-runtime.js';

/** Looks at values in `runtime`'s memory: see `values.finite` in core. */
export function finiteKernel(runtime: KernelRuntime): Kernel<'values.finite'> {
  return {
    op: 'values.finite',
    refuse: () => runtime.refusal,
    run({ values }) {
      const { storage, wasm } = runtime;
      const zero = wasm.zeroIfFinite(storage.addressOf(values), values.size);
      const out = storage.empty([]);
      storage.heap.floats(storage.addressOf(out), 1)[0] = zero;
      return out;
    },
  };
}
