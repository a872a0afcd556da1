import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { useBackend } from '@ostinato/backend';
import { beforeAll, expect, test } from 'vitest';
import { compiledWordModel, wordModel, wordTask } from '../test-support/tasks.js';
import { loadWeights, weightsToBytes } from './weights-file.js';

beforeAll(() => useBackend('cpu'));

async function trained() {
  const { x, y } = wordTask(12);
  const model = compiledWordModel();
  await model.fit(x, y, { epochs: 2 });
  return { model, bytes: weightsToBytes(await model.getWeights()) };
}

test('another model takes the weights, from bytes or a file, of weights alone or of a whole model', async () => {
  const { model, bytes } = await trained();
  const folder = await mkdtemp(join(tmpdir(), 'ostinato-weights-'));
  try {
    const path = join(folder, 'weights.safetensors');
    await writeFile(path, bytes);
    for (const source of [bytes, path, await model.toBytes()]) {
      const other = wordModel({ seed: 9, inputShape: [5] });
      expect(await other.weightsSha256()).not.toBe(await model.weightsSha256());
      await loadWeights(other, source);
      expect(await other.weightsSha256()).toBe(await model.weightsSha256());
    }
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('options are checked', async () => {
  const { bytes } = await trained();
  const other = wordModel({ seed: 9, inputShape: [5] });
  await expect(loadWeights(other, bytes, { strickt: false } as never)).rejects.toThrow(
    /Did you mean 'strict'\? \(config-unknown\)/,
  );
  await expect(loadWeights(other, bytes, { strict: 0 } as never)).rejects.toMatchObject({
    code: 'config-strict',
  });
});

test('other weights, damage and what is no file are refused, and nothing changes', async () => {
  const { bytes } = await trained();
  const other = wordModel({ seed: 9, inputShape: [5] });
  const before = await other.weightsSha256();
  const damaged = bytes.slice();
  damaged[damaged.length - 1]! ^= 1;
  const weights = await other.getWeights();
  const cases: [unknown, RegExp][] = [
    [damaged, /The weights are not those that were saved.*\(model-file\)/],
    [
      weightsToBytes(weights.slice(1)),
      /not the weights of this model: The weight '.*' is missing.*`\{ strict: false \}`.*\(weights-other\)/,
    ],
    [weightsToBytes([...weights, { ...weights[0]!, name: 'more' }]), /The model has no weight 'more'/],
    [
      weightsToBytes(weights.map((weight) => ({ ...weight, shape: [...weight.shape, 1] }))),
      /has another shape/,
    ],
    ['/no/such/file', /The file cannot be read: ENOENT/],
    [7, /These are no bytes/],
  ];
  for (const [source, message] of cases) {
    await expect(loadWeights(other, source as never)).rejects.toThrow(message);
  }
  expect(await other.weightsSha256()).toBe(before);
});
