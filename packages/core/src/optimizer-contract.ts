/** Contracts of optimizers and of learning-rate schedules: what `@ostinato/training` runs and plugins may bring. */
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Configured } from './configured.js';
import type { KernelFinder } from './kernel-choice.js';

/** A learning rate that depends on how long training has lasted: a pure function. */
export interface LearningRateSchedule extends Configured {
  /** The rate of a batch; batches count from 0. */
  rate(step: number): number;
}

/** What an optimizer keeps of one parameter, by name. A slot may have any shape; most have the parameter's. */
export type Slots = Readonly<Record<string, Tensor>>;

/** What an optimizer is given for one parameter. */
export interface ParamUpdate {
  /** The parameter's path in its model, e.g. `dense/kernel`. */
  readonly path: string;
  readonly param: Tensor;
  readonly gradient: Tensor;
  /** As the last update returned them; at first as `init` made them. */
  readonly slots: Slots;
}

/** What an update makes of one parameter. */
export interface UpdatedParam {
  readonly param: Tensor;
  readonly slots: Slots;
}

/** What all parameters of one update share. */
export interface UpdateContext {
  readonly learningRate: number;
  /** Which update this is; counts from 1. */
  readonly step: number;
  readonly kernels: KernelFinder;
}

/** The running mean of the weights that is kept beside them: `average += (1 − momentum)·(weight − average)`. */
export interface WeightAverage {
  readonly momentum: number;
  /** Every how many updates the weights become their averages; absent: never while training. */
  readonly overwriteFrequency?: number;
}

/**
 * An update rule: a pair of pure functions, `init` and `update`, and the settings of those who call them. What is kept
 * from step to step is theirs, too, so one optimizer may train several models.
 *
 * Memory   both run inside `tidy`; `update` returns a new tensor for each parameter. A slot may be returned as it was,
 *          overwritten in place by a fused kernel, or as a new tensor
 */
export interface Optimizer extends Configured {
  /** The rate of the next batch. May be set at any time, to a number or to a schedule. */
  get learningRate(): number;
  set learningRate(value: number | LearningRateSchedule);
  /** The schedule that gives `learningRate`, if one does. */
  readonly schedule?: LearningRateSchedule | undefined;
  /** Batches so far: what `learningRate` asks a schedule with. Whoever runs the optimizer keeps it up to date, if it is there. */
  iterations?: number;
  /** How many batches make one update, of the mean of their gradients; absent: each makes one. */
  readonly gradientAccumulationSteps?: number | undefined;
  /** Present when averages of the weights are kept. */
  readonly average?: WeightAverage | undefined;
  /** First values of a parameter's slots. */
  init(param: Tensor): Slots;
  /** All parameters of one update, in model order → the same parameters in that order. */
  update(params: readonly ParamUpdate[], context: UpdateContext): readonly UpdatedParam[];
}
