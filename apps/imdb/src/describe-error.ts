/** An error as the program prints it: one clear message, and the stack only for those who ask. */
import { isOstinatoError } from '@ostinato/core';

export function describeError(error: unknown, verbose: boolean): string {
  if (verbose) return error instanceof Error ? withCauses(error) : String(error);
  if (isOstinatoError(error)) return error.message;
  const message = error instanceof Error ? error.message : String(error);
  return `Something unforeseen happened: ${message} (--verbose shows where)`;
}

function withCauses(error: Error): string {
  const own = error.stack ?? error.message;
  return error.cause instanceof Error ? `${own}\nbecause of ${withCauses(error.cause)}` : own;
}
