/** The activation layer: an activation function on its own. */
import {
  type Activation as ActivationFunction,
  type ActivationName,
  type BuildContext,
  baseConfig,
  checkFields,
  defineLayer,
  type JsonObject,
  Layer,
  type LayerOptions,
  OstinatoError,
  type Shape,
  show,
  toIdentifier,
} from '@ostinato/core';
import type * as tf from '@tensorflow/tfjs-core';

const NAME = '@ostinato/layers>Activation';

export interface ActivationOptions extends LayerOptions {
  readonly activation: ActivationName | ActivationFunction;
}

/**
 * An activation function as a layer.
 *
 * Shapes   f32[…] → the same
 */
export class Activation extends Layer {
  static override readonly repeatable = true;
  readonly registeredName = NAME;
  readonly #identifier: ActivationName | ActivationFunction;
  #function!: ActivationFunction;

  constructor(options: ActivationOptions) {
    checkFields(NAME, options, ['activation', 'name', 'trainable']);
    super(options);
    if (!options.activation) {
      throw new OstinatoError('config-activation', {
        where: this.registeredName,
        what: '`activation` is missing',
        expected: 'a name or an activation',
        received: show(options.activation),
      });
    }
    this.#identifier = options.activation;
  }

  override build(context: BuildContext): void {
    this.#function = context.activation(this.#identifier);
  }

  call([x]: readonly tf.Tensor[]): tf.Tensor {
    return this.#function.apply(x!);
  }

  override get mostInputs(): number {
    return 1;
  }

  outputShapes(inputShapes: readonly Shape[]): readonly Shape[] {
    return [inputShapes[0] ?? []];
  }

  getConfig(): JsonObject {
    return { ...baseConfig(this), activation: toIdentifier(this.#identifier) };
  }
}

export const activationSpec = /* @__PURE__ */ defineLayer({
  name: NAME,
  create: (options: ActivationOptions) => new Activation(options),
});

/** An activation function as a layer. */
export function activation(options: ActivationOptions): Activation {
  return new Activation(options);
}
