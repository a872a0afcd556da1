/** Predictions of many samples, batch by batch. */
import * as tf from '@tensorflow/tfjs-core';
import { type BatchSource, eachBatch, type Pace } from './data/batch-source.js';
import { toTensor } from './data/device-batch.js';
import { OutputRows } from './data/output-rows.js';
import type { Inputs } from './data/samples.js';
import type { Network } from './model/network.js';

/**
 * Outputs of all samples, each in one tensor, in the order of the samples; undefined when it was stopped before the end.
 *
 * Memory   returns new tensors; holds one batch at a time on the backend
 * Throws   `predict-shape`, `batch-rows`, and what the source throws
 */
export async function predictBatches(
  network: Network,
  source: BatchSource<Inputs>,
  pace: Pace,
  where: string,
): Promise<readonly tf.Tensor[] | undefined> {
  const gathered: OutputRows[] = [];
  const finished = await eachBatch(source, null, pace, async (inputs) => {
    if (inputs.resetStates) network.resetStates();
    const outputs = forward(network, inputs);
    try {
      for (const [i, output] of outputs.entries()) {
        gathered[i] ??= new OutputRows(source.size, where);
        gathered[i].add((await output.data()) as Float32Array, output.shape, inputs.rows);
      }
    } finally {
      tf.dispose(outputs);
    }
  });
  return finished ? toTensors(gathered) : undefined;
}

function forward(network: Network, { x }: Inputs): tf.Tensor[] {
  return tf.tidy(() => network.forward(x.map(toTensor), false, 0).map(({ output }) => output));
}

/** All of them, or none is left behind. */
function toTensors(gathered: readonly OutputRows[]): tf.Tensor[] {
  const tensors: tf.Tensor[] = [];
  try {
    for (const rows of gathered) tensors.push(rows.toTensor());
    return tensors;
  } catch (error) {
    tf.dispose(tensors);
    throw error;
  }
}
