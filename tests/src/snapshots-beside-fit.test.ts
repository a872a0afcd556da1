// Whoever asks for a model's state while it is trained, and not in a callback, gets one from between two steps.
import { createHash } from 'node:crypto';
import { useBackend } from '@ostinato/backend';
import { createRegistry } from '@ostinato/core';
import { createKernels } from '@ostinato/kernels';
import { dense, embedding, layers, lstm } from '@ostinato/layers';
import { adam, type Sequential, sequential } from '@ostinato/training';
import { afterAll, beforeAll, expect, test } from 'vitest';

const kernels = createKernels({ threads: 2 });
const [ROWS, STEPS] = [320, 12];
const x = {
  data: Int32Array.from({ length: ROWS * STEPS }, (_, i) => (i * 7919) % 50),
  shape: [ROWS, STEPS],
};
const y = { data: Float32Array.from({ length: ROWS }, (_, i) => i % 2), shape: [ROWS, 1] };
const options = { epochs: 3, batchSize: 16 };

beforeAll(() => useBackend('wasm'));
afterAll(() => kernels.stop());

test.each([
  ['with kernels', createRegistry([layers, kernels])],
  ['without', createRegistry([layers])],
])('%s: what is asked amid a step is the state before it or behind it', async (_, registry) => {
  const make = (): { model: Sequential; whenUpdated: (ask: () => void) => void } => {
    const model = sequential(
      [
        embedding({ inputDim: 50, outputDim: 8 }),
        lstm({ units: 9 }),
        dense({ units: 1, activation: 'sigmoid' }),
      ],
      { registry: registry as never, seed: 5, inputShape: [STEPS] },
    );
    const optimizer = adam();
    const update = optimizer.update.bind(optimizer);
    let then = (): void => {};
    optimizer.update = (...given) => {
      queueMicrotask(() => then()); // when `fit` waits for what the step gives, and has not taken it
      return update(...given);
    };
    model.compile({ optimizer, loss: 'binaryCrossentropy' });
    return {
      model,
      whenUpdated: (ask) => {
        then = ask;
      },
    };
  };
  const states = async (model: Sequential): Promise<string[]> => [
    await model.fingerprint(),
    hash(await model.toBytes()),
    await model.weightsSha256(),
  ];
  const boundaries = new Set<string>();
  const alone = make().model;
  for (const state of await states(alone)) boundaries.add(state);
  const onBatchEnd = async (): Promise<void> => {
    for (const state of await states(alone)) boundaries.add(state);
  };
  await alone.fit(x, y, { ...options, callbacks: [{ onBatchEnd }] });
  const { model, whenUpdated } = make();
  const asked: Promise<string>[] = [];
  whenUpdated(() => asked.push(model.fingerprint(), model.toBytes().then(hash), model.weightsSha256()));
  await model.fit(x, y, options);
  const found = await Promise.all(asked);
  expect(found.length).toBe(3 * 60);
  expect(found.filter((state) => !boundaries.has(state))).toEqual([]);
});

const hash = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
