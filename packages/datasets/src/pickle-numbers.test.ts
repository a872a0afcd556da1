import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ByteCursor } from './byte-cursor.js';
import { BININT, BININT1, BININT2, readNumbers } from './pickle-numbers.js';

/** A number in one of its forms, as pickles write it. */
const written = fc.oneof(
  fc.integer({ min: 0, max: 0xff }).map((value) => ({ value, bytes: [BININT1, value] })),
  fc.integer({ min: 0, max: 0xffff }).map((value) => ({ value, bytes: [BININT2, value & 255, value >> 8] })),
  fc.integer().map((value) => ({
    value,
    bytes: [BININT, value & 255, (value >> 8) & 255, (value >> 16) & 255, value >>> 24],
  })),
);

it('reads numbers of every width, from where it stands to what is no number', () => {
  fc.assert(
    fc.property(fc.array(written), fc.constantFrom('eaaaa', '.5678', '\0KKKK'), (numbers, rest) => {
      const tail = Array.from(rest, (character) => character.charCodeAt(0));
      const bytes = Uint8Array.from([BININT1, 7, ...numbers.flatMap((number) => number.bytes), ...tail]);
      const cursor = new ByteCursor(bytes, 'x', 2);
      const ids = new Int32Array(numbers.length + 3);
      expect(readNumbers(cursor, ids, 3)).toBe(numbers.length + 3);
      expect([...ids.subarray(3)]).toEqual(numbers.map((number) => number.value));
      expect(cursor.position).toBe(bytes.length - tail.length);
    }),
    { seed: 23 },
  );
});

it('stops before the last bytes, at a number that may not be whole', () => {
  fc.assert(
    fc.property(fc.array(written, { minLength: 1 }), fc.nat({ max: 4 }), (numbers, missing) => {
      const bytes = Uint8Array.from(numbers.flatMap((number) => number.bytes));
      const cut = bytes.subarray(0, Math.max(0, bytes.length - missing));
      const cursor = new ByteCursor(cut, 'x');
      const ids = new Int32Array(numbers.length);
      const count = readNumbers(cursor, ids, 0);
      const read = numbers.slice(0, count);
      expect([...ids.subarray(0, count)]).toEqual(read.map((number) => number.value));
      expect(cursor.position).toBe(read.flatMap((number) => number.bytes).length);
      expect(cut.length - cursor.position).toBeLessThan(5);
    }),
    { seed: 24 },
  );
});
