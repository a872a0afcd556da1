/** What is read with Node's own modules and without them has to come out the same. */
import { isOstinatoError } from '@ostinato/core';
import { expect, vi } from 'vitest';

type Outcome<T> = { readonly value: T } | { readonly code: string; readonly message: string };

/** Reads with and without Node; returns or throws what both gave, and fails where they differ. */
export function readBothWays<T>(read: () => T): T {
  const inNode = outcomeOf(read);
  expect(withoutNode(() => outcomeOf(read))).toStrictEqual(inNode);
  return read();
}

/** Runs something as it would run in a browser. */
export function withoutNode<T>(run: () => T): T {
  vi.stubGlobal('process', undefined);
  try {
    return run();
  } finally {
    vi.unstubAllGlobals();
  }
}

/** Errors that are none of ours go through. */
function outcomeOf<T>(read: () => T): Outcome<T> {
  try {
    return { value: read() };
  } catch (error) {
    if (!isOstinatoError(error)) throw error;
    return { code: error.code, message: error.message };
  }
}
