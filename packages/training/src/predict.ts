/** Predictions of many samples, batch by batch. */
import * as tf from '@tensorflow/tfjs-core';
import type { Breathing } from './breathing.js';
import { RowReader } from './data/batch-reader.js';
import type { HostArray } from './data/host-array.js';
import type { LayerStack } from './layer-stack.js';

export interface PredictRun {
  readonly batchSize: number;
  readonly breathing: Breathing;
  /** Called between batches; what it throws ends the run. */
  readonly check: () => void;
}

/**
 * Outputs of all samples in one tensor.
 *
 * Memory   returns a new tensor; holds one batch at a time on the backend
 */
export async function predictSamples(stack: LayerStack, x: HostArray, run: PredictRun): Promise<tf.Tensor> {
  const count = x.shape[0]!;
  const reader = new RowReader(x, run.batchSize, true);
  let all: Float32Array | undefined;
  let shape: number[] = [];
  for (let start = 0; start < count; start += run.batchSize) {
    run.check();
    const end = Math.min(start + run.batchSize, count);
    const output = forward(stack, reader.read(start, end));
    try {
      shape = output.shape.slice(1);
      const size = output.size / (end - start);
      all ??= new Float32Array(count * size);
      all.set((await output.data()) as Float32Array, start * size);
    } finally {
      output.dispose();
    }
    await run.breathing.pause();
  }
  return tf.tensor(all!, [count, ...shape], 'float32');
}

/** Memory: disposes its argument. */
function forward(stack: LayerStack, x: tf.Tensor): tf.Tensor {
  try {
    return tf.tidy(() => stack.forward(x, false, 0).output);
  } finally {
    x.dispose();
  }
}
