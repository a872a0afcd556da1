/** A learning rate that rises along a straight line, and then stays or follows another schedule. */
import { checkSize, type LearningRateSchedule, OstinatoError, show } from '@ostinato/core';
import { checkRateOption, defineSchedule } from './define-schedule.js';

export interface LinearWarmupOptions {
  /** The rate of the first batch. Default 0. */
  readonly initialLearningRate?: number;
  /** What it rises to: a rate, or a schedule, which begins when the warm-up ends. */
  readonly warmupTarget: number | LearningRateSchedule;
  /** Batches of the warm-up. */
  readonly warmupSteps: number;
}

/**
 * initialLearningRate + (target − initialLearningRate)·step/warmupSteps, then the target
 *
 * Throws   `config-learning-rate`, `config-warmup-target`, `config-warmup-steps`
 * Differs  Keras has a warm-up only in its cosine decay
 *
 * @example
 * const decay = exponentialDecay({ initialLearningRate: 0.01, decaySteps: 1000, decayRate: 0.9 });
 * adam({ learningRate: linearWarmup({ warmupTarget: decay, warmupSteps: 200 }) });
 */
export const linearWarmup: (options: LinearWarmupOptions) => LearningRateSchedule =
  /* @__PURE__ */ defineSchedule<LinearWarmupOptions>({
    name: 'linearWarmup',
    defaults: { initialLearningRate: 0, warmupTarget: undefined, warmupSteps: undefined },
    checks: { initialLearningRate: checkRateOption, warmupTarget: checkTarget, warmupSteps: checkSize },
    rate: (step, { initialLearningRate, warmupTarget, warmupSteps }) => {
      const target =
        typeof warmupTarget === 'number' ? warmupTarget : warmupTarget.rate(Math.max(0, step - warmupSteps));
      if (step >= warmupSteps) return target;
      return initialLearningRate + (target - initialLearningRate) * (step / warmupSteps);
    },
  });

function checkTarget(where: string, field: string, value: unknown): void {
  if (typeof value === 'number') checkRateOption(where, field, value);
  if (
    typeof value === 'number' ||
    typeof (value as Partial<LearningRateSchedule> | null)?.rate === 'function'
  )
    return;
  throw new OstinatoError('config-warmup-target', {
    where,
    what: '`warmupTarget` is nothing to rise to',
    expected: 'a learning rate or a schedule',
    received: show(value),
  });
}
