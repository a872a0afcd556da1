/** Loss and metrics of one batch. */
import type { Loss, Metric, Param } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import type { Compiled } from './compiled.js';
import type { Batch } from './data/device-batch.js';
import type { Flow, LayerStack } from './layer-stack.js';
import { meanLoss } from './losses/reduce-loss.js';

/** The figures of a batch as they are read back. */
export interface BatchFigures {
  readonly loss: number;
  /** Totals of all metrics, one after the other. */
  readonly totals: Float32Array;
}

/** Loss of a batch with the penalties of the parameters: a scalar. Call it inside `tidy`. */
export function lossOfBatch(loss: Loss, batch: Batch, flow: Flow, params: readonly Param[]): tf.Tensor {
  let total = meanLoss(loss, batch.y, flow.output, batch.weights, flow.mask);
  for (const { regularizer, tensor } of params) {
    if (regularizer) total = tf.add(total, regularizer.apply(tensor));
  }
  return total;
}

/** One f32[size] for each metric. Sample weights do not count, masks do, as in Keras. Call it inside `tidy`. */
export function metricTotals(
  metrics: readonly Metric[],
  batch: Batch,
  { output, mask }: Flow,
): tf.Tensor1D[] {
  const weights = mask ? tf.cast(mask, 'float32') : undefined;
  return metrics.map((metric) => metric.update(batch.y, output, weights) as tf.Tensor1D);
}

/**
 * Loss and metrics of a batch, nothing trained.
 *
 * Memory   leaves nothing
 */
export async function evaluateBatch(
  stack: LayerStack,
  compiled: Compiled,
  batch: Batch,
): Promise<BatchFigures> {
  const figures = tf.tidy(() => {
    const flow = stack.forward(batch.x, false, compiled.state.steps);
    const loss = lossOfBatch(compiled.loss, batch, flow, stack.trainableParams());
    return tf.concat([...metricTotals(compiled.metrics, batch, flow), tf.reshape(loss, [1])]);
  });
  try {
    const values = (await figures.data()) as Float32Array;
    return { loss: values.at(-1)!, totals: values.subarray(0, -1) };
  } finally {
    figures.dispose();
  }
}
