/** The metrics by name. */
import { Catalogue, type Loss, type Maker, type Metric } from '@ostinato/core';
import { binaryCrossentropy } from '../losses/binary-crossentropy.js';
import { categoricalCrossentropy } from '../losses/categorical-crossentropy.js';
import { klDivergence, poisson } from '../losses/divergence-losses.js';
import { huber, logCosh, meanAbsoluteError, meanSquaredError } from '../losses/error-losses.js';
import { categoricalHinge, hinge, squaredHinge } from '../losses/hinge-losses.js';
import { meanAbsolutePercentageError, meanSquaredLogarithmicError } from '../losses/relative-error-losses.js';
import { sparseCategoricalCrossentropy } from '../losses/sparse-categorical-crossentropy.js';
import { accuracy, binaryAccuracy, categoricalAccuracy, sparseCategoricalAccuracy } from './accuracies.js';
import { auc } from './auc.js';
import {
  precisionAtRecall,
  recallAtPrecision,
  sensitivityAtSpecificity,
  specificityAtSensitivity,
} from './best-at.js';
import { confusionMatrix } from './confusion-matrix.js';
import { f1Score, fBetaScore } from './f-scores.js';
import { labelled, withLabelOption } from './labelled.js';
import { lossMetric } from './mean-metric.js';
import { perplexity } from './perplexity.js';
import {
  falseNegatives,
  falsePositives,
  precision,
  recall,
  trueNegatives,
  truePositives,
} from './positives-and-negatives.js';
import { r2Score } from './r2-score.js';
import { cosineSimilarityMetric, rootMeanSquaredError } from './regression-metrics.js';
import { sparseTopKCategoricalAccuracy, topKCategoricalAccuracy } from './top-k-accuracies.js';

const makers = {
  accuracy,
  binaryAccuracy,
  categoricalAccuracy,
  sparseCategoricalAccuracy,
  topKCategoricalAccuracy,
  sparseTopKCategoricalAccuracy,
  precision,
  recall,
  truePositives,
  falsePositives,
  trueNegatives,
  falseNegatives,
  f1Score,
  fBetaScore,
  auc,
  specificityAtSensitivity,
  sensitivityAtSpecificity,
  precisionAtRecall,
  recallAtPrecision,
  confusionMatrix,
  perplexity,
  rootMeanSquaredError,
  r2Score,
  cosineSimilarity: cosineSimilarityMetric,
} as const;

/** Losses that are worth watching as metrics too. */
const lossMakers = {
  meanSquaredError,
  mse: meanSquaredError,
  meanAbsoluteError,
  mae: meanAbsoluteError,
  meanAbsolutePercentageError,
  mape: meanAbsolutePercentageError,
  meanSquaredLogarithmicError,
  msle: meanSquaredLogarithmicError,
  huber,
  logCosh,
  binaryCrossentropy,
  bce: binaryCrossentropy,
  categoricalCrossentropy,
  sparseCategoricalCrossentropy,
  klDivergence,
  poisson,
  hinge,
  squaredHinge,
  categoricalHinge,
} as const;

/** The names of this package's metrics; plugins may bring more. */
export type MetricName = 'acc' | keyof typeof makers | keyof typeof lossMakers;

function all(): Maker<Metric>[] {
  const own = Object.entries(makers as Record<string, (options: never) => Metric>);
  const ofLosses = Object.entries(lossMakers as Record<string, (options: never) => Loss>);
  return [
    { name: 'acc', create: withLabelOption(() => labelled('acc', accuracy())) }, // as in Keras, so its figure is called too
    ...own.map(([name, create]) => ({ name, create: withLabelOption(create) })),
    ...ofLosses.map(([name, create]) => ({
      name,
      create: withLabelOption((options: never) => lossMetric(name, create(options))),
    })),
  ];
}

/** The metrics that every model knows by name. */
export const metrics: Catalogue<Metric> = /* @__PURE__ */ new Catalogue<Metric>(
  'metric',
  /* @__PURE__ */ all(),
);
