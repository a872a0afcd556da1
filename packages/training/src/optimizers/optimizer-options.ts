/** Checks of options that optimizers share. */
import { OstinatoError, show } from '@ostinato/core';

/**
 * A learning rate: a number in [0, 1e10]. Throws `config-learning-rate`.
 *
 * The upper bound is far beyond any use. An update that overflows all the same is not applied; see `train-batch.ts`.
 */
export function checkLearningRate(where: string, value: unknown): asserts value is number {
  if (typeof value === 'number' && value >= 0 && value <= 1e10) return;
  throw new OstinatoError('config-learning-rate', {
    where,
    what: '`learningRate` is not a learning rate',
    expected: 'a number from 0 to 1e10',
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
export function checkEpsilon(where: string, value: unknown): asserts value is number {
  if (typeof value === 'number' && value > 0 && value < Number.POSITIVE_INFINITY) return;
  throw new OstinatoError('config-epsilon', {
    where,
    what: '`epsilon` is not a guard against division by zero',
    expected: 'a positive number',
    received: show(value),
  });
}
