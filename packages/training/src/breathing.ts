/** Gives the event loop air during long computations. */

/** Longest time in milliseconds that a computation keeps the event loop to itself, but for the batch it is in. */
const INTERVAL = 50;

/**
 * Lets timers, input and rendering run every 50 ms.
 *
 * A promise alone does not: its continuations run before the event loop goes on.
 */
export class Breathing {
  #last = performance.now();

  /** Call it between batches. Returns a promise only when it is time. */
  pause(): Promise<void> | undefined {
    return performance.now() - this.#last < INTERVAL ? undefined : this.now();
  }

  async now(): Promise<void> {
    await nextTask();
    this.#last = performance.now();
  }
}

/** A turn of the event loop without the 4 ms to which browsers stretch nested timeouts. */
function nextTask(): Promise<void> {
  const { setImmediate } = globalThis as { readonly setImmediate?: (task: () => void) => unknown };
  if (setImmediate) return new Promise((resolve) => setImmediate(resolve));
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
