/** The fused embedding lookup, with its gradient. */
import { embeddingIdError, type Kernel } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import type { KernelRuntime } from './kernel-runtime.js';
import { splitRows } from './split-rows.js';

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
        save([ids]);
        return {
          value: storage.rowsOf(rows, ids),
          gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) =>
            gradient(runtime, dy, saved[0]!, [inputDim, outputDim]),
        };
      });
      return lookup(table);
    },
  };
}

function gradient(
  runtime: KernelRuntime,
  dy: tf.Tensor,
  ids: tf.Tensor,
  [rows, width]: readonly [number, number],
): tf.Tensor {
  const { storage, pieces } = runtime;
  const out = storage.empty([rows, width]);
  const list = storage.addressOf(ids);
  const place = [storage.addressOf(out), storage.addressOf(dy), list, ids.size, width];
  const met = storage.heap.integers(list, ids.size);
  const calls = splitRows(met, rows, pieces).map((range) => [...place, ...range]);
  runtime.run('embeddingGradient', calls);
  return out;
}
