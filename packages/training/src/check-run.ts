/** Checks the options of what goes through samples without training, and makes its pace of them. */
import { checkSize } from '@ostinato/core';
import { Breathing } from './breathing.js';
import { checkOptions, checkSignal } from './check-options.js';
import type { Pace } from './data/batch-source.js';
import type { RunOptions } from './model/model-options.js';

export interface Run {
  readonly batchSize: number;
  readonly signal: AbortSignal | undefined;
  readonly pace: Pace;
}

/** `more`: options beside those of every run. Throws `config-…`. */
export function checkRun(where: string, options: RunOptions, more: readonly string[]): Run {
  checkOptions(where, options, ['batchSize', 'signal', ...more]);
  const { batchSize = 32, signal } = options;
  checkSize(where, 'batchSize', batchSize);
  checkSignal(where, signal);
  const stopped = (): boolean => signal?.aborted === true;
  return { batchSize, signal, pace: { stopped, signal, breathing: new Breathing() } };
}
