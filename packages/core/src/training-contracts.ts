/** Contracts of losses and metrics: what `@ostinato/training` runs and plugins may bring. */
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Configured } from './configured.js';
import type { Mask } from './layer.js';
import type { Repeatable } from './repeatable.js';
import type { SampleData, Shape } from './shapes.js';

/** All targets of a run, before its first batch. */
export type Targets = SampleData;

/**
 * A loss of each sample; the model reduces them to the mean over the batch, weighted.
 *
 * Memory   runs inside the model's `tidy`
 */
export interface Loss extends Configured, Repeatable {
  /**
   * yTrue and yPred with the batch axis first → f32 of yPred's leading axes (the last one reduced).
   *
   * `mask`, bool[batch, steps], says which steps of yPred count. It is applied to what is returned, so that only a loss
   * of whole sequences has to look at it.
   */
  apply(yTrue: Tensor, yPred: Tensor, mask?: Mask): Tensor;
  /**
   * Which of the losses count in their mean: bool of their shape; null for all. Without this function it is `mask`.
   *
   * Memory   returns `mask`, null or a new tensor
   */
  counted?(yTrue: Tensor, yPred: Tensor, mask: Mask): Mask;
  /** Looks over all targets once, before the first batch. Throws `target-shape` or `target-value`. */
  checkTargets?(targets: Targets, outputShape: Shape, where: string): void;
}

/**
 * A metric as running totals, so that the figure of an epoch is exact and not a mean over unequal batches.
 *
 * `update` gives one f32[size] of amounts to add; `result` makes the figure of the sums. The sums are kept as f64, in which
 * counts stay exact to 2^53.
 */
export interface Metric extends Configured {
  /** How its figures are called, where that is not its name. */
  readonly label?: string;
  /** The number of totals. What depends on the number of classes is known from the first `update` on; 0 before. */
  readonly size: number;
  /** `weights`: f32 that multiplies each sample's (or step's) part; absent means ones. */
  update(yTrue: Tensor, yPred: Tensor, weights?: Tensor): Tensor;
  result(totals: Float64Array): number;
  /**
   * Several figures in place of one, each reported under the metric's name with its own behind it: `'[0]'` becomes
   * `f1Score[0]`, `''` the name itself.
   */
  results?(totals: Float64Array): Readonly<Record<string, number>>;
}
