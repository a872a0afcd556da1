import { expect, test } from 'vitest';
import type { NumberArray } from './arrays.js';
import { truncateSequences } from './truncate-sequences.js';

/** Row r, step t, feature f holds 100r + 10t + f. */
function counted(rows: number, steps: number, features: number): NumberArray {
  const data = new Float32Array(rows * steps * features);
  data.forEach((_, i) => {
    const [row, step] = [Math.floor(i / features / steps), Math.floor(i / features) % steps];
    data[i] = 100 * row + 10 * step + (i % features);
  });
  return { data, shape: [rows, steps, features] };
}

const ids = { data: Int32Array.from({ length: 15 }, (_, i) => i), shape: [3, 5] };

test('row i of a batch goes on where row i of the batch before ended, until the states are reset', () => {
  const windows = truncateSequences(counted(3, 5, 2), undefined, { steps: 2, batchSize: 2 });
  const batches = [...windows];
  expect(windows.length).toBe(6);
  expect(batches.map(({ resetStates }) => resetStates)).toEqual([true, false, false, true, false, false]);
  expect(batches.map(({ x }) => x.shape)).toEqual([
    [2, 2, 2],
    [2, 2, 2],
    [2, 1, 2],
    [1, 2, 2],
    [1, 2, 2],
    [1, 1, 2],
  ]);
  expect([...batches[1]!.x.data]).toEqual([20, 21, 30, 31, 120, 121, 130, 131]);
  expect([...batches[5]!.x.data]).toEqual([240, 241]);
  expect('y' in batches[0]!).toBe(false);
  expect([...windows]).toEqual(batches);
});

test('targets of steps are cut, those of sequences go with each window', () => {
  const options = { steps: 3, batchSize: 3 };
  const bySteps = [...truncateSequences(ids, counted(3, 5, 1), options)];
  expect(bySteps.map(({ y }) => y.shape)).toEqual([
    [3, 3, 1],
    [3, 2, 1],
  ]);
  expect([...bySteps[1]!.y.data]).toEqual([30, 40, 130, 140, 230, 240]);
  expect(bySteps[1]!.x.data).toEqual(Int32Array.of(3, 4, 8, 9, 13, 14));
  const bySequence = [...truncateSequences(ids, { data: Float32Array.of(7, 8, 9), shape: [3] }, options)];
  expect(bySequence.map(({ y }) => [...y.data])).toEqual([
    [7, 8, 9],
    [7, 8, 9],
  ]);
  const five = { data: Float32Array.from(ids.data), shape: [3, 5] };
  const asked = [...truncateSequences(ids, five, { ...options, targets: 'sequence' })];
  expect(asked[1]!.y.shape).toEqual([3, 5]);
});

test.each([
  ['no steps', ids, undefined, {}, /config-steps/],
  ['a misspelt option', ids, undefined, { step: 3 }, /steps.*config-unknown/],
  ['no batch', ids, undefined, { steps: 1, batchSize: 0 }, /config-batch-size/],
  [
    'x without steps',
    { data: new Float32Array(3), shape: [3] },
    undefined,
    { steps: 1 },
    /`x`.*rows and steps/,
  ],
  ['lists', [[1, 2]], undefined, { steps: 1 }, /sequences-shape/],
  [
    'another size',
    { data: ids.data, shape: [3, 4] },
    undefined,
    { steps: 1 },
    /15 numbers with shape \[3,4\]/,
  ],
  ['nothing', { data: new Int32Array(0), shape: [0, 4] }, undefined, { steps: 1 }, /sequences-shape/],
  ['targets of other rows', ids, { data: new Float32Array(2), shape: [2] }, { steps: 1 }, /sequences-length/],
  [
    'targets of no steps',
    ids,
    { data: new Float32Array(3), shape: [3, 1] },
    { steps: 1, targets: 'step' },
    /rows or steps/,
  ],
  [
    'a kind of target',
    ids,
    { data: new Float32Array(3), shape: [3] },
    { steps: 1, targets: 'row' },
    /config-targets/,
  ],
])('%s is refused', (_, x, y, options, message) => {
  expect(() => truncateSequences(x as NumberArray, y as NumberArray, options as never)).toThrow(message);
});
