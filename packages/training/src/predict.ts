/** Predictions of many samples, batch by batch. */
import * as tf from '@tensorflow/tfjs-core';
import { type BatchSource, eachBatch, type Pace } from './data/batch-source.js';
import { withInputs } from './data/device-batch.js';
import { GatheredOutputs } from './data/gathered-outputs.js';
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
    await withInputs(inputs.x, async (x) => {
      const outputs = tf.tidy(() => network.forward(x, false, 0).map(({ output }) => output));
      try {
        await gathered.add(outputs, inputs.rows);
      } finally {
        for (const output of outputs) if (!x.includes(output)) output.dispose();
      }
    });
  });
  return finished ? gathered.toTensors() : undefined;
}
