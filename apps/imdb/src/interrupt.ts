/** Ctrl-C: the first one asks, the second one ends the program. */

import { setImmediate } from 'node:timers/promises';

/** Signals that arrive together are one key press: npm sends a second one after the terminal's. */
const ONE_PRESS_MS = 400;

const codes = { SIGINT: 130, SIGTERM: 143 } as const;

export interface Interrupt {
  /** Aborted by the first Ctrl-C. */
  readonly signal: AbortSignal;
  /** 130 after Ctrl-C, 143 after SIGTERM: what a program that was asked to end returns. */
  readonly exitCode: number | undefined;
  /** Gives both signals back to the system. */
  dispose(): void;
}

/**
 * Listens for SIGINT and SIGTERM. The first one calls `onRequest` and aborts the signal; the next one ends the program
 * at once. Both are heard between batches: JavaScript computes and listens on one thread.
 */
export function listenForInterrupt(onRequest: () => void): Interrupt {
  const controller = new AbortController();
  let exitCode: number | undefined;
  let pressed = 0;
  const listen = (signal: NodeJS.Signals): void => {
    if (exitCode !== undefined) {
      if (performance.now() - pressed > ONE_PRESS_MS) endAtOnce(signal);
      return;
    }
    exitCode = codes[signal as keyof typeof codes];
    pressed = performance.now();
    onRequest();
    controller.abort(new Interrupted());
  };
  const dispose = (): void => {
    for (const signal of Object.keys(codes)) process.removeListener(signal, listen);
  };
  /** As the system would have ended it: `process.exit` waits for files that are being read. */
  const endAtOnce = (signal: NodeJS.Signals): void => {
    dispose();
    process.kill(process.pid, signal);
  };
  for (const signal of Object.keys(codes)) process.on(signal, listen);
  return {
    signal: controller.signal,
    get exitCode() {
      return exitCode;
    },
    dispose,
  };
}

/**
 * Listens for what came during a long computation. The first turn of the event loop may be the rest of the present one,
 * in which no signal is read.
 *
 * Throws   `Interrupted`
 */
export async function throwIfInterrupted(signal: AbortSignal): Promise<void> {
  await setImmediate();
  await setImmediate();
  signal.throwIfAborted();
}

/** What work that cannot be continued later throws when it is interrupted. */
export class Interrupted extends Error {
  constructor() {
    super('interrupted');
    this.name = 'Interrupted';
  }
}
