/** Seconds spent, by name. */

export class Stopwatch {
  readonly #started = performance.now();
  readonly #spent = new Map<string, number>();

  /** Runs something and adds its time, also when it fails. */
  async time<T>(name: string, work: () => Promise<T>): Promise<T> {
    const start = performance.now();
    try {
      return await work();
    } finally {
      this.#spent.set(name, this.seconds(name) + (performance.now() - start) / 1000);
    }
  }

  seconds(name: string): number {
    return this.#spent.get(name) ?? 0;
  }

  /** Since the watch was made. */
  get total(): number {
    return (performance.now() - this.#started) / 1000;
  }
}
