/** Activation functions with the names (in camelCase), options and defaults of Keras 3. */
import * as tf from '@tensorflow/tfjs-core';
import { Catalogue, type Configured, type Maker } from './configured.js';
import { fillOptions, type OptionChecks } from './fill-options.js';
import type { JsonObject } from './json.js';
import { rememberLogits } from './logits.js';
import { checkBoolean, checkFields, checkNotNegative, checkPositive } from './option-checks.js';
import type { Repeatable } from './repeatable.js';
import { withoutGradient } from './without-gradient.js';

/**
 * A function of a tensor that keeps its shape.
 *
 * Memory   `apply` returns a new tensor; call it inside `tidy`
 */
export interface Activation extends Configured, Repeatable {
  apply(x: tf.Tensor): tf.Tensor;
}

function plain(name: string, apply: (x: tf.Tensor) => tf.Tensor): Maker<Activation> & (() => Activation) {
  const create = (options: object = {}): Activation => {
    checkFields(name, options, []);
    return { name, config: {}, repeatable: true, apply };
  };
  return Object.defineProperty(Object.assign(create, { create }), 'name', { value: name }) as never;
}

export const linear = /* @__PURE__ */ plain('linear', (x) => tf.clone(x));
export const sigmoid = /* @__PURE__ */ plain('sigmoid', (x) => rememberLogits(tf.sigmoid(x), 'sigmoid', x));
export const tanh = /* @__PURE__ */ plain('tanh', (x) => tf.tanh(x));
export const softmax = /* @__PURE__ */ plain('softmax', (x) => rememberLogits(tf.softmax(x), 'softmax', x));
export const logSoftmax = /* @__PURE__ */ plain('logSoftmax', (x) => tf.logSoftmax(x));
export const softplus = /* @__PURE__ */ plain('softplus', (x) => tf.softplus(x));
export const softsign = /* @__PURE__ */ plain('softsign', (x) => tf.div(x, tf.add(tf.abs(x), 1)));
export const selu = /* @__PURE__ */ plain('selu', (x) => tf.selu(x));
export const silu = /* @__PURE__ */ plain('silu', (x) => tf.mul(x, tf.sigmoid(x)));
export const exponential = /* @__PURE__ */ plain('exponential', (x) => tf.exp(x));
export const relu6 = /* @__PURE__ */ plain('relu6', (x) => tf.relu6(x));
/** relu6(x + 3) / 6: Keras 3's; tfjs-layers clips 0.2·x + 0.5. */
export const hardSigmoid = /* @__PURE__ */ plain('hardSigmoid', (x) => tf.div(tf.relu6(tf.add(x, 3)), 6));
export const hardSilu = /* @__PURE__ */ plain('hardSilu', (x) =>
  tf.mul(x, tf.div(tf.relu6(tf.add(x, 3)), 6)),
);
export const mish = /* @__PURE__ */ plain('mish', (x) => tf.mul(x, tf.tanh(softplus().apply(x))));

function configured<Options extends object>(
  name: string,
  defaults: Options,
  apply: (x: tf.Tensor, options: Options) => tf.Tensor,
  checks: OptionChecks<Options> = {},
): Maker<Activation> & ((options?: Partial<Options>) => Activation) {
  const create = (options: Partial<Options> = {}): Activation => {
    const full = fillOptions(name, defaults, options, checks);
    const given = Object.entries(full).filter(([key, value]) => value !== defaults[key as keyof Options]);
    return {
      name,
      config: Object.fromEntries(given) as JsonObject,
      repeatable: true,
      apply: (x) => apply(x, full),
    };
  };
  return Object.defineProperty(Object.assign(create, { create }), 'name', { value: name }) as never;
}

function checkCeiling(where: string, field: string, value: unknown): void {
  if (value !== null) checkNotNegative(where, field, value);
}

/** max(x, 0), with Keras' options: a slope below the threshold, an upper bound, a threshold. */
export const relu = /* @__PURE__ */ configured(
  'relu',
  { negativeSlope: 0, maxValue: null as number | null, threshold: 0 },
  (x, { negativeSlope, maxValue, threshold }) => {
    if (maxValue === null && threshold === 0) {
      return negativeSlope === 0 ? tf.relu(x) : tf.leakyRelu(x, negativeSlope);
    }
    const passed = withoutGradient(() => tf.cast(tf.greater(x, threshold), 'float32'));
    const above = tf.mul(x, passed);
    const bounded = maxValue === null ? above : tf.clipByValue(above, 0, maxValue);
    if (negativeSlope === 0) return bounded;
    return tf.sub(bounded, tf.mul(tf.relu(tf.sub(threshold, x)), negativeSlope));
  },
  { maxValue: checkCeiling },
);
export const leakyRelu = /* @__PURE__ */ configured(
  'leakyRelu',
  { negativeSlope: 0.2 },
  (x, { negativeSlope }) => tf.leakyRelu(x, negativeSlope),
);
export const elu = /* @__PURE__ */ configured('elu', { alpha: 1 }, (x, { alpha }) =>
  alpha === 1 ? tf.elu(x) : tf.add(tf.relu(x), tf.mul(tf.sub(tf.exp(tf.minimum(x, 0)), 1), alpha)),
);
export const celu = /* @__PURE__ */ configured(
  'celu',
  { alpha: 1 },
  (x, { alpha }) => tf.add(tf.relu(x), tf.mul(tf.sub(tf.exp(tf.div(tf.minimum(x, 0), alpha)), 1), alpha)),
  { alpha: checkPositive },
);
/** x·Φ(x); `approximate` uses tanh instead of the error function. */
export const gelu = /* @__PURE__ */ configured(
  'gelu',
  { approximate: false },
  (x, { approximate }) => {
    const phi = approximate
      ? tf.tanh(tf.mul(0.7978845608028654, tf.add(x, tf.mul(0.044715, tf.mul(x, tf.mul(x, x))))))
      : tf.erf(tf.mul(x, Math.SQRT1_2));
    return tf.mul(tf.mul(x, 0.5), tf.add(phi, 1));
  },
  { approximate: checkBoolean },
);

/** The activations every registry knows. */
export const activations: Catalogue<Activation> = /* @__PURE__ */ new Catalogue<Activation>('activation', [
  linear,
  sigmoid,
  tanh,
  softmax,
  logSoftmax,
  softplus,
  softsign,
  selu,
  silu,
  exponential,
  relu6,
  hardSigmoid,
  hardSilu,
  mish,
  relu,
  leakyRelu,
  elu,
  celu,
  gelu,
]);

/** The names of core's activations; plugins' are given as objects. */
export type ActivationName =
  | 'linear'
  | 'sigmoid'
  | 'tanh'
  | 'softmax'
  | 'logSoftmax'
  | 'softplus'
  | 'softsign'
  | 'selu'
  | 'silu'
  | 'exponential'
  | 'relu6'
  | 'hardSigmoid'
  | 'hardSilu'
  | 'mish'
  | 'relu'
  | 'leakyRelu'
  | 'elu'
  | 'celu'
  | 'gelu';

/**
 * The name under which kernels know an activation: its own, or one with its options behind it, which none knows.
 */
export function activationKey(activation: Activation): string {
  const options = Object.entries(activation.config).map(([key, value]) => `${key}=${JSON.stringify(value)}`);
  return options.length === 0 ? activation.name : `${activation.name}(${options.join(', ')})`;
}
