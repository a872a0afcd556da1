/** Items that can be made before they are asked for. */

/** Items, and perhaps a way to have the next one made while somebody is at the one before. */
export type Ahead<T> = (Iterable<T> | AsyncIterable<T>) & {
  /** At once, and without consequences. */
  look?(): void;
};

/** An iterable whose next item can be made ahead; what goes wrong with it is thrown when it is asked for. */
export class Lookahead<T> implements IterableIterator<T> {
  readonly #items: Iterator<T>;
  #next: (() => IteratorResult<T>) | undefined;

  constructor(items: Iterable<T>) {
    this.#items = items[Symbol.iterator]();
  }

  look(): void {
    this.#next ??= this.#made();
  }

  next(): IteratorResult<T> {
    const next = this.#next ?? this.#made();
    this.#next = undefined;
    return next();
  }

  return(value?: unknown): IteratorResult<T> {
    this.#next = undefined;
    return this.#items.return?.(value) ?? { done: true, value };
  }

  #made(): () => IteratorResult<T> {
    try {
      const item = this.#items.next();
      return () => item;
    } catch (error) {
      return () => {
        throw error;
      };
    }
  }

  [Symbol.iterator](): this {
    return this;
  }
}
