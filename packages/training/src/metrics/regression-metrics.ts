/** Metrics of amounts and directions that are no loss by themselves. */
import { checkFields, fillOptions, type Metric } from '@ostinato/core';
import { givenOptions } from '../given-options.js';
import { checkLossAxis } from '../losses/along-axis.js';
import { type CosineSimilarityOptions, cosineOf } from '../losses/cosine-similarity.js';
import { meanSquaredError } from '../losses/error-losses.js';
import { meanMetric } from './mean-metric.js';

/** The square root of the mean squared error. Shapes: yTrue and yPred [batch, …, n] */
export function rootMeanSquaredError(options: Readonly<Record<string, never>> = {}): Metric {
  checkFields('rootMeanSquaredError', options, []);
  const mean = meanMetric('rootMeanSquaredError', meanSquaredError().apply);
  return { ...mean, result: (totals) => Math.sqrt(mean.result(totals)) };
}

/** The mean cosine of the angle between targets and predictions: 1 for the same direction. The loss has the other sign. */
export function cosineSimilarityMetric(options: CosineSimilarityOptions = {}): Metric {
  const { axis } = fillOptions('cosineSimilarity', { axis: -1 }, options, { axis: checkLossAxis });
  return meanMetric(
    'cosineSimilarity',
    (yTrue, yPred) => cosineOf(yTrue, yPred, axis),
    givenOptions({ axis }, { axis: -1 }),
  );
}
