import { expect, test } from 'vitest';
import { prefetch } from './prefetch.js';

/** Lets everything that can go on go on. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

/** A source that notes what happens to it, and makes an item only when it is told to. */
class Slow {
  readonly events: string[];
  readonly #count: number;
  readonly #failsAt: number;
  readonly #waiting: (() => void)[] = [];

  constructor(events: string[], count: number, failsAt = -1) {
    this.events = events;
    this.#count = count;
    this.#failsAt = failsAt;
  }

  readonly deliver = async (): Promise<void> => {
    this.#waiting.shift()?.();
    await settle();
  };

  async *[Symbol.asyncIterator](): AsyncGenerator<number, void> {
    try {
      for (let i = 0; i < this.#count; i++) {
        this.events.push(`reads ${i}`);
        await new Promise<void>((resolve) => void this.#waiting.push(resolve));
        if (i === this.#failsAt) throw new Error(`no item ${i}`);
        this.events.push(`has ${i}`);
        yield i;
      }
    } finally {
      this.events.push('closes');
    }
  }
}

test('the next item is read, to its end, while the one before is being used', async () => {
  const events: string[] = [];
  const slow = new Slow(events, 3);
  const items = prefetch(slow, 1)[Symbol.asyncIterator]();
  const first = items.next();
  await settle();
  await slow.deliver();
  expect((await first).value).toBe(0);
  events.push('trains with 0');
  await settle();
  await slow.deliver();
  events.push('has trained with 0');
  expect((await items.next()).value).toBe(1);
  expect(events.slice(0, 6)).toEqual([
    'reads 0',
    'has 0',
    'reads 1',
    'trains with 0',
    'has 1',
    'has trained with 0',
  ]);
  await slow.deliver();
  expect((await items.next()).value).toBe(2);
  expect(await items.next()).toEqual({ done: true, value: undefined });
  expect(events.filter((event) => event === 'closes').length).toBe(1);
});

test('no more is read ahead than was asked for, and nothing before the first item is wanted', async () => {
  let made = 0;
  function* endless(): Generator<number> {
    for (;;) yield made++;
  }
  const items = prefetch({ [Symbol.iterator]: endless }, 3)[Symbol.asyncIterator]();
  await settle();
  expect(made).toBe(0);
  expect((await items.next()).value).toBe(0);
  await settle();
  expect(made).toBe(4);
  expect((await items.next()).value).toBe(1);
  await settle();
  expect(made).toBe(5);
  await items.return();
});

test('an error comes in its place, after the items before it', async () => {
  const events: string[] = [];
  const slow = new Slow(events, 5, 2);
  const items = prefetch(slow, 4)[Symbol.asyncIterator]();
  const first = items.next();
  await settle();
  for (let i = 0; i < 3; i++) await slow.deliver();
  expect(events.at(-1)).toBe('closes');
  expect((await first).value).toBe(0);
  expect((await items.next()).value).toBe(1);
  await expect(items.next()).rejects.toThrow('no item 2');
  expect((await items.next()).done).toBe(true);
});

test('a taker that stops early closes the source, also while an item is on its way', async () => {
  const events: string[] = [];
  const slow = new Slow(events, 5);
  const items = prefetch(slow, 2)[Symbol.asyncIterator]();
  const first = items.next();
  await settle();
  await slow.deliver();
  await first;
  const stopping = items.return();
  await settle();
  expect(events).not.toContain('closes');
  await slow.deliver();
  await stopping;
  expect(events).toEqual(['reads 0', 'has 0', 'reads 1', 'has 1', 'closes']);
  const never = prefetch(new Slow(events, 1)).epoch(0);
  await never.return();
  expect(events.length).toBe(5);
});

test('epochs and length are those of the source; promises are waited for', async () => {
  const source = Object.assign([Promise.resolve(7)], { epoch: (epoch: number) => [epoch, epoch + 1] });
  const ahead = prefetch<number>(source as never, 2);
  const take = async (items: AsyncIterable<number>): Promise<number[]> => {
    const all: number[] = [];
    for await (const item of items) all.push(item);
    return all;
  };
  expect(ahead.length).toBe(1);
  expect(await take(ahead)).toEqual([7]);
  expect(await take(ahead.epoch(4))).toEqual([4, 5]);
  expect(await take(ahead.epoch(0))).toEqual([0, 1]);
  expect('length' in prefetch(new Set([1]))).toBe(false);
});

test('a source that is used up says so; what is no source is refused', async () => {
  const generator = (function* () {
    yield 1;
  })();
  const ahead = prefetch(generator);
  for await (const item of ahead) expect(item).toBe(1);
  await expect(ahead.epoch(1).next()).rejects.toThrow(
    /\[prefetch\] The source can be gone through only once.*source-once/,
  );
  expect(() => prefetch(7 as never)).toThrow(/source-type/);
  expect(() => prefetch([1], 0)).toThrow(/config-count/);
});

test('a source that cannot be opened, or gives no results, is an error and no endless wait', async () => {
  const broken: [object, RegExp][] = [
    [{ [Symbol.iterator]: () => fail('iterator') }, /^iterator$/],
    [{ [Symbol.asyncIterator]: () => fail('async iterator') }, /^async iterator$/],
    [
      { [Symbol.asyncIterator]: () => ({ next: () => 5 }) },
      /`next\(\)` of the iterator.*received 5.*source-type/,
    ],
    [{ [Symbol.asyncIterator]: () => ({ next: async () => undefined }) }, /source-type/],
  ];
  for (const [source, message] of broken) {
    await expect(
      prefetch(source as never)
        [Symbol.asyncIterator]()
        .next(),
    ).rejects.toThrow(message);
  }
  expect(
    await prefetch('ab' as never)
      [Symbol.asyncIterator]()
      .next(),
  ).toEqual({ done: false, value: 'a' });
});

test('no source, and an epoch of none, are refused', async () => {
  expect(() => prefetch(undefined as never)).toThrow(/source-type/);
  const source = { epoch: () => 5, *[Symbol.iterator]() {} };
  await expect(
    prefetch(source as never)
      .epoch(0)
      .next(),
  ).rejects.toThrow(/received 5.*source-type/);
});

function fail(message: string): never {
  throw new Error(message);
}
