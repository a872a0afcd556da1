/** How often a logger writes figures of batches. */
import { OstinatoError, show } from '@ostinato/core';

/** 'epoch': not at all; 'batch': after each; a number: after each so many. */
export type UpdateFreq = 'epoch' | 'batch' | number;

/** Batches between two records; Infinity for none. Throws `config-update-freq`. */
export function batchesBetween(updateFreq: unknown, where: string): number {
  if (updateFreq === 'epoch') return Number.POSITIVE_INFINITY;
  if (updateFreq === 'batch') return 1;
  if (Number.isSafeInteger(updateFreq) && (updateFreq as number) >= 1) return updateFreq as number;
  throw new OstinatoError('config-update-freq', {
    where,
    what: '`updateFreq` does not say when to write',
    expected: "'epoch', 'batch' or a number of batches",
    received: show(updateFreq),
  });
}
