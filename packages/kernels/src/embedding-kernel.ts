/** The fused embedding lookup, with its gradient. */
import { embeddingIdError, type Kernel, primitive } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import type { KernelRuntime } from './kernel-runtime.js';
import { rowsOf } from './look-up.js';
import { StepGradients } from './row-gradients.js';
import { sumByRow } from './sum-by-row.js';

/** Looks ids up in `runtime`'s memory: see `embedding.lookup` in core. */
export function embeddingKernel(runtime: KernelRuntime): Kernel<'embedding.lookup'> {
  return {
    op: 'embedding.lookup',
    repeatable: true,
    refuse: () => runtime.refusal,
    run({ table, ids, where }, { inputDim, outputDim }) {
      const { storage, wasm } = runtime;
      primitive([ids], (given) => {
        const bad = wasm.findInvalidId(storage.addressOf(given), given.size, inputDim);
        if (bad >= 0) throw embeddingIdError(where, inputDim, given.dataSync()[bad]!, bad, given.shape);
        return [];
      });
      const lookup = tf.customGrad((...inputs: (tf.Tensor | tf.GradSaveFunc)[]) => {
        const [rows, save] = inputs as [tf.Tensor, tf.GradSaveFunc];
        const [value, origin] = primitive([rows, ids], (from, given) => {
          const made = rowsOf(runtime, from, given);
          return [made, storage.originOf(made)];
        });
        save([ids]); // when nothing can fail any more: nobody would dispose it
        const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]): tf.Tensor => {
          const [ofTable] = primitive([dy, saved[0]!, origin], (outer, given, lookedUp) => {
            const known = storage.originOf(outer);
            if (known instanceof StepGradients && known.lookup === lookedUp)
              return [storage.later([inputDim, outputDim], known.ofTable)];
            return [gradient(runtime, outer, given, [inputDim, outputDim])];
          });
          return ofTable;
        };
        return { value, gradFunc };
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
  const { storage } = runtime;
  const out = storage.empty([rows, width]);
  const places = [storage.addressOf(out), storage.addressOf(dy), storage.addressOf(ids)] as const;
  sumByRow(runtime, places, [ids.size, width, rows]);
  return out;
}
