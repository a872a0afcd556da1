/** What an optimizer keeps of each parameter, and the step that it proposes for all of them. */
import type { Catalogue, KernelFinder, LearningRateSchedule, Optimizer, Param, Slots } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import type { PlacedParam } from '../model/network.js';
import { schedules } from '../schedules/schedules.js';
import { disposeTensors, keepTensors, ownTensors, tidied } from './kept-tensors.js';
import { checkLearningRate } from './optimizer-options.js';
import { checkSavedState, rateJson, readKept, type SavedOptimizerState } from './saved-optimizer-state.js';
import { nextAverage, overwrites } from './weight-average.js';

/** A parameter and its gradient. */
export interface ParamGradient {
  readonly param: Param;
  readonly gradient: tf.Tensor;
}

/** What a batch would make of a parameter. */
interface Made {
  /** The present value when this batch makes no update. */
  readonly next: tf.Tensor;
  /** The optimizer's slots; beside them `average` and `gradientAccumulator`, where these are kept. */
  readonly kept: Slots;
}

interface Change extends Made {
  readonly param: Param;
}

/** A step that is computed but not taken. */
export interface Proposal {
  readonly changes: readonly Change[];
  /** Whether it updates the weights, or only adds to the accumulated gradients. */
  readonly due: boolean;
  /** Whose values `sums` are of: each parameter, and once more where a constraint made another value. */
  readonly checked: readonly Param[];
  /** One number for each of `checked`: finite when all of its new value, or of its accumulated gradient, is. */
  readonly sums: tf.Tensor;
}

/**
 * An optimizer at work on the parameters of a model.
 *
 * Memory   owns the slots until `dispose`; a parameter's old value is disposed when it gets the new one
 */
export class OptimizerState {
  readonly optimizer: Optimizer;
  readonly #known: Catalogue<LearningRateSchedule>;
  readonly #kept = new Map<Param, Slots>();
  #steps = 0;
  #updates = 0;
  /** Of a proposal that is neither accepted nor rejected: ends with it. */
  #open: { readonly over: Promise<void>; readonly end: () => void } | undefined;

  /** `known`: the schedules that a saved state may name. */
  constructor(optimizer: Optimizer, known: Catalogue<LearningRateSchedule> = schedules) {
    this.optimizer = optimizer;
    this.#known = known;
    this.#count(0, 0);
  }

  /** Batches taken so far. */
  get steps(): number {
    return this.#steps;
  }

  /** Updates of the weights so far: fewer than `steps` where gradients are accumulated. */
  get updates(): number {
    return this.#updates;
  }

  /**
   * The next step for all of them, each parameter's constraint included, before it is taken.
   *
   * Memory   the caller hands the proposal to `accept` or `reject`; does not dispose the gradients. A fused kernel may
   *          overwrite slots in place here already: what is rejected costs the state
   * Throws   `config-learning-rate` when a schedule gives what is no learning rate; what kernels throw, and then all of the
   *          state is lost, for some slots may be a step ahead
   */
  propose(gradients: readonly ParamGradient[], kernels: KernelFinder): Proposal {
    const due = (this.#steps + 1) % (this.optimizer.gradientAccumulationSteps ?? 1) === 0;
    const learningRate = due ? this.#learningRate() : 0;
    try {
      const proposal = this.#compute(gradients, kernels, due, learningRate);
      let end = (): void => {};
      const over = new Promise<void>((resolve) => {
        end = resolve;
      });
      this.#open = { over, end };
      return proposal;
    } catch (error) {
      this.reset();
      throw error;
    }
  }

  #compute(
    gradients: readonly ParamGradient[],
    kernels: KernelFinder,
    due: boolean,
    learningRate: number,
  ): Proposal {
    for (const { param } of gradients) this.#keptOf(param);
    const checked: Param[] = [];
    const { made, sums } = tidied(() => {
      const stepped = due
        ? this.#updated(gradients, kernels, learningRate)
        : gradients.map((given) => this.#addedUp(given));
      const made = gradients.map((given, i) => this.#finished(given, stepped[i]!, due));
      const values = made.flatMap(({ next, kept }, i) => {
        const free = due ? stepped[i]!.next : kept.gradientAccumulator!;
        // a constraint may turn NaN into a number, or a number into NaN
        const all = next !== free && next !== gradients[i]!.param.tensor ? [free, next] : [free];
        checked.push(...all.map(() => gradients[i]!.param));
        return all;
      });
      return { made, sums: zeroWhereFinite(values, kernels) };
    });
    return { changes: gradients.map(({ param }, i) => ({ param, ...made[i]! })), due, checked, sums };
  }

  /** Takes the step: parameters and slots get their new values. */
  accept({ changes, due, sums }: Proposal): void {
    this.#close();
    sums.dispose();
    this.#count(this.#steps + 1, this.#updates + (due ? 1 : 0));
    for (const { param, next, kept } of changes) {
      if (next !== param.tensor) param.assign(next);
      disposeTensors(this.#keptOf(param), kept);
      this.#kept.set(param, keepTensors(kept));
    }
  }

  /** Leaves all parameters as they are, and starts anew: no slots, no steps taken. */
  reject({ changes, sums }: Proposal): void {
    this.#close();
    sums.dispose();
    for (const { param, next, kept } of changes) {
      if (next !== param.tensor) next.dispose();
      disposeTensors(kept, this.#keptOf(param));
    }
    this.reset();
  }

  #close(): void {
    this.#open?.end();
    this.#open = undefined;
  }

  /** Present while a step is half taken, whose slots may be new already and its weights not: ends with that. For whoever reads both beside a training. */
  get halfTaken(): Promise<void> | undefined {
    return this.#open?.over;
  }

  /** Forgets the slots and the steps taken. */
  reset(): void {
    this.dispose();
    this.#count(0, 0);
  }

  /**
   * Gives the weights their averages, for good: what Keras does when `fit` ends. Weights that are not trained now stay.
   * Without `useEma` it does nothing.
   *
   * Memory   the averages stay; training goes on from the weights as they are then
   */
  finalizeVariableValues(): void {
    for (const [param, { average }] of this.#kept) {
      if (average && param.trainable) param.assign(tf.clone(average));
    }
  }

  /** Runs `task` with the averages in place of the weights, and gives the weights back. Without `useEma` it only runs. */
  async withAverages<T>(task: () => Promise<T>): Promise<T> {
    const weights = [...this.#kept].flatMap(([param, { average }]) =>
      average ? [{ param, weight: tf.keep(tf.clone(param.tensor)) }] : [],
    );
    this.finalizeVariableValues();
    try {
      return await task();
    } finally {
      for (const { param, weight } of weights) param.assign(weight);
    }
  }

  /**
   * All that training depends on: slots, averages, accumulated gradients, counts and the learning rate. `placed` names the
   * parameters as a model does; else their own paths are taken.
   */
  async exportState(placed: readonly PlacedParam[] = []): Promise<SavedOptimizerState> {
    const json = {
      optimizer: this.optimizer.name,
      learningRate: rateJson(this.optimizer),
      steps: this.#steps,
      updates: this.#updates,
    };
    return { json, tensors: await readKept(this.#kept, placed) };
  }

  /**
   * Goes on from a state that `exportState` gave; all of it or nothing.
   *
   * Throws   `optimizer-state` when it is of another optimizer or of other parameters; `schedule-unknown`
   */
  importState(state: SavedOptimizerState, params: readonly (PlacedParam | Param)[]): void {
    const { steps, updates, learningRate, slots } = checkSavedState(
      state,
      params,
      this.optimizer,
      this.#known,
    );
    if (learningRate !== undefined) this.optimizer.learningRate = learningRate;
    this.dispose();
    for (const [param, arrays] of slots) {
      const tensors = Object.entries(arrays).map(([name, { data, shape }]) => {
        return [name, tf.keep(tf.tensor(Float32Array.from(data), [...shape], 'float32'))] as const;
      });
      this.#kept.set(param, Object.fromEntries(tensors));
    }
    this.#count(steps, updates);
  }

  /** How many numbers it keeps, counted as Keras does: what it has for each parameter, the step and the learning rate. */
  get size(): number {
    if (this.#steps === 0) return 0;
    const accumulates = this.optimizer.gradientAccumulationSteps !== undefined;
    let size = this.optimizer.schedule ? 1 : 2;
    for (const [param, kept] of this.#kept) {
      for (const slot of Object.values(kept)) size += slot.size;
      if (accumulates && !kept.gradientAccumulator) size += param.tensor.size;
    }
    return size;
  }

  dispose(): void {
    for (const kept of this.#kept.values()) disposeTensors(kept);
    this.#kept.clear();
  }

  #count(steps: number, updates: number): void {
    this.#steps = steps;
    this.#updates = updates;
    if (this.optimizer.iterations !== undefined) this.optimizer.iterations = steps;
  }

  #learningRate(): number {
    const { optimizer } = this;
    const learningRate = optimizer.schedule?.rate(this.#steps) ?? optimizer.learningRate;
    checkLearningRate(optimizer.name, learningRate);
    return learningRate;
  }

  #updated(
    gradients: readonly ParamGradient[],
    kernels: KernelFinder,
    learningRate: number,
  ): readonly Made[] {
    const { optimizer } = this;
    const params = gradients.map((given) => ({
      path: given.param.path,
      param: given.param.tensor,
      gradient: this.#meanGradient(given),
      slots: this.#keptOf(given.param),
    }));
    const updated = optimizer.update(params, { learningRate, step: this.#updates + 1, kernels });
    return updated.map(({ param, slots }) => ({ next: param, kept: slots }));
  }

  /** Of the batches since the last update. */
  #meanGradient({ param, gradient }: ParamGradient): tf.Tensor {
    const { gradientAccumulationSteps: count } = this.optimizer;
    if (count === undefined) return gradient;
    const { gradientAccumulator: before } = this.#keptOf(param);
    return tf.div(before ? tf.add(gradient, before) : gradient, count);
  }

  #addedUp({ param, gradient }: ParamGradient): Made {
    const kept = this.#keptOf(param);
    const before = kept.gradientAccumulator;
    const sum = before ? tf.add(gradient, before) : tf.clone(gradient);
    return { next: param.tensor, kept: { ...kept, gradientAccumulator: sum } };
  }

  /** Average, constraint, and tensors of their own. */
  #finished({ param, gradient }: ParamGradient, made: Made, due: boolean): Made {
    const { average: rule, gradientAccumulationSteps: count = 1 } = this.optimizer;
    const { gradientAccumulator, average: _, ...slots } = made.kept;
    const kept: Record<string, tf.Tensor> = slots;
    if (gradientAccumulator && !due) kept.gradientAccumulator = gradientAccumulator;
    let { next } = made;
    if (rule) {
      const iterations = Math.floor(this.#steps / count);
      kept.average = nextAverage(rule, this.#keptOf(param).average, next, iterations);
      if (overwrites(rule, iterations)) next = kept.average;
    }
    if (param.constraint) next = param.constraint.apply(next); // as in Keras also where gradients are only added up
    return { next, kept: ownTensors(kept, [gradient, param.tensor, next]) };
  }

  #keptOf(param: Param): Slots {
    const present = this.#kept.get(param);
    if (present) return present;
    const made = tidied(() => keepTensors(ownTensors(this.optimizer.init(param.tensor), [param.tensor])));
    this.#kept.set(param, made);
    return made;
  }
}

/** f32[values.length]: 0 for a tensor whose numbers are all finite, else NaN. */
function zeroWhereFinite(values: readonly tf.Tensor[], kernels: KernelFinder): tf.Tensor {
  const fused = kernels.use('values.finite', {});
  return fused ? fused.run({ values }, {}) : tf.stack(values.map((value) => tf.sum(tf.mul(value, 0))));
}
