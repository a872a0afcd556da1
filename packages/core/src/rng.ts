/**
 * Seeded random numbers in named streams.
 *
 * A stream is a key; `split(name)` derives the key of another stream from the parent's key and the name alone, so that
 * drawing from one stream, or adding another, never changes a third. Only 32-bit integer arithmetic and exact float
 * operations are used: every engine gives the same numbers. Not for cryptography.
 */

import { ln } from './deterministic-math.js';
import { OstinatoError, show } from './errors.js';

/** The state of a stream: four words of the generator, enough to go on exactly where it stood. */
export type RngState = readonly [number, number, number, number];

type Words = [number, number, number, number];

const NO_KEY: RngState = [0, 0, 0, 0];

const utf8 = /* @__PURE__ */ new TextEncoder();

/**
 * A stream of random numbers (xoshiro128**, Blackman and Vigna 2018, arXiv:1805.01407).
 *
 * While operations are recorded, `watched-rng.ts` stands in for it: whatever draws here goes through `uint32`, `state` or `origin`.
 *
 * @example
 * const rng = createRng(42);
 * const first = rng.split('embedding/table').uniform();
 */
export class Rng {
  /** Undefined until it is needed: a step names a stream for each layer, and most layers draw nothing. */
  #key: RngState | undefined;
  #state: Words | undefined;
  /** What the key is derived from, as long as it is not. */
  #named: { readonly parent: Rng; readonly name: string } | undefined;

  constructor(key: RngState, state?: RngState) {
    this.#key = [...key] as Words;
    if (state) this.#state = startable(state);
  }

  get #origin(): RngState {
    const waiting: Rng[] = [];
    for (let rng: Rng = this; rng.#named; rng = rng.#named.parent) waiting.push(rng);
    for (const rng of waiting.reverse()) {
      const { parent, name } = rng.#named!;
      rng.#key = deriveKey(parent.#key!, name);
      rng.#named = undefined;
    }
    return this.#key!;
  }

  get #words(): Words {
    this.#state ??= startable(this.#origin);
    return this.#state;
  }

  /** The stream of that name. Depends on this stream's origin and the name, not on how much was drawn from it. */
  split(name: string | number): Rng {
    const stream = new Rng(NO_KEY);
    stream.#key = undefined;
    stream.#named = { parent: this, name: String(name) };
    return stream;
  }

  /** Where the stream stands; `Rng.resume(rng.origin(), rng.state())` continues it. */
  state(): RngState {
    return [...this.#words] as Words;
  }

  origin(): RngState {
    return [...this.#origin] as Words;
  }

  static resume(origin: RngState, state: RngState): Rng {
    return new Rng(origin, state);
  }

  /** 32 random bits as an unsigned integer. */
  uint32(): number {
    const s = this.#words;
    const result = Math.imul(rotateLeft(Math.imul(s[1], 5), 7), 9) >>> 0;
    const t = s[1] << 9;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotateLeft(s[3], 11);
    return result;
  }

  /** A number in [low, high), 53 random bits. */
  uniform(low = 0, high = 1): number {
    const unit = ((this.uint32() >>> 5) * 67108864 + (this.uint32() >>> 6)) / 9007199254740992;
    return low + (high - low) * unit;
  }

  /** An integer in [0, limit), unbiased. */
  int(limit: number): number {
    if (!Number.isInteger(limit) || limit < 1 || limit > 4294967296) {
      throw new OstinatoError('rng-limit', {
        where: 'Rng.int',
        what: '`limit` is not a count',
        expected: 'an integer from 1 to 2^32',
        received: show(limit),
      });
    }
    const bound = 4294967296 - (4294967296 % limit);
    let word = this.uint32();
    while (word >= bound) word = this.uint32();
    return word % limit;
  }

  /** A normal deviate by Marsaglia's polar method. */
  normal(mean = 0, standardDeviation = 1): number {
    for (;;) {
      const u = this.uniform(-1, 1);
      const v = this.uniform(-1, 1);
      const s = u * u + v * v;
      if (s > 0 && s < 1) return mean + standardDeviation * u * Math.sqrt((-2 * ln(s)) / s);
    }
  }

  /** A normal deviate redrawn until it lies within two standard deviations. */
  truncatedNormal(mean = 0, standardDeviation = 1): number {
    for (;;) {
      const value = this.normal();
      if (value >= -2 && value <= 2) return mean + standardDeviation * value;
    }
  }

  /** Shuffles in place (Fisher–Yates) and returns its argument. */
  shuffle<T extends { length: number; [index: number]: unknown }>(items: T): T {
    for (let i = items.length - 1; i > 0; i--) {
      const j = this.int(i + 1);
      const item = items[i];
      items[i] = items[j];
      items[j] = item;
    }
    return items;
  }

  /** 0 … n−1 in random order. */
  permutation(n: number): Int32Array {
    return this.shuffle(Int32Array.from({ length: n }, (_, i) => i));
  }
}

/**
 * The root stream of a seed.
 *
 * Throws   `rng-seed` when the seed is not a safe integer ≥ 0
 */
export function createRng(seed: number): Rng {
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new OstinatoError('rng-seed', {
      where: 'createRng',
      what: '`seed` is not a seed',
      expected: 'a whole number from 0 to 2^53 − 1',
      received: show(seed),
    });
  }
  const low = seed % 4294967296;
  const high = Math.floor(seed / 4294967296);
  return new Rng(deriveKey([low, high, 0x243f6a88, 0x85a308d3], 'seed'));
}

/** A state of its own, and never the one that the generator cannot leave. */
function startable(state: RngState): Words {
  const words = [...state] as Words;
  if (words.every((word) => word === 0)) words[0] = 0x9e3779b9;
  return words;
}

function rotateLeft(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}

/** A new key from a key and a name: each byte is stirred into all four words, then the words are mixed to the end. */
function deriveKey(key: RngState, name: string): Words {
  const words: Words = [key[0], key[1], key[2], key[3]];
  for (const byte of utf8.encode(name)) {
    const turn = words[0] ^ byte;
    words[0] = words[1];
    words[1] = words[2];
    words[2] = words[3];
    words[3] = mix(turn + 0x9e3779b9 + words[0]);
  }
  for (let round = 0; round < 8; round++) {
    words[round & 3] = mix(
      words[round & 3]! ^ rotateLeft(words[(round + 3) & 3]!, 13) ^ Math.imul(round + 1, 0x9e3779b9),
    );
  }
  return words.map((word) => word >>> 0) as Words;
}

/** Appleby's 32-bit finalizer (MurmurHash3): every input bit reaches every output bit. */
function mix(word: number): number {
  let h = word | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
