/**
 * NumPy's legacy generator `numpy.random.RandomState`: the Mersenne Twister MT19937 with the shuffle that Keras' dataset
 * loaders use, bit for bit.
 *
 * Only what reproducing those loaders takes: the seeding, the words, bounded integers and shuffles. It is not Ostinato's
 * source of randomness; that is `createRng` in @ostinato/core.
 */
import { OstinatoError, show } from '@ostinato/core';

const STATE_WORDS = 624;
const SHIFT = 397;
const TWIST = 0x9908b0df;

/** What a legacy NumPy generator can do; every call moves it on. */
export interface RandomState {
  /** The next 32-bit word, 0 … 2³²−1. */
  uint32(): number;
  /** A uniform integer in 0 … max inclusive, by masking and rejection as NumPy's `random_interval`. */
  interval(max: number): number;
  /** Shuffles in place, as `RandomState.shuffle`: Fisher and Yates from the end. */
  shuffle(values: Int32Array | unknown[]): void;
  /** 0 … count−1, shuffled: `RandomState.permutation(count)`, which is also `shuffle(arange(count))`. */
  permutation(count: number): Int32Array;
}

/**
 * A generator in the state of `numpy.random.RandomState(seed)` for an integer seed.
 *
 * Throws   `config-seed` unless the seed is an integer in 0 … 2³²−1
 * Source   Matsumoto and Nishimura 1998, doi:10.1145/272991.272995; NumPy's `_legacy_seeding`, `random_interval`
 *
 * @example
 * const order = randomState(113).permutation(25_000); // the order of Keras' IMDB training split
 */
export function randomState(seed: number): RandomState {
  const state = initialState(seed);
  let position = STATE_WORDS;

  const uint32 = (): number => {
    if (position === STATE_WORDS) {
      twist(state);
      position = 0;
    }
    return temper(state[position++]!);
  };
  const interval = (max: number): number => {
    if (max === 0) return 0;
    const mask = 0xffffffff >>> Math.clz32(max);
    let value = (uint32() & mask) >>> 0;
    while (value > max) value = (uint32() & mask) >>> 0;
    return value;
  };
  const shuffle = (values: Int32Array | unknown[]): void => {
    for (let i = values.length - 1; i > 0; i--) {
      const j = interval(i);
      [values[i], values[j]] = [values[j], values[i]] as [number, number];
    }
  };
  const permutation = (count: number): Int32Array => {
    const order = Int32Array.from({ length: count }, (_, i) => i);
    shuffle(order);
    return order;
  };
  return { uint32, interval, shuffle, permutation };
}

function initialState(seed: number): Uint32Array {
  if (!Number.isInteger(seed) || seed < 0 || seed > 0xffffffff) {
    throw new OstinatoError('config-seed', {
      where: 'randomState',
      what: '`seed` is not a seed of NumPy’s RandomState',
      expected: 'an integer from 0 to 4294967295',
      received: show(seed),
    });
  }
  const state = new Uint32Array(STATE_WORDS);
  state[0] = seed;
  for (let i = 1; i < STATE_WORDS; i++) {
    const previous = state[i - 1]! ^ (state[i - 1]! >>> 30);
    state[i] = Math.imul(1812433253, previous) + i;
  }
  return state;
}

/** The next 624 words of the recurrence, in place. */
function twist(state: Uint32Array): void {
  for (let i = 0; i < STATE_WORDS; i++) {
    const next = state[(i + 1) % STATE_WORDS]!;
    const joined = (state[i]! & 0x80000000) | (next & 0x7fffffff);
    state[i] = state[(i + SHIFT) % STATE_WORDS]! ^ (joined >>> 1) ^ (next & 1 ? TWIST : 0);
  }
}

function temper(word: number): number {
  let y = word;
  y ^= y >>> 11;
  y ^= (y << 7) & 0x9d2c5680;
  y ^= (y << 15) & 0xefc60000;
  y ^= y >>> 18;
  return y >>> 0;
}
