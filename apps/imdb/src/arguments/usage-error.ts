/** Wrong use of the command line, as the errors of the rest of the program. */
import { isOstinatoError, nearest, OstinatoError, show } from '@ostinato/core';
import type { CommanderError } from 'commander';
import { programName } from '../program-name.js';

const USAGE = /^usage-/;

/** True for errors that are the caller's spelling: the program ends with 2 and points to `--help`. */
export function isUsageError(error: unknown): error is OstinatoError {
  return isOstinatoError(error) && USAGE.test(error.code);
}

/** What commander found wrong: `usage-unknown-option`, `usage-invalid-argument`, `usage-option-missing-argument`, … */
export function usageError(error: CommanderError, command: string): OstinatoError {
  const suffix = error.code
    .replace(/^commander\./, '')
    .replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  const [what = '', ...more] = error.message.replace(/^error: /, '').split('\n');
  const fix = more
    .join(' ')
    .trim()
    .replace(/^\((.*)\)$/, '$1');
  return new OstinatoError(`usage-${suffix}`, {
    where: command,
    what: what.charAt(0).toUpperCase() + what.slice(1),
    ...(fix ? { fix } : {}),
  });
}

/** A word where none belongs: most often a misspelt command. */
export function unexpectedWord(word: string, command: string, commands: readonly string[]): OstinatoError {
  const near = nearest(word, commands);
  return new OstinatoError('usage-word', {
    where: command,
    what: `${show(word)} is neither a command nor an option`,
    expected: `one of ${commands.join(', ')}, or options`,
    received: show(word),
    fix: near
      ? `Did you mean '${near}'?`
      : `To judge a review, use: ${programName()} predict 'the review in quotes'`,
  });
}
