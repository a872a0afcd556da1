/** From the words of the command line to values. Each parser throws commander's error, which names the option. */
import { InvalidArgumentError } from 'commander';
import { type ModelKind, modelKinds } from '../recipe.js';
import type { CheckpointRhythm } from './requests.js';

/** What `createKernels` takes at most. */
const MOST_THREADS = 256;

/** A parser of whole numbers within limits, both included. */
export function integer(least: number, most: number = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = /^[+-]?\d+$/.test(text) ? Number(text) : Number.NaN;
    if (value >= least && value <= most) return value;
    const limit = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
    throw new InvalidArgumentError(`Expected a whole number ${limit}.`);
  };
}

/** `auto` or a number of threads. */
export function threadCount(text: string): number | 'auto' {
  const value = /^\+?\d+$/.test(text) ? Number(text) : Number.NaN;
  if (text === 'auto' || (value >= 1 && value <= MOST_THREADS)) return text === 'auto' ? text : value;
  throw new InvalidArgumentError(`Expected 'auto' or a whole number from 1 to ${MOST_THREADS}.`);
}

/** `200` batches or `30s`, as how often a checkpoint is made. */
export function rhythm(text: string): CheckpointRhythm {
  const [, digits, unit] = /^(\d{1,9})(s?)$/.exec(text) ?? [];
  const value = Number(digits);
  if (value >= 1) return unit === 's' ? { seconds: value } : { batches: value };
  throw new InvalidArgumentError('Expected a number of batches such as 200, or of seconds such as 30s.');
}

/** Networks with commas between them, each once. */
export function modelList(text: string): ModelKind[] {
  const models = text.split(',').map((name) => name.trim());
  const known: readonly string[] = modelKinds;
  if (models.every((name) => known.includes(name)) && new Set(models).size === models.length) {
    return models as ModelKind[];
  }
  throw new InvalidArgumentError(
    `Expected some of ${known.join(', ')}, each once, with commas between them.`,
  );
}

/** A part of the whole: 0 ≤ part < 1. */
export function part(text: string): number {
  const value = /^\+?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
  if (value >= 0 && value < 1) return value;
  throw new InvalidArgumentError('Expected a number from 0 up to, but not including, 1.');
}

/** The SHA-256 of a file as 64 hexadecimal digits. */
export function sha256Digest(text: string): string {
  if (/^[0-9a-f]{64}$/i.test(text)) return text.toLowerCase();
  throw new InvalidArgumentError('Expected 64 hexadecimal digits.');
}

/** A path that is one. */
export function path(text: string): string {
  if (text !== '' && !text.includes('\0')) return text;
  throw new InvalidArgumentError('Expected a path.');
}
