/** What computes inside a model: several inputs to several outputs. Models, losses and loops see this and no more. */
import type {
  Application,
  CallContext,
  Layer,
  Mask,
  Param,
  Rng,
  Shape,
  SymbolicTensor,
} from '@ostinato/core';
import type * as tf from '@tensorflow/tfjs-core';
import type { GraphSymbols } from './graph-plan.js';
import type { GraphRow } from './graph-rows.js';

/** A layer at its place in a model. */
export interface PlacedLayer {
  readonly layer: Layer;
  readonly path: string;
  /** Of its first output; null until the model is built. */
  outputShape: Shape | null;
  /** Origin of the layer's randomness; each step has a stream of its own below it. */
  readonly rng: Rng;
  /** What it puts out, as a symbol: a model that ends here shows what goes on inside. Throws `layer-outputs`. */
  readonly output: SymbolicTensor;
  /** All its applications in this model, for a layer with several, or with several outputs. */
  readonly applications: readonly Application[];
}

/** A layer that looks at data first, where it stands. */
export type Reader = Pick<PlacedLayer, 'layer' | 'path'>;

/** What goes forward: values, and which of their steps count. */
export interface Flow {
  readonly output: tf.Tensor;
  readonly mask: Mask;
}

/** A weight under its path in one model, e.g. `encoder/lstm/kernel`. */
export interface PlacedParam {
  readonly path: string;
  readonly param: Param;
}

/** What is known of data before they become tensors. */
export interface InputSpec {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: 'float32' | 'int32';
}

/** `any length`: sequences of another length than the first ones are let in, unless the model was told its shape. */
export type Lengths = 'one length' | 'any length';

/** Layers that compute together. Memory: owns the weights that it made, until `dispose`. */
export interface Network {
  /** Null while that is not known: a model written as code learns it from its first data. */
  readonly inputNames: readonly string[] | null;
  readonly outputNames: readonly string[] | null;
  /** The shapes it was built for and those it gives, batch axis included; null before. */
  readonly inputShapes: readonly Shape[] | null;
  readonly outputShapes: readonly Shape[] | null;
  /** The first data, when it was built for them; null when it was told what would come, or is not built. */
  readonly inputSpecs: readonly InputSpec[] | null;
  readonly placed: readonly PlacedLayer[];
  /** The stream from which each epoch's order comes. */
  readonly shuffling: Rng;
  /** What the data of each input are brought to, where that was said. */
  readonly inputDtypes: readonly (SymbolicTensor['dtype'] | undefined)[];
  /** Layers that look at input number `input` first, and may check its values. */
  readers(input: number): readonly Reader[];
  /** Builds from what it was told of its inputs beforehand. Returns false when it was told nothing. */
  buildAlone(): boolean;
  /** Builds for inputs like these, if it is not built; opens the axis of steps, if it may. */
  admit(inputs: readonly InputSpec[], lengths: Lengths): void;
  /** Builds as a part of another model, at `path` in it, if it is not built. Throws `inputs-count`, `shape-mismatch`. */
  buildInside(shapes: readonly Shape[], path: string): void;
  /** The graph as symbols. Throws `not-built` while its shapes are not known, and `no-symbols` where there is none. */
  symbols(): GraphSymbols;
  outputSymbols(): readonly SymbolicTensor[];
  /** What `summary` shows of a graph; undefined where there is none to show. */
  rows(): readonly GraphRow[] | undefined;
  /** Takes back what `build` made. */
  unbuild(): void;
  /** The shapes of the outputs for inputs of these shapes, where the model's own leave an axis open. */
  outputShapesFor(inputs: readonly Shape[]): readonly Shape[];
  /**
   * Runs all layers. Call it inside `tidy`. `step` names the stream of randomness; `update` takes what layers ask for
   * of weights without gradients. Each output is a tensor of its own, none of them an input.
   */
  forward(
    xs: readonly tf.Tensor[],
    training: boolean,
    step: number,
    update?: CallContext['update'],
  ): readonly Flow[];
  /** The same inside another model, with its randomness and masks, and without care for whose the tensors are. */
  forwardInside(xs: readonly tf.Tensor[], context: CallContext): readonly Flow[];
  /** All weights in model order, each once. */
  weights(): readonly PlacedParam[];
  trainableParams(): readonly Param[];
  resetStates(): void;
  dispose(): void;
}
