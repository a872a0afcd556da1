/** A learning rate that falls along half a cosine, after a warm-up if one is asked for. */
import {
  checkFraction,
  checkNotNegative,
  checkPositive,
  cosPi,
  type LearningRateSchedule,
} from '@ostinato/core';
import { checkRateOption, defineSchedule } from './define-schedule.js';

export interface CosineDecayOptions {
  readonly initialLearningRate: number;
  /** Batches of the fall, without the warm-up. */
  readonly decaySteps: number;
  /** The rate in the end, as a part of the rate at which the fall begins. Default 0. */
  readonly alpha?: number;
  /** What the warm-up leads to from `initialLearningRate`. Default null, no warm-up. */
  readonly warmupTarget?: number | null;
  /** Batches of the warm-up. Default 0. */
  readonly warmupSteps?: number;
}

/**
 * r·((1 − alpha)·½(1 + cos(π·step/decaySteps)) + alpha), r being `initialLearningRate`, or `warmupTarget` after a warm-up
 * along a straight line.
 *
 * Throws   `config-learning-rate`, `config-decay-steps`, `config-alpha`, `config-warmup-steps`
 * Source   Loshchilov and Hutter 2016, arXiv:1608.03983
 *
 * @example
 * adam({
 *   learningRate: cosineDecay({ initialLearningRate: 0, warmupTarget: 0.01, warmupSteps: 100, decaySteps: 1000 }),
 * });
 */
export const cosineDecay: (options: CosineDecayOptions) => LearningRateSchedule =
  /* @__PURE__ */ defineSchedule<CosineDecayOptions>({
    name: 'cosineDecay',
    defaults: {
      initialLearningRate: undefined,
      decaySteps: undefined,
      alpha: 0,
      warmupTarget: null,
      warmupSteps: 0,
    },
    checks: {
      initialLearningRate: checkRateOption,
      decaySteps: checkPositive,
      alpha: checkFraction,
      warmupTarget: (where, field, value) => {
        if (value !== null) checkRateOption(where, field, value);
      },
      warmupSteps: checkNotNegative,
    },
    rate: (step, { initialLearningRate, decaySteps, alpha, warmupTarget, warmupSteps }) => {
      if (warmupTarget === null) return fallen(step, decaySteps, initialLearningRate, alpha);
      if (step >= warmupSteps) return fallen(step - warmupSteps, decaySteps, warmupTarget, alpha);
      return initialLearningRate + (warmupTarget - initialLearningRate) * (step / warmupSteps);
    },
  });

function fallen(step: number, steps: number, from: number, alpha: number): number {
  const cosine = 0.5 * (1 + cosPi(Math.min(step, steps) / steps));
  return from * ((1 - alpha) * cosine + alpha);
}
