/** The fully connected layer. */
import {
  type Activation,
  type ActivationName,
  type BuildContext,
  baseConfig,
  type CallContext,
  checkBoolean,
  checkFields,
  checkOptions,
  checkShape,
  checkSize,
  defineLayer,
  type JsonObject,
  Layer,
  type LayerOptions,
  OstinatoError,
  type Param,
  type Shape,
  showShape,
} from '@ostinato/core';
import type * as tf from '@tensorflow/tfjs-core';
import { fillWeightOptions, optionsToJSON, type WeightOptions } from './cell-options.js';
import { project } from './project.js';

const NAME = '@ostinato/layers>Dense';

export interface DenseOptions extends WeightOptions, LayerOptions {
  /** Size of the output. */
  readonly units: number;
  /** Default linear. */
  readonly activation?: ActivationName | Activation | null;
  /** Default true. */
  readonly useBias?: boolean;
}

/**
 * act(x·W + b) over the last axis.
 *
 * Shapes   x f32[batch, …, inputSize] → f32[batch, …, units]
 * Weights  kernel W [inputSize, units] · bias b [units]
 * Throws   `shape-mismatch` when the last axis has another size than at first, or is not known
 */
export class Dense extends Layer {
  static override readonly repeatable = true;
  readonly registeredName = NAME;
  readonly options: Required<Omit<DenseOptions, keyof LayerOptions>>;
  #kernel!: Param;
  #bias: Param | undefined;
  #activation!: Activation;

  constructor(options: DenseOptions) {
    checkOptions(NAME, options);
    super(options);
    const { name: _name, trainable: _trainable, ...own } = options;
    const defaults = fillWeightOptions({ activation: null, useBias: true });
    checkFields(this.registeredName, own, ['units', ...Object.keys(defaults)]);
    this.options = fillWeightOptions({ activation: null, useBias: true, ...own });
    checkSize(this.registeredName, 'units', this.options.units);
    checkBoolean(this.registeredName, 'useBias', this.options.useBias);
  }

  override build(context: BuildContext): void {
    const { units, useBias, activation, ...weights } = this.options;
    const shape = context.inputShapes[0] ?? [];
    const inputSize = shape.length >= 2 ? shape.at(-1) : null;
    if (inputSize === null || inputSize === undefined) {
      throw new OstinatoError('shape-mismatch', {
        where: context.path,
        what: 'The size of the last axis of the input is not known',
        expected: 'an input of [batch, …, features]',
        received: showShape(shape),
      });
    }
    this.#activation = context.activation(activation);
    this.#kernel = context.param('kernel', [inputSize, units], {
      initializer: weights.kernelInitializer,
      regularizer: weights.kernelRegularizer,
      constraint: weights.kernelConstraint,
    });
    this.#bias = useBias
      ? context.param('bias', [units], {
          initializer: weights.biasInitializer,
          regularizer: weights.biasRegularizer,
          constraint: weights.biasConstraint,
        })
      : undefined;
    this.params = this.#bias ? [this.#kernel, this.#bias] : [this.#kernel];
    context.kernels.use('dense.product', { inputSize, units, useBias });
  }

  call([x]: readonly tf.Tensor[], { kernels, path }: CallContext): tf.Tensor {
    checkShape(x!, [...x!.shape.slice(0, -1), this.#kernel.shape[0]!], path);
    return this.#activation.apply(project(x!, this.#kernel.tensor, this.#bias?.tensor, kernels));
  }

  override get mostInputs(): number {
    return 1;
  }

  outputShapes(inputShapes: readonly Shape[]): readonly Shape[] {
    return [[...(inputShapes[0] ?? []).slice(0, -1), this.options.units]];
  }

  getConfig(): JsonObject {
    return { ...baseConfig(this), ...optionsToJSON(this.options) };
  }
}

export const denseSpec = /* @__PURE__ */ defineLayer({
  name: NAME,
  create: (options: DenseOptions) => new Dense(options),
});

/** act(x·W + b) over the last axis. */
export function dense(options: DenseOptions): Dense {
  return new Dense(options);
}
