/** Penalties on parameters that are added to the loss, as in Keras 3. */
import * as tf from '@tensorflow/tfjs-core';
import { Catalogue, type Configured, type Maker } from './configured.js';
import { fillOptions, type OptionChecks } from './fill-options.js';
import { checkNotNegative } from './option-checks.js';
import type { Repeatable } from './repeatable.js';

/** A scalar penalty of a parameter. */
export interface Regularizer extends Configured, Repeatable {
  apply(weight: tf.Tensor): tf.Tensor;
}

type RegularizerMaker<Options> = Maker<Regularizer> & ((options?: Partial<Options>) => Regularizer);

function regularizer<Options extends object>(
  name: string,
  defaults: Options,
  penalty: (weight: tf.Tensor, options: Options) => tf.Tensor,
  checks: OptionChecks<Options>,
): RegularizerMaker<Options> {
  const create = (options: Partial<Options> = {}): Regularizer => {
    const full = fillOptions(name, defaults, options, checks);
    return { name, config: { ...full } as never, repeatable: true, apply: (weight) => penalty(weight, full) };
  };
  return Object.defineProperty(Object.assign(create, { create }), 'name', { value: name }) as never;
}

/** l1·Σ|w| + l2·Σw² */
export const l1l2 = /* @__PURE__ */ regularizer(
  'l1l2',
  { l1: 0, l2: 0 },
  (weight, { l1, l2 }) => tf.add(tf.mul(tf.sum(tf.abs(weight)), l1), tf.mul(tf.sum(tf.square(weight)), l2)),
  { l1: checkNotNegative, l2: checkNotNegative },
);
export const l1 = /* @__PURE__ */ regularizer(
  'l1',
  { l1: 0.01 },
  (weight, options) => tf.mul(tf.sum(tf.abs(weight)), options.l1),
  { l1: checkNotNegative },
);
export const l2 = /* @__PURE__ */ regularizer(
  'l2',
  { l2: 0.01 },
  (weight, options) => tf.mul(tf.sum(tf.square(weight)), options.l2),
  { l2: checkNotNegative },
);
/** Half the mean absolute product of different rows (or columns) of unit length, times `factor`. */
export const orthogonalRegularizer = /* @__PURE__ */ regularizer(
  'orthogonalRegularizer',
  { factor: 0.01, mode: 'rows' as 'rows' | 'columns' },
  (weight, { factor, mode }) => {
    const axis = mode === 'rows' ? 1 : 0;
    const unit = tf.div(
      weight,
      tf.maximum(tf.sqrt(tf.sum(tf.square(weight), axis, true)), 1e-12),
    ) as tf.Tensor2D;
    const products =
      mode === 'rows' ? tf.matMul(unit, unit, false, true) : tf.matMul(unit, unit, true, false);
    const size = weight.shape[1 - axis]!;
    const off = tf.mul(tf.abs(products), tf.sub(1, tf.eye(size)));
    return tf.mul(tf.sum(off), (factor * 0.5) / Math.max(1, (size * (size - 1)) / 2));
  },
  { factor: checkNotNegative, mode: ['rows', 'columns'] },
);

/** The regularizers every registry knows. */
export const regularizers: Catalogue<Regularizer> = /* @__PURE__ */ new Catalogue<Regularizer>(
  'regularizer',
  [l1, l2, l1l2, orthogonalRegularizer],
);

export type RegularizerName = 'l1' | 'l2' | 'l1l2' | 'orthogonalRegularizer';
