/**
 * What a fused kernel offers, and the operations that layers and optimizers ask for.
 *
 * Layers and kernels never import each other: this file is all they share. Not here: any kernel, and the choice among
 * them (see `kernel-choice.ts`). A plugin adds operations of its own by merging into `KernelOps`.
 */
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Repeatable } from './repeatable.js';

/** What is fixed about a whole-sequence operation before any data is seen. */
export interface SequenceConfig {
  readonly inputSize: number;
  readonly units: number;
  readonly useBias: boolean;
  /** Registered name of the activation, e.g. `tanh`; options of an activation make a name no kernel knows. */
  readonly activation: string;
  /** Reads the steps last to first; the output stays in the order in which steps were read, as in Keras. */
  readonly goBackwards: boolean;
  /** true: output f32[batch, steps, units]; false: the last step's, f32[batch, units]. */
  readonly returnSequences: boolean;
  /** true: `states` of the result holds the final states; false: it is empty. */
  readonly returnState: boolean;
  /** true: `mask` is among the inputs. */
  readonly masked: boolean;
  /** Probability of recurrent dropout that applies to this call (0 outside training). Above 0, `stateMasks` is among the inputs. */
  readonly recurrentDropout: number;
}

/** Gated cells name the activation of their gates too. */
export interface GatedSequenceConfig extends SequenceConfig {
  readonly recurrentActivation: string;
}

/** The tensors of a whole-sequence operation. */
export interface SequenceInputs {
  /** f32[batch, steps, inputSize] */
  readonly x: Tensor;
  /** bool[batch, steps]: false carries the state over that step and gives its input no gradient. */
  readonly mask?: Tensor | undefined;
  /**
   * f32[batch, gates, units]: what h is multiplied with for the recurrent product of each gate, at every step; gates in the
   * order of the weights, one for a cell without gates. A constant: it gets no gradient.
   */
  readonly stateMasks?: Tensor | undefined;
  /** f32[batch, gates, inputSize]: the same for x. Absent where every gate sees x as it is given. */
  readonly inputMasks?: Tensor | undefined;
  /** One f32[batch, units] for each state of the cell; absent means zeros. */
  readonly initialStates?: readonly Tensor[] | undefined;
  readonly kernel: Tensor;
  readonly recurrentKernel: Tensor;
  readonly bias?: Tensor | undefined;
}

export interface SequenceOutputs {
  readonly output: Tensor;
  /** Final states, one f32[batch, units] each; empty unless `returnState`. Differentiable. */
  readonly states: readonly Tensor[];
}

/** An update of one parameter in one pass. `slots` are overwritten; the parameter is not: its new value is returned. */
export interface UpdateInputs {
  readonly param: Tensor;
  readonly gradient: Tensor;
  /** The optimizer's own tensors for this parameter, of its shape; updated in place. */
  readonly slots: readonly Tensor[];
}

/** Every known operation: what is fixed beforehand, the tensors it takes, and what it gives. */
export interface KernelOps {
  /** h' = act(x·W + h·R + b) over whole sequences. Differentiable in every float input. */
  'simpleRNN.sequence': { config: SequenceConfig; inputs: SequenceInputs; outputs: SequenceOutputs };
  /** Long short-term memory over whole sequences; gate order i, f, c, o; states h, c. */
  'lstm.sequence': { config: GatedSequenceConfig; inputs: SequenceInputs; outputs: SequenceOutputs };
  /** Gated recurrent unit over whole sequences; gate order z, r, h. */
  'gru.sequence': {
    config: GatedSequenceConfig & { readonly resetAfter: boolean };
    inputs: SequenceInputs;
    outputs: SequenceOutputs;
  };
  /** x·W + b over the last axis: f32[…, inputSize] → f32[…, units]. Differentiable in x, kernel and bias. */
  'dense.product': {
    config: { readonly inputSize: number; readonly units: number; readonly useBias: boolean };
    inputs: { readonly x: Tensor; readonly kernel: Tensor; readonly bias?: Tensor | undefined };
    outputs: Tensor;
  };
  /**
   * Rows of a table: f32[inputDim, outputDim] and i32[...] → f32[..., outputDim]. Differentiable in the table.
   * Throws `embedding-id` when an id is outside [0, inputDim): which row, which position, which value.
   */
  'embedding.lookup': {
    config: { readonly inputDim: number; readonly outputDim: number };
    inputs: { readonly table: Tensor; readonly ids: Tensor; readonly where: string };
    outputs: Tensor;
  };
  /** f32[values.length]: 0 for a tensor whose numbers are all finite, else NaN. */
  'values.finite': {
    config: Readonly<Record<string, never>>;
    inputs: { readonly values: readonly Tensor[] };
    outputs: Tensor;
  };
  /** Slots: none without momentum; else [momentum], the last step: u = μ·u + lr·g; p −= u. */
  'optimizer.sgd': {
    config: { readonly learningRate: number; readonly momentum: number; readonly nesterov: boolean };
    inputs: UpdateInputs;
    outputs: Tensor;
  };
  /**
   * Slots: [m, v]. `step` counts from 1. alpha = lr·sqrt(1−β2^t)/(1−β1^t); p −= alpha·m/(sqrt(v)+eps), of a p that
   * was multiplied by 1 − lr·weightDecay first.
   */
  'optimizer.adam': {
    config: {
      readonly learningRate: number;
      readonly beta1: number;
      readonly beta2: number;
      readonly epsilon: number;
      readonly step: number;
      /** Default 0. */
      readonly weightDecay?: number;
    };
    inputs: UpdateInputs;
    outputs: Tensor;
  };
  /** Slots: [v], then [momentum], the last step, if momentum > 0, then [mean gradient] if centered. */
  'optimizer.rmsprop': {
    config: {
      readonly learningRate: number;
      readonly rho: number;
      readonly momentum: number;
      readonly epsilon: number;
      readonly centered: boolean;
    };
    inputs: UpdateInputs;
    outputs: Tensor;
  };
}

export type KernelOp = keyof KernelOps & string;

/**
 * One fused operation. Kernels are optional: whoever asks has a reference path with the same numbers.
 *
 * One that says that it is `Repeatable` computes in `primitive`s: what tfjs' engine does not see is recorded through them.
 *
 * Memory   `run` returns new tensors; it keeps and disposes none of its arguments
 */
export interface Kernel<Op extends KernelOp = KernelOp> extends Repeatable {
  readonly op: Op;
  /** Why this kernel cannot serve such a call, in a few words (`activation 'gelu'`); undefined if it can. */
  refuse(config: KernelOps[Op]['config']): string | undefined;
  run(inputs: KernelOps[Op]['inputs'], config: KernelOps[Op]['config']): KernelOps[Op]['outputs'];
}

/** A kernel of any operation, as plugins list them. */
export type AnyKernel = { [Op in KernelOp]: Kernel<Op> }[KernelOp];
