import fc from 'fast-check';
import { expect, test } from 'vitest';
import { occurringRows } from './occurring-rows.js';

test('each row is listed once, and every id finds its own', () => {
  const lists = fc.array(fc.nat(40), { maxLength: 60 });
  fc.assert(
    fc.property(lists, lists, (first, second) => {
      for (const given of [first, second]) {
        const ids = Int32Array.from(given); // one call leaves nothing behind for the next
        const distinct = [...new Set(given)];
        const places = new Int32Array(given.length);
        const short = new Int32Array(Math.max(0, distinct.length - 1));
        if (distinct.length > 0) expect(occurringRows(ids, 41, short, places)).toBe(-1);
        const list = new Int32Array(distinct.length + 1).fill(-1);
        expect(occurringRows(ids, 41, list, places)).toBe(distinct.length);
        expect([...list]).toEqual([...distinct, -1]);
        expect([...places].map((place) => list[place])).toEqual(given);
      }
    }),
    { seed: 1 },
  );
});
