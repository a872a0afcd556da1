/** The optimizers by name. */
import { Catalogue, type Optimizer } from '@ostinato/core';
import { adam } from './adam.js';
import { rmsprop } from './rmsprop.js';
import { sgd } from './sgd.js';

/** The names of this package's optimizers; plugins may bring more. */
export type OptimizerName = 'sgd' | 'adam' | 'rmsprop';

/** The optimizers that every model knows by name. */
export const optimizers: Catalogue<Optimizer> = /* @__PURE__ */ new Catalogue<Optimizer>('optimizer', [
  { name: 'adam', create: adam },
  { name: 'rmsprop', create: rmsprop },
  { name: 'sgd', create: sgd },
]);
