/** A learning rate that falls to its end along a power. */
import { checkBoolean, checkPositive, type LearningRateSchedule, pow } from '@ostinato/core';
import { checkRateOption, defineSchedule } from './define-schedule.js';

export interface PolynomialDecayOptions {
  readonly initialLearningRate: number;
  /** Batches until it has fallen to its end. */
  readonly decaySteps: number;
  /** Default 0.0001. */
  readonly endLearningRate?: number;
  /** Default 1, a straight line. */
  readonly power?: number;
  /** Begins anew with twice, three times, … the steps whenever the end is reached. Default false. */
  readonly cycle?: boolean;
}

/**
 * (initialLearningRate − endLearningRate)·(1 − step/decaySteps)^power + endLearningRate
 *
 * Throws   `config-learning-rate`, `config-decay-steps`, `config-power`, `config-cycle`
 *
 * @example
 * adam({ learningRate: polynomialDecay({ initialLearningRate: 0.01, decaySteps: 1000, power: 2 }) });
 */
export const polynomialDecay: (options: PolynomialDecayOptions) => LearningRateSchedule =
  /* @__PURE__ */ defineSchedule<PolynomialDecayOptions>({
    name: 'polynomialDecay',
    defaults: {
      initialLearningRate: undefined,
      decaySteps: undefined,
      endLearningRate: 0.0001,
      power: 1,
      cycle: false,
    },
    checks: {
      initialLearningRate: checkRateOption,
      decaySteps: checkPositive,
      endLearningRate: checkRateOption,
      power: checkPositive,
      cycle: checkBoolean,
    },
    rate: (step, { initialLearningRate, decaySteps, endLearningRate, power, cycle }) => {
      const length = cycle ? decaySteps * Math.max(1, Math.ceil(step / decaySteps)) : decaySteps;
      const left = 1 - Math.min(step, length) / length;
      return (initialLearningRate - endLearningRate) * pow(left, power) + endLearningRate;
    },
  });
