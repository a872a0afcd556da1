/** The addition layer. */
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

const NAME = '@ostinato/layers>Add';

/**
 * The sum of its inputs, element by element.
 *
 * Sizes of 1 are stretched, and inputs with fewer axes get axes of size 1 behind the batch. Masked steps are added as
 * they are; a step of the sum counts when it does in any input, and when an input has no mask the sum has none.
 *
 * Shapes   f32[batch, …], any number of them → f32[batch, …]
 * Throws   `inputs-count`; `shape-mismatch` with the two inputs that do not fit together
 *
 * @example
 * const residual = add();
 */
export class Add extends Layer {
  static override readonly repeatable = true;
  readonly registeredName = NAME;

  constructor(options: LayerOptions = {}) {
    checkFields(NAME, options, ['name', 'trainable']);
    super(options);
  }

  override build({ inputShapes, path }: BuildContext): void {
    mergedShape(inputShapes, path);
  }

  call(inputs: readonly tf.Tensor[], { path }: CallContext): tf.Tensor {
    const shape = mergedShape(
      inputs.map((input) => input.shape),
      path,
    );
    return tf.reshape(
      alignRanks(inputs).reduce((a, b) => tf.add(a, b)),
      shape as number[],
    );
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

export const addSpec = /* @__PURE__ */ defineLayer({
  name: NAME,
  create: (options: LayerOptions) => new Add(options),
});

/** The sum of its inputs, element by element. */
export function add(options: LayerOptions = {}): Add {
  return new Add(options);
}
