/** Loss and metrics of one batch. */
import type { Metric, Param } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import type { Compiled } from './compiled.js';
import type { Batch } from './data/device-batch.js';
import { atRank, meanLoss } from './losses/reduce-loss.js';
import type { Flow, Network } from './model/network.js';
import type { Objective } from './model/objectives.js';
import { valuesOf } from './values-of.js';

/** The figures of a batch as they are read back. */
export interface BatchFigures {
  readonly loss: number;
  /** Totals of all figures beside the loss, one after the other. */
  readonly totals: Float32Array;
}

/** The loss that is learnt from, and those of the outputs that it is the sum of, unweighted. */
export interface BatchLoss {
  readonly total: tf.Tensor;
  readonly losses: readonly (tf.Tensor | null)[];
}

/** Loss of a batch with the penalties of the parameters: a scalar. Call it inside `tidy`. */
export function lossOfBatch(
  objectives: readonly Objective[],
  batch: Batch,
  flows: readonly Flow[],
  params: readonly Param[],
): BatchLoss {
  const losses = objectives.map(({ loss }, i) => {
    if (!loss) return null;
    const { output, mask } = flows[i]!;
    return meanLoss(loss, batch.y[i]!, output, batch.weights[i], mask);
  });
  let total: tf.Tensor | undefined;
  objectives.forEach(({ lossWeight }, i) => {
    const loss = losses[i];
    if (!loss) return;
    const weighted = lossWeight === 1 ? loss : tf.mul(loss, lossWeight);
    total = total ? tf.add(total, weighted) : weighted;
  });
  for (const { regularizer, tensor } of params) {
    if (regularizer) total = tf.add(total!, regularizer.apply(tensor));
  }
  return { total: total!, losses };
}

/**
 * The totals of all figures beside the loss, in the order of `figuresOf`: one f32[size] for each. Call it inside `tidy`.
 *
 * Sample weights count in weighted metrics alone, as in Keras; masks in all, where Keras heeds them in means alone.
 */
export function figureTotals(
  objectives: readonly Objective[],
  batch: Batch,
  flows: readonly Flow[],
  losses: readonly (tf.Tensor | null)[],
): tf.Tensor1D[] {
  const totals = objectives.flatMap((objective, i) => metricTotals(objective, batch, flows[i]!, i));
  if (objectives.length === 1) return totals;
  const rows = batch.x[0]!.shape[0]!;
  const ofLosses = losses.flatMap((loss) => (loss ? [tf.stack([tf.mul(loss, rows), tf.scalar(rows)])] : []));
  return [...(ofLosses as tf.Tensor1D[]), ...totals];
}

function metricTotals(objective: Objective, batch: Batch, { output, mask }: Flow, i: number): tf.Tensor1D[] {
  const counted = mask ? tf.cast(mask, 'float32') : undefined;
  const update = (metric: Metric, weights: tf.Tensor | undefined): tf.Tensor1D =>
    metric.update(batch.y[i]!, output, weights) as tf.Tensor1D;
  const plain = objective.metrics.map((metric) => update(metric, counted));
  if (objective.weightedMetrics.length === 0) return plain;
  const weights = together(batch.weights[i], counted);
  return [...plain, ...objective.weightedMetrics.map((metric) => update(metric, weights))];
}

/** Weights of rows or steps, and of the steps that count, as one. */
function together(weights: tf.Tensor | undefined, counted: tf.Tensor | undefined): tf.Tensor | undefined {
  if (!weights || !counted) return weights ?? counted;
  return weights.rank > counted.rank
    ? tf.mul(weights, atRank(counted, weights))
    : tf.mul(atRank(weights, counted), counted);
}

/**
 * Loss and metrics of a batch, nothing trained. `look` is shown the outputs of the model; they are gone when it is done.
 *
 * Memory   leaves nothing
 */
export async function evaluateBatch(
  network: Network,
  compiled: Compiled,
  batch: Batch,
  look?: (outputs: readonly tf.Tensor[]) => Promise<void>,
): Promise<BatchFigures> {
  const { objectives, state } = compiled;
  const [figures, ...outputs] = tf.tidy(() => {
    const flows = network.forward(batch.x, false, state.steps);
    const { total, losses } = lossOfBatch(objectives, batch, flows, network.trainableParams());
    const totals = figureTotals(objectives, batch, flows, losses);
    const shown = look ? flows.map(({ output }) => output) : [];
    return [tf.concat([...totals, tf.reshape(total, [1])]), ...shown];
  });
  try {
    const values = (await valuesOf(figures!)) as Float32Array;
    await look?.(outputs);
    return { loss: values.at(-1)!, totals: values.subarray(0, -1) };
  } finally {
    tf.dispose([figures!, ...outputs]);
  }
}
