/**
 * The two listeners that tfjs' wasm build (Emscripten's) puts on Node's process, taken off again.
 *
 * They only throw again what they are told. With them a program that survives its uncaught errors (a server that logs them) ends, and an error of
 * its own is printed with a line of tfjs beside it.
 */

type Listener = (...told: unknown[]) => void;

interface NodeProcess {
  listeners?(event: string): Listener[];
  off?(event: string, listener: Listener): unknown;
}

const EVENTS = ['uncaughtException', 'unhandledRejection'] as const;

/** A function that does nothing but throw its argument, unless that is of a certain class; without spaces, and as minifiers write it, too. */
const THROWS_AGAIN =
  /^(function[\w$]*\([\w$]+\)|\(?[\w$]+\)?=>)\{(if\(!\([\w$]+instanceof[\w$]+\)\))?\{?throw[\w$]+;?\}?;?\}$/;

/** Runs `start`, and takes off such listeners that came meanwhile; all others stay. */
export async function withoutRethrowing<T>(start: () => Promise<T>): Promise<T> {
  const { process } = globalThis as { readonly process?: NodeProcess };
  const listening = (event: string): readonly Listener[] => process?.listeners?.(event) ?? [];
  const before = EVENTS.map(listening);
  try {
    return await start();
  } finally {
    EVENTS.forEach((event, i) => {
      for (const listener of listening(event)) {
        if (!before[i]!.includes(listener) && throwsAgain(listener)) process?.off?.(event, listener);
      }
    });
  }
}

function throwsAgain(listener: Listener): boolean {
  return THROWS_AGAIN.test(String(listener).replace(/\s+/g, ''));
}
