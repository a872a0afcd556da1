/** The fused embedding lookup, with its gradient. */
import { embeddingIdError, type Kernel } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import type { KernelRuntime } from './kernel-runtime.js';

/** Looks ids up in `runtime`'s memory: see `embedding.lookup` in core. */
export function embeddingKernel(runtime: KernelRuntime): Kernel<'embedding.lookup'> {
  return {
    op: 'embedding.lookup',
    refuse: () => runtime.refusal,
    run({ table, ids, where }, { inputDim, outputDim }) {
      const { storage, wasm } = runtime;
      const bad = wasm.findInvalidId(storage.addressOf(ids), ids.size, inputDim);
      if (bad >= 0) throw embeddingIdError(where, inputDim, ids.dataSync()[bad]!, bad, ids.shape);
      const lookup = tf.customGrad((...inputs: (tf.Tensor | tf.GradSaveFunc)[]) => {
        const [rows, save] = inputs as [tf.Tensor, tf.GradSaveFunc];
        const out = storage.empty([...ids.shape, outputDim]);
        const addresses = [storage.addressOf(out), storage.addressOf(rows), storage.addressOf(ids)] as const;
        wasm.embeddingLookup(...addresses, ids.size, outputDim);
        save([ids]);
        return {
          value: out,
          gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => gradient(runtime, dy, saved[0]!, rows.shape),
        };
      });
      return lookup(table);
    },
  };
}

function gradient(
  { storage, wasm }: KernelRuntime,
  dy: tf.Tensor,
  ids: tf.Tensor,
  shape: readonly number[],
): tf.Tensor {
  const out = storage.empty(shape);
  const addresses = [storage.addressOf(out), storage.addressOf(dy), storage.addressOf(ids)] as const;
  wasm.embeddingGradient(...addresses, ids.size, shape[0]!, shape[1]!);
  return out;
}
