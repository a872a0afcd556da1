/** The multiplication layer. */
import {
  type BuildContext,
  baseConfig,
  type CallContext,
  checkFields,
  defineLayer,
  type JsonObject,
  Layer,
  type LayerOptions,
  type Mask,
  type Shape,
} from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import { alignRanks, mergedMask, mergedShape } from './merge-inputs.js';

const NAME = '@ostinato/layers>Multiply';

/**
 * The product of its inputs, element by element.
 *
 * Sizes of 1 are stretched, and inputs with fewer axes get axes of size 1 behind the batch. A masked step of an input
 * counts as ones. When every input has a mask, a step of the product counts when it does in any of them, and is 0
 * otherwise; when one has none, the product has none.
 *
 * Shapes   f32[batch, …], any number of them → f32[batch, …]
 * Throws   `inputs-count`; `shape-mismatch` with the two inputs that do not fit together
 *
 * @example
 * const gated = multiply();
 */
export class Multiply extends Layer {
  static override readonly repeatable = true;
  readonly registeredName = NAME;

  constructor(options: LayerOptions = {}) {
    checkFields(NAME, options, ['name', 'trainable']);
    super(options);
  }

  override build({ inputShapes, path }: BuildContext): void {
    mergedShape(inputShapes, path);
  }

  call(inputs: readonly tf.Tensor[], { masks, path }: CallContext): tf.Tensor {
    const shape = mergedShape(
      inputs.map((input) => input.shape),
      path,
    );
    const factors = inputs.map((input, i) => onesWhereMasked(input, masks[i] ?? null));
    const product = tf.reshape(
      alignRanks(factors).reduce((a, b) => tf.mul(a, b)),
      shape as number[],
    );
    const mask = mergedMask(inputs, masks, shape);
    return mask ? tf.mul(product, stepsOf(product, mask)) : product;
  }

  outputShapes(inputShapes: readonly Shape[]): readonly Shape[] {
    return [mergedShape(inputShapes, this.registeredName)];
  }

  override outputMasks(inputs: readonly tf.Tensor[], masks: readonly Mask[]): readonly Mask[] {
    const [shape] = this.outputShapes(inputs.map((input) => input.shape));
    return [mergedMask(inputs, masks, shape!)];
  }

  getConfig(): JsonObject {
    return baseConfig(this);
  }
}

function onesWhereMasked(x: tf.Tensor, mask: Mask): tf.Tensor {
  if (!mask) return x;
  const counts = stepsOf(x, mask);
  return tf.add(tf.mul(x, counts), tf.sub(1, counts));
}

/** The mask as numbers, with an axis of size 1 for each that it lacks. */
function stepsOf(x: tf.Tensor, mask: tf.Tensor): tf.Tensor {
  const ones = Array.from({ length: x.rank - mask.rank }, () => 1);
  return tf.cast(tf.reshape(mask, [...mask.shape, ...ones]), x.dtype as 'float32');
}

export const multiplySpec = /* @__PURE__ */ defineLayer({
  name: NAME,
  create: (options: LayerOptions) => new Multiply(options),
});

/** The product of its inputs, element by element. */
export function multiply(options: LayerOptions = {}): Multiply {
  return new Multiply(options);
}
