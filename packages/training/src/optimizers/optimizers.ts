/** The optimizers by name. */
import { Catalogue, type Optimizer } from '@ostinato/core';
import { adadelta } from './adadelta.js';
import { adagrad } from './adagrad.js';
import { adam } from './adam.js';
import { adamax } from './adamax.js';
import { adamw } from './adamw.js';
import { lion } from './lion.js';
import { nadam } from './nadam.js';
import { rmsprop } from './rmsprop.js';
import { sgd } from './sgd.js';

/** The names of this package's optimizers; plugins may bring more. */
export type OptimizerName =
  | 'adadelta'
  | 'adagrad'
  | 'adam'
  | 'adamax'
  | 'adamw'
  | 'lion'
  | 'nadam'
  | 'rmsprop'
  | 'sgd';

/** The optimizers that every model knows by name. */
export const optimizers: Catalogue<Optimizer> = /* @__PURE__ */ new Catalogue<Optimizer>('optimizer', [
  { name: 'adadelta', create: adadelta },
  { name: 'adagrad', create: adagrad },
  { name: 'adam', create: adam },
  { name: 'adamax', create: adamax },
  { name: 'adamw', create: adamw },
  { name: 'lion', create: lion },
  { name: 'nadam', create: nadam },
  { name: 'rmsprop', create: rmsprop },
  { name: 'sgd', create: sgd },
]);
