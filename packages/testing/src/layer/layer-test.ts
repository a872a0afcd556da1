/** What a test of a layer is given, and what it says. */
import type { Layer, Registry } from '@ostinato/core';
import type { InputDtype } from '../random-tensor.js';

/** A tensor's contents. */
export interface PlainTensor {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** The checks, in the order in which they run. */
export const LAYER_CHECKS = [
  'build',
  'shapes',
  'determinism',
  'json',
  'masks',
  'reference',
  'batch independence',
  'gradients',
  'training step',
  'updates',
  'repetition',
  'training ops',
  'fused and reference',
  'masked steps',
  'wrong inputs',
  'memory',
] as const;

export type LayerCheck = (typeof LAYER_CHECKS)[number];

/** How the layer is made: a function, or a spec and its options. */
export type LayerUnderTest<Options> =
  | { readonly make: () => Layer; readonly spec?: never; readonly options?: never }
  | {
      readonly spec: { readonly create: (options: Options) => Layer };
      readonly options: Options;
      readonly make?: never;
    };

export interface LayerTestOptions {
  /** Must know the layer; its kernels are tried against the reference path. */
  readonly registry: Registry;
  /** Shapes of the inputs, the batch included: at least 2 samples, sizes that differ from one another. */
  readonly inputShapes: readonly (readonly number[])[];
  /** Default float32. */
  readonly inputDtype?: InputDtype;
  /** i32 inputs are drawn from [0, inputLimit). Default 5. */
  readonly inputLimit?: number;
  /** What is known beforehand; each given thing is checked. */
  readonly expected?: {
    readonly outputShapes?: readonly (readonly (number | null)[])[];
    readonly outputDtype?: string;
    /** Names and shapes, in order. */
    readonly params?: Readonly<Record<string, readonly number[]>>;
    readonly paramCount?: number;
  };
  /** The formula in plain numbers: the first output of such inputs and weights, row-major. Compared to 1e-5. */
  readonly reference?: (
    inputs: readonly PlainTensor[],
    weights: Readonly<Record<string, PlainTensor>>,
  ) => ArrayLike<number>;
  /** Tries a mask of [batch, steps] on the first input. Default: true for inputs of three axes and i32 of two. */
  readonly masked?: boolean;
  /**
   * The layer runs along axis 1 with a state: a masked step must carry the state over and give its input no gradient.
   * Default false.
   */
  readonly recurrent?: boolean;
  /** Relative error allowed for gradients against finite differences. Default 2e-3. */
  readonly gradientTolerance?: number;
  /** Error allowed between the fused and the reference path. Default 1e-5. */
  readonly fusedTolerance?: number;
  /** Default 7. */
  readonly seed?: number;
  /** Checks that do not apply, each with the reason. */
  readonly skip?: Partial<Readonly<Record<LayerCheck, string>>>;
}

export type LayerTest<Options> = LayerTestOptions & LayerUnderTest<Options>;

/** What was checked. */
export interface LayerTestReport {
  readonly checked: readonly LayerCheck[];
  /** What was not, and why. */
  readonly skipped: readonly { readonly check: LayerCheck; readonly reason: string }[];
}
