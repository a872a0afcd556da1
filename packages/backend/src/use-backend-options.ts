/** What a caller may say about the start of a backend, and the check of it. */
import { checkBoolean, checkFields, OstinatoError, show } from '@ostinato/core';

export interface UseBackendOptions {
  /** Folder of tfjs' `.wasm` files, or one of them, as a path or URL; by default they are found. */
  readonly wasmPath?: string | undefined;
  /** What to use when the requested backend cannot start; false: that is an error. Default 'cpu'. */
  readonly fallback?: 'cpu' | false | undefined;
  /** true: a fallback is told in the report alone. Default false. */
  readonly silent?: boolean | undefined;
}

const FIELDS = ['wasmPath', 'fallback', 'silent'] as const satisfies readonly (keyof UseBackendOptions)[];

/** Throws what `checkFields` throws, and `config-…` for values of another type. */
export function checkBackendOptions(where: string, options: unknown): asserts options is UseBackendOptions {
  checkFields(where, options, FIELDS);
  const { wasmPath, fallback, silent }: Partial<Record<(typeof FIELDS)[number], unknown>> = options as object;
  if (wasmPath !== undefined && typeof wasmPath !== 'string') {
    throw invalid(where, 'wasm-path', '`wasmPath` is no path', 'a path or URL as a string', wasmPath);
  }
  if (fallback !== undefined && fallback !== 'cpu' && fallback !== false) {
    throw invalid(where, 'fallback', '`fallback` is no choice', "'cpu' or false", fallback);
  }
  if (silent !== undefined) checkBoolean(where, 'silent', silent);
}

function invalid(where: string, code: string, what: string, expected: string, value: unknown): OstinatoError {
  return new OstinatoError(`config-${code}`, { where, what, expected, received: show(value) });
}
