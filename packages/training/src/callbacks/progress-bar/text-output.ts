/** Where text goes: a terminal, a file, a console. */
import { OstinatoError, show } from '@ostinato/core';

/** A stream such as `process.stdout`. */
export interface TextOutput {
  write(text: string): unknown;
  /** Someone watches: a line may be drawn over. */
  readonly isTTY?: boolean | undefined;
  /** Characters in a line. */
  readonly columns?: number | undefined;
}

/** Standard output in Node; elsewhere the console, line by line. */
export function standardOutput(): TextOutput {
  const { process } = globalThis as { readonly process?: { readonly stdout?: TextOutput } };
  if (typeof process?.stdout?.write === 'function') return process.stdout;
  return { write: (text) => console.log(text.replace(/\n$/, '')) };
}

/** Throws `config-output`. */
export function checkOutput(output: unknown, where: string): asserts output is TextOutput {
  if (typeof (output as Partial<TextOutput> | null)?.write === 'function') return;
  throw new OstinatoError('config-output', {
    where,
    what: '`output` takes no text',
    expected: 'an object with write(text), such as process.stdout',
    received: show(output),
  });
}
