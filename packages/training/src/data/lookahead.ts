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
  #ended = false;

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
    const end = this.#ended ? undefined : this.#items.return?.(value);
    this.#ended = true;
    return end ?? { done: true, value };
  }

  #made(): () => IteratorResult<T> {
    try {
      const item = this.#items.next();
      this.#ended = item.done === true;
      if (item.value instanceof Promise) item.value.catch(() => {}); // nobody may ever wait for it; who does, hears of it
      return () => item;
    } catch (error) {
      this.#ended = true;
      return () => {
        throw error;
      };
    }
  }

  [Symbol.iterator](): this {
    return this;
  }
}
