import { createRng } from '@ostinato/core';
import { expect, test } from 'vitest';
import { Breathing } from '../breathing.js';
import { ArrayBatches } from './array-batches.js';
import { type BatchSource, eachBatch } from './batch-source.js';
import type { Inputs } from './samples.js';

const pace = { stopped: () => false, breathing: new Breathing() };

/** Batches that are numbers of rows; notes when each is made. */
function recorded(count: number, readsAhead: boolean, notes: string[]): BatchSource<Inputs> {
  return {
    count,
    size: count,
    readsAhead,
    *batches(_epoch, skip = 0) {
      for (let i = skip; i < count; i++) {
        notes.push(`made ${i}`);
        yield { x: [{ data: Float32Array.of(i), shape: [1, 1] }] };
      }
    },
  };
}

test.each([
  [true, ['made 1', 'using 1', 'made 2', 'used 1', 'using 2', 'used 2']],
  [false, ['made 1', 'using 1', 'used 1', 'made 2', 'using 2', 'used 2']],
])(
  'a source that reads ahead (%s) makes the next batch when it is asked to',
  async (readsAhead, expected) => {
    const notes: string[] = [];
    const use = async ({ x }: Inputs, index: number, ahead: () => void): Promise<void> => {
      expect(x[0]!.data[0]).toBe(index);
      notes.push(`using ${index}`);
      ahead();
      ahead(); // once is enough
      notes.push(`used ${index}`);
    };
    expect(await eachBatch(recorded(3, readsAhead, notes), 0, pace, use, 1)).toBe(true);
    expect(notes).toEqual(expected);
  },
);

test('a batch of arrays stays what it is while the next is made', async () => {
  const data = Int32Array.from({ length: 40 }, (_, i) => i);
  const source = new ArrayBatches({ x: [{ data, shape: [20, 2] }] }, 4, createRng(1));
  const seen: number[][] = [];
  await eachBatch(source, 0, pace, async ({ x }, _index, ahead) => {
    const before = [...x[0]!.data];
    ahead();
    expect([...x[0]!.data]).toEqual(before);
    seen.push(before);
  });
  expect(seen.flat().sort((a, b) => a - b)).toEqual([...data]);
});
