// What a callback keeps must come back from a checkpoint: what would not is refused before it is written.
import { useBackend } from '@ostinato/backend';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Callback } from '../callbacks.js';
import { type Sequential, sequential } from '../sequential.js';
import { memoryStorage } from '../storage/memory-storage.js';
import { dense, testRegistry } from '../test-support/test-layers.js';
import { backupAndRestore } from './backup-and-restore.js';

const x = [
  [1, 2],
  [2, 1],
];
const y = [[1], [0]];

beforeAll(() => useBackend('cpu'));

function makeModel(): Sequential {
  const model = sequential([dense({ units: 1 })], { registry: testRegistry(), seed: 1, inputShape: [2] });
  model.compile({ optimizer: 'adam', loss: 'mse' });
  return model;
}

const keeping = (state: unknown): Callback => ({
  name: 'mine',
  getState: () => state as never,
  setState: () => {},
});
const tensor = (fields: object = {}) => ({ name: 'a', shape: [2], data: new Float32Array(2), ...fields });
const circle: unknown[] = [];
circle.push(circle);

describe('is refused when a checkpoint is made, and older ones stay', () => {
  test.each<[string, unknown, RegExp]>([
    ['nothing', undefined, /returned no state.*received undefined/],
    ['a number', 5, /returned no state/],
    ['no JSON', {}, /`json` of its state/],
    ['a function', { json: { a: [1, () => 2] } }, /`json\.a\[1\]` of its state/],
    ['a circle', { json: circle }, /is no JSON/],
    ['a date', { json: { at: new Date(0) } }, /`json\.at` of its state/],
    ['a big integer', { json: 10n }, /is no JSON/],
    ['undefined in a list', { json: [undefined] }, /`json\[0\]` of its state/],
    ['a field __proto__', { json: JSON.parse('{"__proto__":{"a":1}}') }, /is no JSON/],
    ['tensors that are no list', { json: 1, tensors: null }, /`tensors` of its state is no list/],
    ['a tensor that is none', { json: 1, tensors: [5] }, /`tensors\[0\]` of its state/],
    ['a tensor of another size', { json: 1, tensors: [tensor({ shape: [3] })] }, /is no tensor/],
    ['a tensor of doubles', { json: 1, tensors: [tensor({ data: new Float64Array(2) })] }, /is no tensor/],
    ['two tensors of one name', { json: 1, tensors: [tensor(), tensor()] }, /have one name/],
  ])('%s', async (_, state, message) => {
    const storage = memoryStorage();
    const backup = backupAndRestore({ storage, deleteCheckpoint: false });
    await makeModel().fit(x, y, { callbacks: [backup] });
    const before = await storage.list();
    const failed = makeModel().fit(x, y, { epochs: 2, callbacks: [backup, keeping(state)] });
    await expect(failed).rejects.toMatchObject({ code: 'callback-state' });
    await expect(failed).rejects.toThrow(message);
    await expect(failed).rejects.toThrow(/^\[callback mine\]/);
    expect(await storage.list()).toEqual(before);
  });
});

test('numbers that are not finite and fields without a value are no harm', async () => {
  const model = makeModel();
  const json = { best: Number.NEGATIVE_INFINITY, none: undefined, deep: [{ wait: -0 }] };
  let found: unknown;
  const callback: Callback = {
    ...keeping({ json, tensors: [tensor()] }),
    setState(state) {
      found = state;
    },
  };
  await model.fit(x, y, { callbacks: [callback] });
  await model.restoreTrainingState(await model.trainingState());
  await model.fit(x, y, { epochs: 2, callbacks: [callback] });
  expect(found).toEqual({
    json: { best: Number.NEGATIVE_INFINITY, deep: [{ wait: -0 }] },
    tensors: [tensor()],
  });
});
