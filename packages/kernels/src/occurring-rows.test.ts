import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { KernelRuntime } from './kernel-runtime.js';

const runtime = new KernelRuntime({ threads: 1 });
beforeAll(() => runtime.start());

test('each row is listed once, and every id finds its own', () => {
  const { wasm, storage } = runtime;
  const { heap } = storage;
  const lists = fc.array(fc.nat(40), { maxLength: 60 });
  const at = heap.allocate(4096);
  const [ids, list, places, known] = [at, at + 1024, at + 2048, at + 3072] as const;
  fc.assert(
    fc.property(lists, (given) => {
      const distinct = [...new Set(given)];
      const find = (most: number): number => {
        heap.integers(at, 1024).fill(-1); // what was there before counts for nothing
        heap.integers(ids, given.length).set(given);
        return wasm.occurringRows(list, places, known, ids, given.length, 41, most);
      };
      if (distinct.length > 0) expect(find(distinct.length - 1)).toBe(-1);
      expect(find(distinct.length)).toBe(distinct.length);
      expect([...heap.integers(list, distinct.length + 1)]).toEqual([...distinct, -1]);
      const found = [...heap.integers(places, given.length + 1)];
      expect(found.pop()).toBe(-1);
      expect(found.map((place) => distinct[place])).toEqual(given);
    }),
    { seed: 1 },
  );
});
