/** The option `labelSmoothing` of the cross-entropies. */
import { OstinatoError, show } from '@ostinato/core';

/** A part in [0, 1]. Throws `config-label-smoothing`. */
export function checkLabelSmoothing(where: string, value: unknown): asserts value is number {
  if (typeof value === 'number' && value >= 0 && value <= 1) return;
  throw new OstinatoError('config-label-smoothing', {
    where,
    what: '`labelSmoothing` is not a part of the way',
    expected: 'a number in [0, 1]',
    received: show(value),
  });
}
