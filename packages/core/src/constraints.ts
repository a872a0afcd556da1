/** Projections applied to parameters after each update, as in Keras 3. */
import * as tf from '@tensorflow/tfjs-core';
import { Catalogue, type Configured, type Maker } from './configured.js';
import { fillOptions, type OptionChecks } from './fill-options.js';
import { checkAxes, checkFraction, checkNotNegative, checkUpperBound } from './option-checks.js';

/** Brings a parameter back into the set it may be in. */
export interface Constraint extends Configured {
  apply(weight: tf.Tensor): tf.Tensor;
}

type ConstraintMaker<Options> = Maker<Constraint> & ((options?: Partial<Options>) => Constraint);

/** Keras' guard against dividing by zero. */
const EPSILON = 1e-7;

function constraint<Options extends object>(
  name: string,
  defaults: Options,
  project: (weight: tf.Tensor, options: Options) => tf.Tensor,
  checks: OptionChecks<Options> = {},
): ConstraintMaker<Options> {
  const create = (options: Partial<Options> = {}): Constraint => {
    const full = fillOptions(name, defaults, options, checks);
    return { name, config: { ...full } as never, apply: (weight) => project(weight, full) };
  };
  return Object.defineProperty(Object.assign(create, { create }), 'name', { value: name }) as never;
}

function norms(weight: tf.Tensor, axis: number | number[]): tf.Tensor {
  return tf.sqrt(tf.sum(tf.square(weight), axis, true));
}

/** Norms along `axis` at most `maxValue`. */
export const maxNorm = /* @__PURE__ */ constraint(
  'maxNorm',
  { maxValue: 2, axis: 0 as number | number[] },
  (weight, { maxValue, axis }) => {
    const length = norms(weight, axis);
    return tf.mul(weight, tf.div(tf.clipByValue(length, 0, maxValue), tf.add(length, EPSILON)));
  },
  { maxValue: checkNotNegative, axis: checkAxes },
);
export const nonNeg = /* @__PURE__ */ constraint('nonNeg', {}, (weight) => tf.relu(weight));
/** Norms along `axis` of one. */
export const unitNorm = /* @__PURE__ */ constraint(
  'unitNorm',
  { axis: 0 as number | number[] },
  (weight, { axis }) => tf.div(weight, tf.add(norms(weight, axis), EPSILON)),
  { axis: checkAxes },
);
/** Norms along `axis` moved by `rate` of the way into [minValue, maxValue]. */
export const minMaxNorm = /* @__PURE__ */ constraint(
  'minMaxNorm',
  { minValue: 0, maxValue: 1, rate: 1, axis: 0 as number | number[] },
  (weight, { minValue, maxValue, rate, axis }) => {
    const length = norms(weight, axis);
    const desired = tf.add(
      tf.mul(tf.clipByValue(length, minValue, maxValue), rate),
      tf.mul(length, 1 - rate),
    );
    return tf.mul(weight, tf.div(desired, tf.add(length, EPSILON)));
  },
  { minValue: checkNotNegative, maxValue: checkUpperBound, rate: checkFraction, axis: checkAxes },
);

/** The constraints every registry knows. */
export const constraints: Catalogue<Constraint> = /* @__PURE__ */ new Catalogue<Constraint>('constraint', [
  maxNorm,
  nonNeg,
  unitNorm,
  minMaxNorm,
]);

export type ConstraintName = 'maxNorm' | 'nonNeg' | 'unitNorm' | 'minMaxNorm';
