/** A learning rate that falls as one over time. */
import { checkBoolean, checkNotNegative, checkPositive, type LearningRateSchedule } from '@ostinato/core';
import { checkRateOption, defineSchedule } from './define-schedule.js';

export interface InverseTimeDecayOptions {
  readonly initialLearningRate: number;
  /** Batches that count as one unit of time. */
  readonly decaySteps: number;
  readonly decayRate: number;
  /** Falls only every `decaySteps` batches. Default false. */
  readonly staircase?: boolean;
}

/**
 * initialLearningRate / (1 + decayRate·step/decaySteps)
 *
 * Throws   `config-learning-rate`, `config-decay-steps`, `config-decay-rate`, `config-staircase`
 *
 * @example
 * sgd({ learningRate: inverseTimeDecay({ initialLearningRate: 0.1, decaySteps: 100, decayRate: 0.5 }) });
 */
export const inverseTimeDecay: (options: InverseTimeDecayOptions) => LearningRateSchedule =
  /* @__PURE__ */ defineSchedule<InverseTimeDecayOptions>({
    name: 'inverseTimeDecay',
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
      return initialLearningRate / (1 + decayRate * (staircase ? Math.floor(passed) : passed));
    },
  });
