/** The losses by name. */
import { Catalogue, type Loss } from '@ostinato/core';
import { binaryCrossentropy } from './binary-crossentropy.js';
import { categoricalCrossentropy } from './categorical-crossentropy.js';
import { huber, meanAbsoluteError, meanSquaredError } from './error-losses.js';
import { sparseCategoricalCrossentropy } from './sparse-categorical-crossentropy.js';

/** The names of this package's losses; plugins may bring more. */
export type LossName =
  | 'binaryCrossentropy'
  | 'categoricalCrossentropy'
  | 'sparseCategoricalCrossentropy'
  | 'meanSquaredError'
  | 'mse'
  | 'meanAbsoluteError'
  | 'mae'
  | 'huber';

/** The losses that every model knows by name. */
export const losses: Catalogue<Loss> = /* @__PURE__ */ new Catalogue<Loss>('loss', [
  { name: 'binaryCrossentropy', create: binaryCrossentropy },
  { name: 'categoricalCrossentropy', create: categoricalCrossentropy },
  { name: 'sparseCategoricalCrossentropy', create: sparseCategoricalCrossentropy },
  { name: 'meanSquaredError', create: meanSquaredError },
  { name: 'mse', create: meanSquaredError },
  { name: 'meanAbsoluteError', create: meanAbsoluteError },
  { name: 'mae', create: meanAbsoluteError },
  { name: 'huber', create: huber },
]);
