/** Predictions of many samples, batch by batch. */
import * as tf from '@tensorflow/tfjs-core';
import { type BatchSource, eachBatch, type Pace } from './data/batch-source.js';
import { GatheredOutputs } from './data/gathered-outputs.js';
import { hostTensor } from './data/host-tensors.js';
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
  const gathered = new GatheredOutputs(source.size, where);
  const finished = await eachBatch(source, null, pace, async (inputs) => {
    if (inputs.resetStates) network.resetStates();
    const outputs = forward(network, inputs);
    try {
      await gathered.add(outputs, inputs.rows);
    } finally {
      tf.dispose(outputs);
    }
  });
  return finished ? gathered.toTensors() : undefined;
}

function forward(network: Network, { x }: Inputs): tf.Tensor[] {
  return tf.tidy(() => network.forward(x.map(hostTensor), false, 0).map(({ output }) => output));
}
