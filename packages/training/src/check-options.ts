/** Checks of what methods are given besides data: their options, and a signal among them. */
import { checkFields, OstinatoError, show } from '@ostinato/core';

/** An object with none but known fields. Throws `config-options`, `config-unknown`. */
export function checkOptions(where: string, options: unknown, known: readonly string[]): void {
  if (typeof options === 'object' && options !== null) {
    checkFields(where, options, known);
    return;
  }
  throw new OstinatoError('config-options', {
    where,
    what: 'The options are not an object',
    expected: `an object with any of ${known.join(', ')}, or nothing`,
    received: show(options),
  });
}

/** An AbortSignal, also one of another realm, or nothing. Throws `config-signal`. */
export function checkSignal(where: string, signal: unknown): asserts signal is AbortSignal | undefined {
  if (signal === undefined) return;
  const { aborted, throwIfAborted } = (signal ?? {}) as Partial<AbortSignal>;
  if (typeof aborted === 'boolean' && typeof throwIfAborted === 'function') return;
  throw new OstinatoError('config-signal', {
    where,
    what: '`signal` is not an AbortSignal',
    expected: 'the `signal` of an AbortController',
    received: show(signal),
  });
}
