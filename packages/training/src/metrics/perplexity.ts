/** Perplexity: among how many equally likely classes the model hesitates. */
import { exp, type Metric } from '@ostinato/core';
import {
  type SparseCategoricalCrossentropyOptions,
  sparseCategoricalCrossentropy,
} from '../losses/sparse-categorical-crossentropy.js';
import { lossMetric } from './mean-metric.js';

export type PerplexityOptions = Omit<SparseCategoricalCrossentropyOptions, 'axis'>;

/**
 * e to the mean cross-entropy of all steps that count.
 *
 * Steps that a mask leaves out do not count, nor targets of `ignoreClass`.
 *
 * Shapes   yTrue class numbers [batch, …], yPred [batch, …, classes]
 *
 * @example
 * model.compile({ optimizer: 'adam', loss: 'sparseCategoricalCrossentropy', metrics: [perplexity({ ignoreClass: 0 })] });
 */
export function perplexity(options: PerplexityOptions = {}): Metric {
  const mean = lossMetric('perplexity', sparseCategoricalCrossentropy(options));
  return { ...mean, result: (totals) => exp(mean.result(totals)) };
}
