/** Ctrl-C: the first one asks, the second one ends the program. */

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
 * Listens for SIGINT and SIGTERM. After the first one `onRequest` is called and the signals are given back to the
 * system, so that the next one ends the program at once, even in the middle of a computation.
 */
export function listenForInterrupt(onRequest: () => void): Interrupt {
  const controller = new AbortController();
  let exitCode: number | undefined;
  let timer: NodeJS.Timeout | undefined;
  const listen = (signal: NodeJS.Signals): void => {
    if (exitCode !== undefined) return;
    exitCode = codes[signal as keyof typeof codes];
    timer = setTimeout(dispose, ONE_PRESS_MS);
    timer.unref();
    onRequest();
    controller.abort(new Interrupted());
  };
  const dispose = (): void => {
    clearTimeout(timer);
    for (const signal of Object.keys(codes)) process.removeListener(signal, listen);
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

/** What work that cannot be continued later throws when it is interrupted. */
export class Interrupted extends Error {
  constructor() {
    super('interrupted');
    this.name = 'Interrupted';
  }
}
