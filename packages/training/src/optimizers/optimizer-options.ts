/** Checks of options that optimizers share. */
import { type LearningRateSchedule, OstinatoError, show } from '@ostinato/core';

/**
 * A learning rate: a number in [0, 1e10]. Throws `config-learning-rate`.
 *
 * The upper bound is far beyond any use. An update that overflows all the same is not applied; see `train-batch.ts`.
 */
export function checkLearningRate(
  where: string,
  value: unknown,
  name = 'learningRate',
): asserts value is number {
  if (typeof value === 'number' && value >= 0 && value <= 1e10) return;
  throw noRate(where, name, value, 'a number from 0 to 1e10');
}

/** A learning rate or a schedule of them. Throws `config-learning-rate`. */
export function checkRate(where: string, value: unknown): asserts value is number | LearningRateSchedule {
  if (typeof (value as Partial<LearningRateSchedule> | null)?.rate === 'function') return;
  if (typeof value === 'number') checkLearningRate(where, value);
  else
    throw noRate(
      where,
      'learningRate',
      value,
      'a number from 0 to 1e10, or a schedule such as cosineDecay(…)',
    );
}

function noRate(where: string, name: string, value: unknown, expected: string): OstinatoError {
  return new OstinatoError('config-learning-rate', {
    where,
    what: `\`${name}\` is not a learning rate`,
    expected,
    received: show(value),
  });
}

/** How much of the past is kept at each step: a number in [0, 1). Throws `config-decay`. */
export function checkDecay(where: string, name: string, value: unknown): asserts value is number {
  if (typeof value === 'number' && value >= 0 && value < 1) return;
  throw new OstinatoError('config-decay', {
    where,
    what: `\`${name}\` is not a rate of decay`,
    expected: 'a number in [0, 1)',
    received: show(value),
  });
}

/** A guard against division by zero: a number > 0. Throws `config-epsilon`. */
export function checkEpsilon(where: string, name: string, value: unknown): asserts value is number {
  if (typeof value === 'number' && value > 0 && value < Number.POSITIVE_INFINITY) return;
  throw new OstinatoError('config-epsilon', {
    where,
    what: `\`${name}\` is not a guard against division by zero`,
    expected: 'a positive number',
    received: show(value),
  });
}
