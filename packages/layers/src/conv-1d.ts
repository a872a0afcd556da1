/** Convolution along the steps of a sequence. */
import {
  type Activation,
  type ActivationName,
  type BuildContext,
  baseConfig,
  type CallContext,
  checkBoolean,
  checkOneOf,
  checkShape,
  checkSize,
  defineLayer,
  type JsonObject,
  type KernelFinder,
  Layer,
  type LayerOptions,
  type Mask,
  OstinatoError,
  type Param,
  type Shape,
} from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import { fillWeightOptions, optionsToJSON, type WeightOptions } from './cell-options.js';
import { convolve } from './convolve.js';
import {
  channelsFromEnd,
  channelsToEnd,
  checkDataFormat,
  type DataFormat,
  sequenceAxes,
  sequenceShape,
  stepsAndChannels,
} from './data-format.js';
import { checkAxisCount, knownSize } from './input-axes.js';
import { fillLayerOptions, REQUIRED, resolvedInBuild } from './layer-options.js';
import { checkSingleSize, type SingleSize, single } from './single-size.js';
import {
  checkWindows,
  countWindows,
  PADDINGS,
  type Padding,
  planWindow,
  type Window,
  type WindowPlan,
} from './windows.js';

const NAME = '@ostinato/layers>Conv1D';

export interface Conv1DOptions extends WeightOptions, LayerOptions {
  /** Number of output channels. */
  readonly filters: number;
  /** Steps that a window sees. */
  readonly kernelSize: SingleSize;
  /** Steps from one window to the next. Default 1. */
  readonly strides?: SingleSize;
  /** `causal`: a window ends with its own step and sees nothing of what comes after. Default `valid`. */
  readonly padding?: Padding;
  /** Steps from one that a window sees to the next. Default 1; another only with strides of 1. */
  readonly dilationRate?: SingleSize;
  /** Parts of the channels that are convolved apart from each other. Default 1. */
  readonly groups?: number;
  /** Where the channels stand in input and output. Default `channelsLast`. */
  readonly dataFormat?: DataFormat;
  /** Default linear. */
  readonly activation?: ActivationName | Activation | null;
  /** Default true. */
  readonly useBias?: boolean;
}

type FullOptions = Required<Omit<Conv1DOptions, keyof LayerOptions>>;

const DEFAULTS: FullOptions = {
  filters: REQUIRED,
  kernelSize: REQUIRED,
  strides: 1,
  padding: 'valid',
  dilationRate: 1,
  groups: 1,
  dataFormat: 'channelsLast',
  activation: null,
  useBias: true,
  ...fillWeightOptions({}),
};

/**
 * act(Σₖ x[t·strides + k·dilationRate]·W[k] + b) for each window of the sequence.
 *
 * It is made of slices and products, which have gradients on every backend, where tfjs' own convolution cannot be
 * trained on wasm.
 *
 * Shapes   x f32[batch, steps, channels] → f32[batch, windows, filters]; windows = ⌈steps / strides⌉, or with `valid`
 *          ⌊(steps − (kernelSize − 1)·dilationRate − 1) / strides⌋ + 1
 * Weights  kernel W [kernelSize, channels / groups, filters] · bias b [filters]
 * Throws   `config-…`; `config-groups` when groups do not divide channels and filters; `shape-mismatch`
 * Differs  as in Keras, a mask is not passed on; masked steps are read as they are
 *
 * @example
 * const layer = conv1d({ filters: 64, kernelSize: 3, padding: 'causal', activation: 'relu' });
 */
export class Conv1D extends Layer {
  static override readonly repeatable = true;
  readonly registeredName = NAME;
  readonly options: FullOptions;
  readonly #window: Window;
  #channels = 0;
  #kernel!: Param;
  #bias: Param | undefined;
  #activation!: Activation;

  constructor(options: Conv1DOptions) {
    const full = fillLayerOptions(NAME, DEFAULTS, options, CHECKS);
    super(options);
    this.options = full;
    this.#window = {
      size: single(full.kernelSize),
      stride: single(full.strides),
      dilation: single(full.dilationRate),
      padding: full.padding,
    };
    checkStrideAndDilation(this.#window);
    checkDivides('filters', full.filters, full.groups, NAME);
  }

  override build(context: BuildContext): void {
    const { filters, groups, dataFormat, useBias, ...weights } = this.options;
    const shape = checkAxisCount(context.inputShapes[0], sequenceAxes(dataFormat), context.path);
    this.#channels = knownSize(shape, dataFormat === 'channelsLast' ? 2 : 1, context.path);
    checkDivides('channels of the input', this.#channels, groups, context.path);
    const [steps] = stepsAndChannels(shape, dataFormat);
    checkWindows(countWindows(steps, this.#window), steps, this.#window, context.path);
    this.#activation = context.activation(weights.activation);
    this.#kernel = context.param('kernel', [this.#window.size, this.#channels / groups, filters], {
      initializer: weights.kernelInitializer,
      regularizer: weights.kernelRegularizer,
      constraint: weights.kernelConstraint,
    });
    this.#bias = useBias
      ? context.param('bias', [filters], {
          initializer: weights.biasInitializer,
          regularizer: weights.biasRegularizer,
          constraint: weights.biasConstraint,
        })
      : undefined;
    this.params = this.#bias ? [this.#kernel, this.#bias] : [this.#kernel];
    const inputSize = this.#channels / groups;
    context.kernels.use('dense.product', {
      inputSize,
      units: filters / groups,
      useBias: useBias && groups === 1,
    });
  }

  call([given]: readonly tf.Tensor[], { kernels, path }: CallContext): tf.Tensor {
    const { dataFormat } = this.options;
    checkShape(given!, sequenceShape(null, null, this.#channels, dataFormat), path);
    const x = channelsToEnd(given!, dataFormat);
    const plan = planWindow(x.shape[1]!, this.#window, path);
    const convolved = channelsFromEnd(this.#convolve(x, plan, kernels), dataFormat);
    return this.#activation.apply(convolved); // as in Keras: one over an axis goes over the last, wherever the channels stand
  }

  /** All groups side by side. */
  #convolve(x: tf.Tensor, plan: WindowPlan, fused: KernelFinder): tf.Tensor {
    const { groups } = this.options;
    const [kernel, bias] = [this.#kernel.tensor, this.#bias?.tensor];
    if (groups === 1) return convolve(x, [plan], kernel, bias, fused);
    const kernels = tf.split(kernel, groups, 2);
    const parts = tf
      .split(x, groups, 2)
      .map((part, i) => convolve(part, [plan], kernels[i]!, undefined, fused));
    const whole = tf.concat(parts, 2);
    return bias ? tf.add(whole, bias) : whole;
  }

  override get mostInputs(): number {
    return 1;
  }

  outputShapes(inputShapes: readonly Shape[]): readonly Shape[] {
    const { filters, dataFormat } = this.options;
    const [batch = null] = inputShapes[0] ?? [];
    const [steps] = stepsAndChannels(inputShapes[0] ?? [], dataFormat);
    return [sequenceShape(batch, countWindows(steps, this.#window), filters, dataFormat)];
  }

  /** As in Keras: windows see several steps, so a mask of steps is not one of windows. */
  override outputMasks(): readonly Mask[] {
    return [null];
  }

  getConfig(): JsonObject {
    const { size, stride, dilation } = this.#window;
    const numbers = { kernelSize: size, strides: stride, dilationRate: dilation };
    return { ...baseConfig(this), ...optionsToJSON({ ...this.options, ...numbers }) };
  }
}

const CHECKS = {
  filters: checkSize,
  kernelSize: checkSingleSize,
  strides: checkSingleSize,
  padding: (where: string, name: string, value: unknown) => checkOneOf(where, name, value, PADDINGS),
  dilationRate: checkSingleSize,
  groups: checkSize,
  dataFormat: checkDataFormat,
  useBias: checkBoolean,
  activation: resolvedInBuild,
  kernelInitializer: resolvedInBuild,
  biasInitializer: resolvedInBuild,
  kernelRegularizer: resolvedInBuild,
  biasRegularizer: resolvedInBuild,
  kernelConstraint: resolvedInBuild,
  biasConstraint: resolvedInBuild,
};

function checkDivides(what: string, size: number, groups: number, where: string): void {
  if (size % groups === 0) return;
  throw new OstinatoError('config-groups', {
    where,
    what: `${groups} groups do not divide the ${what}`,
    expected: `a divisor of ${size}`,
    received: `${groups}`,
  });
}

function checkStrideAndDilation({ stride, dilation }: Window): void {
  if (stride === 1 || dilation === 1) return;
  throw new OstinatoError('config-dilation-rate', {
    where: NAME,
    what: 'Keras does not define windows with both strides and a dilation',
    expected: '`strides` or `dilationRate` of 1',
    received: `strides ${stride} and dilationRate ${dilation}`,
  });
}

export const conv1DSpec = /* @__PURE__ */ defineLayer({
  name: NAME,
  create: (options: Conv1DOptions) => new Conv1D(options),
});

/** Convolution along the steps of a sequence. */
export function conv1d(options: Conv1DOptions): Conv1D {
  return new Conv1D(options);
}
