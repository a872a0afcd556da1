/** The texts that `predict` is to judge: from the command line, from files, from standard input. */
import { readFile, stat } from 'node:fs/promises';
import { text as readAll } from 'node:stream/consumers';
import { OstinatoError } from '@ostinato/core';
import { reasonOf } from '../files/write-atomically.js';

/** Where standard input comes from: a pipe, or someone at a keyboard. */
export interface Input extends AsyncIterable<unknown> {
  readonly isTTY?: boolean;
}

const WHERE = 'ostinato-imdb predict';

/**
 * One text for each argument that is one, and one for each line of a file or of standard input (`-`, or no argument).
 *
 * An argument is a file when there is one of that name, or when it looks like a path: no space, and a slash or a file
 * extension in it.
 *
 * Throws   `usage-no-review` when there is nothing to judge · `file-not-found` · `file-unreadable`
 */
export async function readReviews(given: readonly string[], stdin: Input): Promise<string[]> {
  if (given.length === 0 && stdin.isTTY) throw noReview('no review');
  const parts = await Promise.all((given.length === 0 ? ['-'] : given).map((word) => textsOf(word, stdin)));
  const reviews = parts.flat();
  if (reviews.length === 0) throw noReview('only empty lines');
  return reviews;
}

async function textsOf(word: string, stdin: Input): Promise<string[]> {
  if (word === '-') return lines(await readAll(stdin as NodeJS.ReadStream));
  const looksLikePath = !/\s/.test(word) && (/[/\\]/.test(word) || /\.[a-z]\w{0,4}$/i.test(word));
  const present = await stat(word).catch(() => undefined);
  if (!looksLikePath && !present?.isFile()) return lines(word.replace(/\s*\n\s*/g, ' '));
  try {
    return lines(await readFile(word, 'utf8'));
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    throw new OstinatoError(missing ? 'file-not-found' : 'file-unreadable', {
      where: WHERE,
      what: `${word} cannot be read: ${reasonOf(cause)}`,
      fix: 'Name a text file with one review a line; a review itself goes in quotes',
      cause,
    });
  }
}

function lines(text: string): string[] {
  return text.split(/\r?\n/).filter((line) => line.trim() !== '');
}

function noReview(received: string): OstinatoError {
  return new OstinatoError('usage-no-review', {
    where: WHERE,
    what: 'There is nothing to judge',
    expected: 'a review in quotes, a file with one review a line, or reviews on standard input',
    received,
  });
}
