/**
 * Damage to valid files, as plain data: fast-check draws it, shrinks it, and prints it.
 *
 * Places are parts of the length, so that one damage fits files of any size.
 */
import fc from 'fast-check';

/** One change to bytes. */
export type Damage =
  | { readonly kind: 'flip'; readonly at: number; readonly bit: number }
  | { readonly kind: 'write'; readonly at: number; readonly bytes: readonly number[] }
  | { readonly kind: 'cut' | 'remove' | 'double'; readonly at: number; readonly length: number }
  | { readonly kind: 'insert'; readonly at: number; readonly text: string; readonly times: number }
  | { readonly kind: 'token'; readonly at: number; readonly text: string; readonly times: number }
  | { readonly kind: 'value' | 'member'; readonly at: number; readonly text: string }
  | { readonly kind: 'swap'; readonly at: number; readonly from: number }
  | { readonly kind: 'nest'; readonly at: number; readonly times: number }
  | { readonly kind: 'splice'; readonly at: number; readonly from: number; readonly length: number }
  | { readonly kind: 'length'; readonly at: number; readonly width: 1 | 2 | 4 | 8; readonly value: number };

/** Values of JSON that a reader is apt to stumble over. */
const VALUES = [
  ...[
    'null',
    'true',
    '-1',
    '0',
    '1',
    '2',
    '0.5',
    '1e999',
    '-1e308',
    '1e-320',
    '100000',
    '2147483648',
    '4294967296',
  ],
  ...[
    '1e9',
    '1e15',
    '[]',
    '{}',
    '""',
    '"__proto__"',
    '"constructor"',
    '"toString"',
    '"NaN"',
    '"length"',
    '"a"',
  ],
  ...['[null]', '[0]', '[-1]', '[1e9]', '[1,1e9]', '[5,3]', '[[1]]', '{"__proto__":{"polluted":1}}'],
  ...['{"constructor":{"prototype":{"polluted":1}}}', '{"__proto__":null}', '{"toString":1}'],
];
/** Other texts: members of objects, signs, white space, pieces of pickles. */
const TEXTS = [
  ...['"__proto__":{"polluted":1},', '"constructor":{"prototype":{"polluted":1}},', '"toString":1,'],
  ...['[', '{"a":', '"', ',', '\n', '\r\n', ' ', '\u0000', '(', ')', '}', 'K\u0001', '\uFEFF', '😀'],
];

/** Without the love of small numbers that fast-check has by itself: it would mostly hit the first byte. */
const at = fc.noBias(fc.integer({ min: 0, max: 2 ** 30 })).map((part) => part / 2 ** 30);
/** Now and then so often that nesting or white space becomes deep. */
const times = fc.oneof(
  { weight: 20, arbitrary: fc.constant(1) },
  { weight: 1, arbitrary: fc.constantFrom(40, 3000) },
);
const extreme = fc.constantFrom(
  ...[0, 1, 2, 127, 128, 255, 256, 32767, 65535, 65536, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1, 2 ** 53 - 1],
);
const byte = fc.oneof(fc.nat(255), fc.constantFrom(0, 1, 40, 75, 77, 93, 101, 255));

const ofBytes: fc.Arbitrary<Damage> = fc.oneof(
  fc.record({ kind: fc.constant('flip' as const), at, bit: fc.nat(7) }),
  fc.record({
    kind: fc.constant('write' as const),
    at,
    bytes: fc.array(byte, { minLength: 1, maxLength: 6 }),
  }),
  fc.record({
    kind: fc.constantFrom('cut', 'remove', 'double'),
    at,
    length: fc.integer({ min: 1, max: 60 }),
  }),
  fc.record({ kind: fc.constant('splice' as const), at, from: at, length: fc.integer({ min: 1, max: 400 }) }),
  fc.record({ kind: fc.constant('length' as const), at, width: fc.constantFrom(1, 2, 4, 8), value: extreme }),
);
const anyText = fc.constantFrom(...VALUES, ...TEXTS);
const ofTexts: fc.Arbitrary<Damage> = fc.oneof(
  fc.record({ kind: fc.constant('insert' as const), at, text: anyText, times }),
  fc.record({ kind: fc.constant('token' as const), at, text: anyText, times }),
);
const ofValues: fc.Arbitrary<Damage> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({ kind: fc.constant('value' as const), at, text: fc.constantFrom(...VALUES) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('swap' as const), at, from: at }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('member' as const),
      at,
      text: fc.constantFrom(...TEXTS.slice(0, 3)),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('nest' as const), at, times: fc.constantFrom(1, 100, 10_000) }),
  },
);

/** What is done to a file: to one of bytes anything; one of JSON mostly stays JSON. */
export const damageTo: Readonly<Record<'bytes' | 'json', fc.Arbitrary<readonly Damage[]>>> = {
  bytes: fc.array(fc.oneof({ weight: 5, arbitrary: ofBytes }, { weight: 2, arbitrary: ofTexts }), {
    minLength: 1,
    maxLength: 3,
  }),
  json: fc.oneof(
    { weight: 6, arbitrary: fc.array(ofValues, { minLength: 1, maxLength: 3 }) },
    { weight: 1, arbitrary: fc.array(fc.oneof(ofBytes, ofTexts, ofValues), { minLength: 1, maxLength: 2 }) },
  ),
};

/** The damaged bytes; `other` is a file from which pieces are taken. */
export function apply(bytes: Uint8Array, step: Damage, other: Uint8Array): Uint8Array {
  const start = Math.floor(step.at * Math.max(0, bytes.length - 1));
  switch (step.kind) {
    case 'flip':
      return overwrite(bytes, start, Uint8Array.of((bytes[start] ?? 0) ^ (1 << step.bit)));
    case 'write':
      return overwrite(bytes, start, Uint8Array.from(step.bytes));
    case 'length':
      return overwrite(bytes, start, numberBytes(step.value, step.width));
    case 'cut':
      return bytes.slice(0, start);
    case 'remove':
      return joined(bytes.subarray(0, start), bytes.subarray(start + step.length));
    case 'double':
      return joined(bytes.subarray(0, start + step.length), bytes.subarray(start));
    case 'insert':
      return joined(bytes.subarray(0, start), bytesOf(step.text.repeat(step.times)), bytes.subarray(start));
    case 'splice': {
      const from = Math.floor(step.from * Math.max(0, other.length - 1));
      const piece = other.subarray(from, from + step.length);
      return joined(bytes.subarray(0, start), piece, bytes.subarray(start + piece.length));
    }
    case 'token':
      return replaceToken(bytes, TOKEN, step.at, () => step.text.repeat(step.times));
    case 'value':
      return replaceToken(bytes, VALUE, step.at, () => step.text);
    case 'swap':
      return replaceToken(bytes, VALUE, step.at, (_, all) => all[Math.floor(step.from * (all.length - 1))]!);
    case 'member':
      return replaceToken(bytes, /\{/g, step.at, () => `{${step.text}`);
    case 'nest':
      return replaceToken(
        bytes,
        VALUE,
        step.at,
        (value) => '['.repeat(step.times) + value + ']'.repeat(step.times),
      );
  }
}

/** A string, number, name or sign of a text. */
const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|[A-Za-z_]+|[[\]{}:,;()]/g;
/** A value of JSON, or a key with its colon, which is passed over. */
const VALUE = /"(?:[^"\\]|\\.)*"\s*(?<key>:)?|-?\d[\d.eE+-]*|true|false|null|\[[\d,]*\]|\{\}/g;

function replaceToken(
  bytes: Uint8Array,
  token: RegExp,
  place: number,
  by: (text: string, all: readonly string[]) => string,
): Uint8Array {
  const whole = new TextDecoder().decode(bytes);
  const found = [...whole.matchAll(token)].filter(({ groups }) => !groups?.key);
  const chosen = found[Math.floor(place * Math.max(0, found.length - 1))];
  if (!chosen) return bytes;
  const text = by(
    chosen[0],
    found.map(([match]) => match),
  );
  return bytesOf(whole.slice(0, chosen.index) + text + whole.slice(chosen.index + chosen[0].length));
}

function overwrite(bytes: Uint8Array, start: number, values: Uint8Array): Uint8Array {
  const copy = bytes.slice();
  copy.set(values.subarray(0, copy.length - start), start);
  return copy;
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let start = 0;
  for (const part of parts) {
    all.set(part, start);
    start += part.length;
  }
  return all;
}

function numberBytes(value: number, width: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value), true);
  return bytes.subarray(0, width);
}

export function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
