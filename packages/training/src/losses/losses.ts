/** The losses by name. */
import { Catalogue, type Loss, type Maker } from '@ostinato/core';
import { binaryCrossentropy } from './binary-crossentropy.js';
import { binaryFocalCrossentropy } from './binary-focal-crossentropy.js';
import { categoricalCrossentropy } from './categorical-crossentropy.js';
import { categoricalFocalCrossentropy } from './categorical-focal-crossentropy.js';
import { cosineSimilarity } from './cosine-similarity.js';
import { ctc } from './ctc.js';
import { klDivergence, poisson } from './divergence-losses.js';
import { huber, logCosh, meanAbsoluteError, meanSquaredError } from './error-losses.js';
import { categoricalHinge, hinge, squaredHinge } from './hinge-losses.js';
import { meanAbsolutePercentageError, meanSquaredLogarithmicError } from './relative-error-losses.js';
import { sparseCategoricalCrossentropy } from './sparse-categorical-crossentropy.js';

const makers = {
  binaryCrossentropy,
  bce: binaryCrossentropy,
  categoricalCrossentropy,
  sparseCategoricalCrossentropy,
  binaryFocalCrossentropy,
  categoricalFocalCrossentropy,
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
  hinge,
  squaredHinge,
  categoricalHinge,
  klDivergence,
  kld: klDivergence,
  poisson,
  cosineSimilarity,
  ctc,
} as const;

/** The names of this package's losses; plugins may bring more. */
export type LossName = keyof typeof makers;

/** The losses that every model knows by name. */
export const losses: Catalogue<Loss> = /* @__PURE__ */ new Catalogue<Loss>(
  'loss',
  /* @__PURE__ */ Object.entries(makers).map(([name, create]): Maker<Loss> => ({ name, create })),
);
