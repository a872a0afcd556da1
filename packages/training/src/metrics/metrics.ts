/** The metrics by name. */
import { Catalogue, type Metric } from '@ostinato/core';
import { meanAbsoluteError, meanSquaredError } from '../losses/error-losses.js';
import { accuracy, binaryAccuracy, categoricalAccuracy, sparseCategoricalAccuracy } from './accuracies.js';
import { meanMetric } from './mean-metric.js';

/** The names of this package's metrics; plugins may bring more. */
export type MetricName =
  | 'accuracy'
  | 'binaryAccuracy'
  | 'categoricalAccuracy'
  | 'sparseCategoricalAccuracy'
  | 'meanSquaredError'
  | 'mse'
  | 'meanAbsoluteError'
  | 'mae';

/** The mean squared error as a metric, under the name by which it was asked for. */
function squaredErrorAs(name: string): () => Metric {
  return () => meanMetric(name, {}, meanSquaredError().apply);
}

function absoluteErrorAs(name: string): () => Metric {
  return () => meanMetric(name, {}, meanAbsoluteError().apply);
}

/** The metrics that every model knows by name. */
export const metrics: Catalogue<Metric> = /* @__PURE__ */ new Catalogue<Metric>('metric', [
  { name: 'accuracy', create: accuracy },
  { name: 'binaryAccuracy', create: binaryAccuracy },
  { name: 'categoricalAccuracy', create: categoricalAccuracy },
  { name: 'sparseCategoricalAccuracy', create: sparseCategoricalAccuracy },
  { name: 'meanSquaredError', create: /* @__PURE__ */ squaredErrorAs('meanSquaredError') },
  { name: 'mse', create: /* @__PURE__ */ squaredErrorAs('mse') },
  { name: 'meanAbsoluteError', create: /* @__PURE__ */ absoluteErrorAs('meanAbsoluteError') },
  { name: 'mae', create: /* @__PURE__ */ absoluteErrorAs('mae') },
]);
