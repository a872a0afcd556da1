/**
 * What a recurrent cell is: what it remembers, and what one step does.
 *
 * The driver (`RNN` in `@ostinato/layers`) owns the loop over time, masks, direction, kept states and the stacking of
 * outputs; autodiff through that loop is backpropagation through time.
 */
import type { Tensor } from '@tensorflow/tfjs-core';
import type { JsonObject } from './json.js';
import type { KernelOps } from './kernel.js';
import type { BuildContext, ConfigWriter, QualifiedName } from './layer.js';
import type { Param } from './param.js';
import type { Rng } from './rng.js';
import type { Shape } from './shapes.js';

/** What a cell is given while one sequence runs. */
export interface StepContext {
  readonly training: boolean;
  readonly path: string;
  /** Randomness of this sequence. What is `Repeatable` draws in a `primitive` that has it among its inputs (`dropoutMask` of `@ostinato/layers`). */
  readonly rng: Rng;
  /** What the layer was given beside the sequence, the same for all steps: `numConstants` of `rnn()`. Mostly empty. */
  readonly constants: readonly Tensor[];
  /** Computes at the first step of a sequence and gives the same at the others: dropout masks, parts of a weight. */
  once<T extends Tensor | readonly Tensor[]>(name: string, make: () => T): T;
}

/** One step's result. */
export interface Step {
  readonly output: Tensor;
  /** The states for the next step, in the order of `stateShapes`. */
  readonly states: readonly Tensor[];
}

/** How the driver means to run a sequence: what a fused kernel has to match. */
export interface SequenceRequest {
  readonly inputSize: number;
  readonly goBackwards: boolean;
  readonly returnSequences: boolean;
  readonly returnState: boolean;
  readonly masked: boolean;
  readonly training: boolean;
}

/** Operations over whole sequences. */
export type SequenceOp = Extract<keyof KernelOps, `${string}.sequence`>;

/** Names a fused operation that equals this cell run over a sequence, and the weights it takes. */
export type SequenceOffer = {
  [Op in SequenceOp]: {
    readonly op: Op;
    readonly config: KernelOps[Op]['config'];
    readonly weights: Pick<KernelOps[Op]['inputs'], 'kernel' | 'recurrentKernel' | 'bias'>;
    /** Draws the dropout masks that the operation takes, as the steps of the same run would. Left out where there are none. */
    readonly masks?: (
      x: Tensor,
      context: StepContext,
    ) => Pick<KernelOps[Op]['inputs'], 'stateMasks' | 'inputMasks'>;
  };
}[SequenceOp];

/**
 * A recurrent cell. Subclasses are final.
 *
 * Memory   `dropInput`, `prepare` and `step` run inside the driver's `tidy`
 */
export abstract class Cell {
  /** `package>Name`, permanent: it is what stands in saved models. */
  abstract readonly registeredName: QualifiedName;
  /** See `Repeatable`. */
  declare static readonly repeatable?: boolean;
  /**
   * Shape of each state without the batch axis: `[[units]]`, or `[[units], [units]]` for h and c. Known after `plan` or
   * `build` at the latest.
   */
  abstract readonly stateShapes: readonly (readonly number[])[];
  /** Shape of a step's output without the batch axis. Known when the states' are. */
  abstract readonly outputShape: readonly number[];
  /** Filled by `build`, in the order of `getWeights`. */
  params: readonly Param[] = [];

  /**
   * Learns the shape of a step, [batch, inputSize], before the weights are made, for symbols of graphs. Only for cells whose
   * shapes follow from it. Throws `shape-mismatch` for steps that it cannot take.
   */
  plan?(step: Shape, path: string): void;

  /** Makes the weights; `inputShapes[0]` is that of one step: [batch, inputSize], and those of constants follow. */
  abstract build(context: BuildContext): void;

  /** Drops inputs while training, once for a whole sequence [batch, steps, …]; comes before `prepare` and before kernels. */
  dropInput(x: Tensor, _context: StepContext): Tensor {
    return x;
  }

  /** What does not depend on the state, done once: for whole sequences [batch, steps, …] or one step [batch, …]. */
  prepare(x: Tensor, _context: StepContext): Tensor {
    return x;
  }

  /** One step. `x` is a step of what `prepare` returned. */
  abstract step(x: Tensor, states: readonly Tensor[], context: StepContext): Step;

  /** The fused operation for such a run, if one could exist. Plain cells leave this out. */
  offer?(request: SequenceRequest): SequenceOffer | undefined;

  /** The options that make an equal cell, as JSON. */
  abstract getConfig(write: ConfigWriter): JsonObject;

  /** See `Layer.trainingOps`. */
  trainingOps(): readonly string[] {
    return [];
  }
}
