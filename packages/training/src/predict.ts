/** Predictions of many samples, batch by batch. */
import * as tf from '@tensorflow/tfjs-core';
import { type BatchSource, eachBatch, type Pace } from './data/batch-source.js';
import { toTensor } from './data/device-batch.js';
import type { HostArray } from './data/host-array.js';
import { OutputRows } from './data/output-rows.js';
import type { Inputs } from './data/samples.js';
import type { LayerStack } from './layer-stack.js';

/**
 * Outputs of all samples in one tensor, in the order of the samples; undefined when it was stopped before the end.
 *
 * Memory   returns a new tensor; holds one batch at a time on the backend
 * Throws   `predict-shape`, `batch-rows`, and what the source throws
 */
export async function predictBatches(
  stack: LayerStack,
  source: BatchSource<Inputs>,
  pace: Pace,
  where: string,
): Promise<tf.Tensor | undefined> {
  const outputs = new OutputRows(source.size, where);
  const finished = await eachBatch(source, null, pace, async ({ x, rows, resetStates }) => {
    if (resetStates) stack.resetStates();
    const output = forward(stack, x);
    try {
      outputs.add((await output.data()) as Float32Array, output.shape, rows);
    } finally {
      output.dispose();
    }
  });
  return finished ? outputs.toTensor() : undefined;
}

function forward(stack: LayerStack, x: HostArray): tf.Tensor {
  return tf.tidy(() => stack.forward(toTensor(x), false, 0).output);
}
