/** A learning rate that falls along half a cosine, again and again. */
import {
  checkFraction,
  checkNotNegative,
  checkPositive,
  cosPi,
  type LearningRateSchedule,
  OstinatoError,
  pow,
  show,
} from '@ostinato/core';
import { checkRateOption, defineSchedule } from './define-schedule.js';

export interface CosineDecayRestartsOptions {
  readonly initialLearningRate: number;
  /** Batches of the first fall. */
  readonly firstDecaySteps: number;
  /** Each fall takes so many times the batches of the one before; at least 1. Default 2. */
  readonly tMul?: number;
  /** Each fall begins at so many times the rate of the one before. Default 1. */
  readonly mMul?: number;
  /** The rate at the end of a fall, as a part of `initialLearningRate`. Default 0. */
  readonly alpha?: number;
}

/**
 * initialLearningRate·((1 − alpha)·mMul^i·½(1 + cos(π·x)) + alpha), x being the part of fall i that has passed
 *
 * Throws   `config-learning-rate`, `config-first-decay-steps`, `config-t-mul`, `config-m-mul`, `config-alpha`
 * Source   Loshchilov and Hutter 2016, arXiv:1608.03983
 * Differs  Keras takes tMul below 1, whose falls come to an end and then give NaN
 *
 * @example
 * sgd({ learningRate: cosineDecayRestarts({ initialLearningRate: 0.1, firstDecaySteps: 200 }) });
 */
export const cosineDecayRestarts: (options: CosineDecayRestartsOptions) => LearningRateSchedule =
  /* @__PURE__ */ defineSchedule<CosineDecayRestartsOptions>({
    name: 'cosineDecayRestarts',
    defaults: {
      initialLearningRate: undefined,
      firstDecaySteps: undefined,
      tMul: 2,
      mMul: 1,
      alpha: 0,
    },
    checks: {
      initialLearningRate: checkRateOption,
      firstDecaySteps: checkPositive,
      tMul: checkGrowth,
      mMul: checkNotNegative,
      alpha: checkFraction,
    },
    rate: (step, { initialLearningRate, firstDecaySteps, tMul, mMul, alpha }) => {
      const { index, passed } = place(step / firstDecaySteps, tMul);
      const cosine = pow(mMul, index) * 0.5 * (1 + cosPi(passed));
      return initialLearningRate * ((1 - alpha) * cosine + alpha);
    },
  });

/** Which fall, and the part of it that has passed, when the first takes 1 and each `growth` times the one before. */
function place(time: number, growth: number): { index: number; passed: number } {
  if (growth === 1) return { index: Math.floor(time), passed: time - Math.floor(time) };
  let [index, length, rest] = [0, 1, time];
  while (rest >= length) {
    rest -= length;
    length *= growth;
    index += 1;
  }
  return { index, passed: rest / length };
}

function checkGrowth(where: string, _field: string, value: unknown): void {
  if (Number.isFinite(value) && (value as number) >= 1) return;
  throw new OstinatoError('config-t-mul', {
    where,
    what: '`tMul` does not say how falls grow',
    expected: 'a number of at least 1',
    received: show(value),
  });
}
