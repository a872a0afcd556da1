/** A learning rate that falls by the same factor again and again. */
import {
  checkBoolean,
  checkNotNegative,
  checkPositive,
  type LearningRateSchedule,
  pow,
} from '@ostinato/core';
import { checkRateOption, defineSchedule } from './define-schedule.js';

export interface ExponentialDecayOptions {
  readonly initialLearningRate: number;
  /** Batches in which it falls by `decayRate`. */
  readonly decaySteps: number;
  readonly decayRate: number;
  /** Falls only every `decaySteps` batches. Default false. */
  readonly staircase?: boolean;
}

/**
 * initialLearningRate · decayRate^(step/decaySteps)
 *
 * Throws   `config-learning-rate`, `config-decay-steps`, `config-decay-rate`, `config-staircase`
 *
 * @example
 * adam({ learningRate: exponentialDecay({ initialLearningRate: 0.01, decaySteps: 1000, decayRate: 0.9 }) });
 */
export const exponentialDecay: (options: ExponentialDecayOptions) => LearningRateSchedule =
  /* @__PURE__ */ defineSchedule<ExponentialDecayOptions>({
    name: 'exponentialDecay',
    defaults: {
      initialLearningRate: undefined,
      decaySteps: undefined,
      decayRate: undefined,
      staircase: false,
    },
    checks: {
      initialLearningRate: checkRateOption,
      decaySteps: checkPositive,
      decayRate: checkNotNegative,
      staircase: checkBoolean,
    },
    rate: (step, { initialLearningRate, decaySteps, decayRate, staircase }) => {
      const passed = step / decaySteps;
      return initialLearningRate * pow(decayRate, staircase ? Math.floor(passed) : passed);
    },
  });
