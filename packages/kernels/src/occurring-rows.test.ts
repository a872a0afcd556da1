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
        if (distinct.length > 0) expect(occurringRows(ids, 41, distinct.length - 1)).toBeUndefined();
        const { rows, places } = occurringRows(ids, 41, distinct.length)!;
        expect([...rows]).toEqual(distinct);
        expect([...places].map((place) => rows[place])).toEqual(given);
      }
    }),
    { seed: 1 },
  );
});
