/** Long short-term memory over images: its products are convolutions. */
import {
  type Activation,
  type BuildContext,
  Cell,
  type JsonObject,
  OstinatoError,
  type Param,
  type QualifiedName,
  type Shape,
  type Step,
  type StepContext,
  showShape,
} from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import {
  type ConvLSTMOptions,
  convLSTMOptionsToJSON,
  type FullConvLSTMOptions,
  fillConvLSTMOptions,
} from './conv-lstm-options.js';
import { forgetBias } from './forget-bias.js';
import { dropForGates, type Product, projectDropped, recurrentProduct } from './gates.js';
import { lstmUpdate } from './lstm-update.js';
import { patches } from './patches.js';
import { project } from './project.js';
import { planWindow, type WindowPlan } from './windows.js';

const GATES = ['i', 'f', 'c', 'o'] as const;

/**
 * Convolutional LSTM: one step.
 *
 * i = σ(x∗Wi + h∗Ri + bi);  f = σ(x∗Wf + h∗Rf + bf);  g = tanh(x∗Wc + h∗Rc + bc);  o = σ(x∗Wo + h∗Ro + bo)
 * c' = f⊙c + i⊙g;  h' = o⊙tanh(c')
 *
 * The convolutions are products with patches, which have gradients on every backend; that of x is done for all steps at
 * once, before the loop. With dropout each gate sees x, and with recurrentDropout h, through a mask of its own.
 *
 * Shapes   x f32[batch, …sizes, channels] · h, c f32[batch, …places, filters] → h', c' as h, c
 * Weights  kernel [...kernelSize, channels, 4·filters] · recurrentKernel [...kernelSize, filters, 4·filters] ·
 *          bias [4·filters]; gate order i, f, c, o
 * Units    dropout and recurrentDropout are probabilities in [0, 1)
 * Memory   patches of x for all steps, kernelSize times the input, while the layer runs
 * Throws   `config-filters` and its like for bad options; `shape-mismatch` when a step is not an image of known size
 * Source   Shi et al. 2015, arXiv:1506.04214v2, §3.1, without the peepholes; Keras 3
 */
export class ConvLSTMCell extends Cell {
  static override readonly repeatable = true;
  readonly registeredName: QualifiedName;
  readonly options: FullConvLSTMOptions;
  outputShape: readonly number[] = [];
  readonly #rank: number;
  #kernel!: Param;
  #recurrentKernel!: Param;
  #bias: Param | undefined;
  #activation!: Activation;
  #gate!: Activation;
  #inputPlans: readonly WindowPlan[] = [];
  #statePlans: readonly WindowPlan[] = [];

  /** `rank` is the number of axes of an image: 1 for rows, 2 for pictures. */
  constructor(rank: 1 | 2, options: ConvLSTMOptions) {
    super();
    this.#rank = rank;
    this.registeredName = `@ostinato/layers>ConvLSTM${rank}DCell`;
    this.options = fillConvLSTMOptions(this.registeredName, options, rank);
  }

  get stateShapes(): readonly (readonly number[])[] {
    return [this.outputShape, this.outputShape];
  }

  override plan(step: Shape, path: string): void {
    this.#planWindows(this.#imageOf(step, path).slice(0, -1), path);
    this.outputShape = [...this.#inputPlans.map(({ count }) => count), this.options.filters];
  }

  build(context: BuildContext): void {
    const { inputShapes, path } = context;
    const step = inputShapes[0] ?? [];
    this.plan(step, path);
    const channels = this.#imageOf(step, path).at(-1)!;
    this.#activation = context.activation(this.options.activation);
    this.#gate = context.activation(this.options.recurrentActivation);
    this.#makeWeights(context, [...this.options.kernelSize, channels]);
    const weights = [this.#kernel, this.#recurrentKernel];
    this.params = this.#bias ? [...weights, this.#bias] : weights;
  }

  #imageOf(step: Shape, path: string): readonly number[] {
    const image = step.slice(1);
    if (image.length === this.#rank + 1 && image.every((size) => size !== null)) return image as number[];
    const axes = this.#rank === 1 ? 'columns' : 'rows, columns';
    throw new OstinatoError('shape-mismatch', {
      where: path,
      what: 'A step of the input is not an image of known size',
      expected: `an input of [batch, steps, ${axes}, channels], the last ${this.#rank + 1} of them known`,
      received: `steps of ${showShape(step)}`,
    });
  }

  #planWindows(sizes: readonly number[], path: string): void {
    const { kernelSize, strides, dilationRate, padding } = this.options;
    this.#inputPlans = sizes.map((length, i) => {
      const window = { size: kernelSize[i]!, stride: strides[i]!, dilation: dilationRate[i]!, padding };
      return planWindow(length, window, path);
    });
    this.#statePlans = this.#inputPlans.map(({ count, size }) =>
      planWindow(count, { size, stride: 1, dilation: 1, padding: 'same' }, path),
    );
  }

  #makeWeights(context: BuildContext, field: readonly number[]): void {
    const { filters, kernelSize, useBias, unitForgetBias, biasInitializer, ...weights } = this.options;
    this.#kernel = context.param('kernel', [...field, 4 * filters], {
      initializer: weights.kernelInitializer,
      regularizer: weights.kernelRegularizer,
      constraint: weights.kernelConstraint,
    });
    this.#recurrentKernel = context.param('recurrentKernel', [...kernelSize, filters, 4 * filters], {
      initializer: weights.recurrentInitializer,
      regularizer: weights.recurrentRegularizer,
      constraint: weights.recurrentConstraint,
    });
    const plain = context.initializer(biasInitializer);
    this.#bias = useBias
      ? context.param('bias', [4 * filters], {
          initializer: unitForgetBias ? forgetBias(filters, plain) : plain,
          regularizer: weights.biasRegularizer,
          constraint: weights.biasConstraint,
        })
      : undefined;
  }

  /** x∗W + b for a step, or for all steps of a sequence as so many more images. */
  override prepare(x: tf.Tensor, context: StepContext): tf.Tensor {
    const { dropout } = this.options;
    const [kernel, bias] = [this.#kernel.tensor, this.#bias?.tensor];
    const [lead, image] = [x.shape.slice(0, -this.#rank - 1), x.shape.slice(-this.#rank - 1)];
    const product: Product = (steps, weights) => {
      const images = windowProduct(tf.reshape(steps, [-1, ...image]), this.#inputPlans, weights);
      return tf.reshape(images, [...lead, ...images.shape.slice(1)]);
    };
    if (context.training && dropout > 0)
      return projectDropped(x, kernel, bias, dropout, GATES, context, product);
    return bias ? tf.add(product(x, kernel), bias) : product(x, kernel);
  }

  step(x: tf.Tensor, [h, c]: readonly tf.Tensor[], context: StepContext): Step {
    const states = dropForGates(h!, this.options.recurrentDropout, GATES, context);
    const product: Product = (state, kernel) => windowProduct(state, this.#statePlans, kernel);
    const z = tf.add(x, recurrentProduct(states, this.#recurrentKernel.tensor, product));
    return lstmUpdate(z, c!, this.#gate, this.#activation);
  }

  getConfig(): JsonObject {
    return convLSTMOptionsToJSON(this.options);
  }
}

/**
 * x∗W as one product with patches. A product for each place of the window keeps as many sums of 4·filters values, which
 * is more than the patches of the few channels that it saves.
 */
function windowProduct(x: tf.Tensor, windows: readonly WindowPlan[], kernel: tf.Tensor): tf.Tensor {
  return project(patches(x, windows), tf.reshape(kernel, [-1, kernel.shape.at(-1)!]));
}
