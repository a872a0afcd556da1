/**
 * What a layer is: weights made once from the shapes of its inputs, and a function of tensors.
 *
 * A model builds its layers, calls them inside `tidy`, and hands them everything that is not theirs (masks, randomness,
 * kernels) in a context. A layer holds no global state and registers itself nowhere. Recurrent layers are rarely
 * written as layers: see `cell.ts`.
 */
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Activation } from './activations.js';
import type { Constraint } from './constraints.js';
import { OstinatoError, show } from './errors.js';
import type { Initializer } from './initializers.js';
import type { JsonObject } from './json.js';
import type { KernelFinder } from './kernel-choice.js';
import { checkBoolean, checkOptions } from './option-checks.js';
import type { Param } from './param.js';
import type { Regularizer } from './regularizers.js';
import type { Rng } from './rng.js';
import type { SampleData, Shape } from './shapes.js';
import { Application, onlyOutput, type SymbolicTensor } from './symbolic.js';

/** A name that is unique among all packages: `@ostinato/layers>LSTM`. */
export type QualifiedName = `${string}>${string}`;

/** bool[batch, steps]: false where a step is padding. null: every step counts. */
export type Mask = Tensor | null;

/** Options of every layer. */
export interface LayerOptions {
  /** Name in its model; by default its class in snake_case, numbered: `simple_rnn`, `simple_rnn_1`. */
  readonly name?: string | undefined;
  /** false: its weights are left as they are. Default true. */
  readonly trainable?: boolean | undefined;
}

/** What may be asked of a new weight. Names or objects; `initializer` is required because no default fits all. */
export interface NewParam {
  readonly initializer: Initializer | string;
  readonly regularizer?: Regularizer | string | null | undefined;
  readonly constraint?: Constraint | string | null | undefined;
  readonly trainable?: boolean;
}

/** What a layer or a cell is given to make its weights. */
export interface BuildContext {
  /** Shapes of the inputs, the batch axis (null) included. */
  readonly inputShapes: readonly Shape[];
  /** Path in the model, for names and errors. */
  readonly path: string;
  readonly kernels: KernelFinder;
  /** A weight with values from the stream of its path. */
  param(name: string, shape: readonly number[], options: NewParam): Param;
  /** An activation by name or object, from the registry. Throws `activation-unknown`. */
  activation(identifier: Activation | string | null | undefined): Activation;
  /** An initializer by name or object, from the registry. Throws `initializer-unknown`. */
  initializer(identifier: Initializer | string): Initializer;
  /** The context of a part (a cell, a wrapped layer) at `<path>/<name>`; the parameters are the whole's too. */
  part(name: string, inputShapes: readonly Shape[]): BuildContext;
  /** Lists weights that were made elsewhere, a model's inside this layer, under their paths below this one. */
  adopt(weights: readonly { readonly path: string; readonly param: Param }[]): void;
  /** A new layer of the same options but for `changes`, made by the registry. Throws what JSON of layers throws. */
  copy(layer: Layer, changes: JsonObject): Layer;
}

/** What a layer is given with each call. */
export interface CallContext {
  /** true while fitting: dropout drops. */
  readonly training: boolean;
  /** Whether the layer is trainable, and those that it is a part of. */
  readonly trainable: boolean;
  /** One for each input. */
  readonly masks: readonly Mask[];
  readonly path: string;
  readonly kernels: KernelFinder;
  /**
   * Randomness of this call, from the stream of the layer's path and the step. What is `Repeatable` draws in a `primitive` that has it among its
   * inputs, as `dropoutMask` of `@ostinato/layers` does.
   */
  readonly rng: Rng;
  /**
   * Asks for a new value of a weight that no gradient trains, such as a moving mean. `next` makes it of the present one,
   * inside `tidy`. The value is taken when the training step is; outside of one it is not.
   */
  update(param: Param, next: (present: Tensor) => Tensor): void;
  /**
   * The context of a wrapped layer at `<path>/<name>`, where `build` put it. See `callPart`. One that is called several
   * times has randomness of its own in each: `nth` counts the calls before.
   */
  part(name: string, masks: readonly Mask[], nth?: number): CallContext;
}

/** How a layer writes the layers and cells inside it into its config. */
export type ConfigWriter = (item: {
  readonly registeredName: QualifiedName;
  getConfig(write: ConfigWriter): JsonObject;
}) => JsonObject;

/**
 * A layer. Subclasses are final: a class either is this contract or fulfils it whole.
 *
 * Memory   `call` runs inside the model's `tidy`: it returns its outputs and leaves the rest to it
 */
export abstract class Layer {
  /** `package>Name`, permanent: it is what stands in saved models. */
  abstract readonly registeredName: QualifiedName;
  /** See `Repeatable`. */
  declare static readonly repeatable?: boolean;
  readonly givenName: string | undefined;
  trainable: boolean;
  /** Filled by `build`, in the order of `getWeights`. */
  params: readonly Param[] = [];

  /** Throws `config-type`, `config-name` and `config-trainable`. */
  constructor(options: LayerOptions = {}) {
    checkOptions('Layer', options);
    const { name, trainable = true } = options;
    if (name !== undefined && (typeof name !== 'string' || !/^[^\s/>]+$/.test(name))) {
      throw new OstinatoError('config-name', {
        where: 'Layer',
        what: '`name` is not a name',
        expected: "a word without spaces, '/' or '>'",
        received: show(name),
      });
    }
    checkBoolean('Layer', 'trainable', trainable);
    this.givenName = name;
    this.trainable = trainable;
  }

  /** true: it makes its weights by itself, may have them already, and may stand in several places: a model as a layer. */
  get standsAlone(): boolean {
    return false;
  }

  /** How many inputs it has a use for; of more than these nothing would be seen. Default: any number. */
  get mostInputs(): number {
    return Number.POSITIVE_INFINITY;
  }

  /**
   * What it will make of these: of a symbol that `input()` or another layer gave, or of several, such as a sequence and
   * initial states. Applied several times it is one layer with one set of weights.
   *
   * Throws   `layer-outputs` when it has several outputs; `symbol-type`; what it says of the shapes
   *
   * @example
   * const output = dense({ units: 1 }).apply(lstm({ units: 32 }).apply(words));
   */
  apply(inputs: SymbolicTensor | readonly SymbolicTensor[]): SymbolicTensor {
    return onlyOutput(new Application(this, Array.isArray(inputs) ? inputs : [inputs]));
  }

  /** All outputs of a layer that has several: `const [sequence, h, c] = layer.applyAll(x)`. */
  applyAll(inputs: SymbolicTensor | readonly SymbolicTensor[]): readonly SymbolicTensor[] {
    return new Application(this, Array.isArray(inputs) ? inputs : [inputs]).outputs;
  }

  /** Makes the weights. Called once, before the first call. */
  build(_context: BuildContext): void {}

  /**
   * Looks over all samples once before the first batch of a run, when this layer is a model's first: its errors name
   * the sample, where `call` only knows a row of a shuffled batch.
   */
  checkInput?(samples: SampleData, path: string): void;

  /** Outputs from inputs, both with the batch axis first. */
  abstract call(inputs: readonly Tensor[], context: CallContext): Tensor | readonly Tensor[];

  /** Shapes of the outputs; batch and unknown sizes are null. Throws `shape-mismatch` for inputs it cannot take. */
  abstract outputShapes(inputShapes: readonly Shape[]): readonly Shape[];

  /**
   * Masks of the outputs; by default that of the first input. Runs inside the model's `tidy`, and beside the tape: a mask is a
   * constant for gradients. One of numbers becomes one of bool: all but 0 count.
   */
  outputMasks(_inputs: readonly Tensor[], masks: readonly Mask[]): readonly Mask[] {
    return [masks[0] ?? null];
  }

  /** The options that make an equal layer, as JSON. */
  abstract getConfig(write: ConfigWriter): JsonObject;

  /**
   * Kernels of tfjs that the backward pass of the reference path runs beyond elementary arithmetic; a model checks
   * them against the backend when it is compiled. `testLayer` checks the list.
   */
  trainingOps(): readonly string[] {
    return [];
  }

  /** Forgets the states kept between batches. */
  resetStates(): void {}

  /**
   * The states kept between batches, by name, for a checkpoint; a layer that wraps others puts their paths in front:
   * `forward/state_0`. Empty when none are kept.
   *
   * Memory   they stay the layer's
   */
  keptStates(): ReadonlyMap<string, Tensor> {
    return new Map();
  }

  /**
   * Takes states back that `keptStates` gave, in the place of those it keeps; an empty map is `resetStates`.
   *
   * Memory   copies them
   */
  keepStates(_states: ReadonlyMap<string, Tensor>): void {}

  /** Disposes weights and kept states. */
  dispose(): void {
    for (const param of this.params) param.dispose();
  }
}

/** The options of `LayerOptions` that a layer's config carries. */
export function baseConfig(layer: Layer): JsonObject {
  return {
    ...(layer.givenName === undefined ? {} : { name: layer.givenName }),
    ...(layer.trainable ? {} : { trainable: false }),
  };
}
