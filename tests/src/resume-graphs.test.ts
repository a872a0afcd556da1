// A model with two inputs and outputs, a shared layer and a stateful model within it goes on to the bit.
import { useBackend } from '@ostinato/backend';
import { createRegistry, createRng, input } from '@ostinato/core';
import { kernels } from '@ostinato/kernels';
import { add, dense, layers, lstm, simpleRNN } from '@ostinato/layers';
import { backupAndRestore, type Callback, type Model, memoryStorage, model } from '@ostinato/training';
import { beforeAll, expect, test } from 'vitest';

const registry = createRegistry([layers, kernels]);
const [ROWS, STEPS] = [16, 5];
const rng = createRng(3);
const values = (...shape: number[]) => {
  const size = shape.reduce((a, b) => a * b, 1);
  return { data: Float32Array.from({ length: size }, () => rng.normal()), shape };
};
const x = { left: values(ROWS, STEPS, 2), right: values(ROWS, STEPS, 2) };
const y = { sign: Float32Array.from({ length: ROWS }, (_, i) => i % 2), size: values(ROWS, 1) };
const options = { epochs: 3, batchSize: 4, shuffle: false, validationData: [x, y] as const };

beforeAll(() => useBackend('wasm'));

function makeModel(): Model {
  const inner = input({ shape: [STEPS, 2] });
  const encoder = model(
    {
      inputs: inner,
      outputs: lstm({ units: 3, stateful: true, name: 'memory' }).apply(inner),
      name: 'encoder',
    },
    { registry, seed: 2 },
  );
  const left = input({ shape: [STEPS, 2], name: 'left' });
  const right = input({ shape: [STEPS, 2], name: 'right' });
  const shared = simpleRNN({ units: 3, name: 'shared' });
  const all = add().apply([encoder.apply(left), shared.apply(left), shared.apply(right)]);
  const outputs = {
    sign: dense({ units: 1, activation: 'sigmoid' }).apply(all),
    size: dense({ units: 1 }).apply(all),
  };
  const made = model({ inputs: [left, right], outputs }, { registry, seed: 5 });
  made.compile({
    optimizer: 'adam',
    loss: { sign: 'binaryCrossentropy', size: 'mse' },
    metrics: { sign: ['accuracy'], size: ['mae'] },
  });
  return made;
}

test('from every batch', async () => {
  const moments: Uint8Array[] = [];
  const keep = async (_at: number, _logs: unknown, own: Model): Promise<void> => {
    moments.push(await own.trainingState());
  };
  const whole = makeModel();
  const figuresOf = ({ history }: Model) => history.epochs.map(({ seconds: _, ...figures }) => figures);
  await whole.fit(x, y, { ...options, callbacks: [{ innermost: true, onBatchEnd: keep, onEpochEnd: keep }] });
  expect(moments.length).toBe(3 * 4 + 3);
  for (const [i, bytes] of moments.entries()) {
    const next = makeModel();
    await next.ready();
    await next.restoreTrainingState(bytes);
    await next.fit(x, y, options);
    expect(figuresOf(next), `moment ${i}`).toEqual(figuresOf(whole));
    expect(await next.weightsSha256(), `moment ${i}`).toBe(await whole.weightsSha256());
    next.dispose();
  }
});

test('by backupAndRestore, after it was killed', async () => {
  const whole = makeModel();
  await whole.fit(x, y, options);
  const storage = memoryStorage();
  const killed: Callback = {
    onBatchBegin: (batch, { run }) => {
      if (run!.epoch === 1 && batch === 3) throw new Error('killed');
    },
  };
  const safe = backupAndRestore({ storage, saveFreq: 1 });
  await expect(makeModel().fit(x, y, { ...options, callbacks: [safe, killed] })).rejects.toThrow('killed');
  const next = makeModel();
  await next.fit(x, y, { ...options, callbacks: [safe] });
  expect(await next.weightsSha256()).toBe(await whole.weightsSha256());
});
