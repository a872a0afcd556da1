// The bits of the weights do not depend on the number of threads: a short training, digests compared.
import { useBackend } from '@ostinato/backend';
import { createRegistry, createRng, type Layer } from '@ostinato/core';
import { createKernels } from '@ostinato/kernels';
import { bidirectional, dense, embedding, gru, layers, lstm, simpleRNN } from '@ostinato/layers';
import { sequential } from '@ostinato/training';
import { beforeAll, expect, test } from 'vitest';

beforeAll(async () => void (await useBackend('wasm')));

const rng = createRng(5);
/** 75 reviews of 40 words at most, zeros in front. */
const lengths = Array.from({ length: 75 }, () => 1 + rng.int(40));
const x = {
  data: Int32Array.from({ length: 75 * 40 }, (_, i) =>
    i % 40 < 40 - lengths[Math.floor(i / 40)]! ? 0 : 1 + rng.int(299),
  ),
  shape: [75, 40],
};
const y = { data: Float32Array.from({ length: 75 }, () => rng.int(2)), shape: [75] };

async function digest(layer: Layer, maskZero: boolean, threads: number): Promise<string> {
  const kernels = createKernels({ threads });
  const registry = createRegistry([layers, kernels]);
  const model = sequential(
    [
      embedding({ inputDim: 300, outputDim: 37, maskZero }),
      layer,
      dense({ units: 1, activation: 'sigmoid' }),
    ],
    { registry, seed: 3, fused: 'required' },
  );
  model.compile({ optimizer: 'adam', loss: 'binaryCrossentropy', metrics: ['accuracy'] });
  await model.fit(x, y, { epochs: 2, batchSize: 33, validationSplit: 0.1 });
  const result = await model.weightsSha256();
  expect(kernels.threads().count).toBe(threads);
  model.dispose();
  await kernels.stop();
  return result;
}

test.each([
  ['SimpleRNN', () => simpleRNN({ units: 19 }), false],
  ['LSTM', () => lstm({ units: 19 }), false],
  ['LSTM, masked', () => lstm({ units: 19 }), true],
  ['GRU', () => gru({ units: 19 }), false],
  ['GRU, masked, reset before', () => gru({ units: 19, resetAfter: false }), true],
  ['LSTM both ways, masked', () => bidirectional({ layer: lstm({ units: 19 }) }), true],
] as const)('%s has the same weights from 1, 2 and 3 threads', async (_, layer, maskZero) => {
  const one = await digest(layer(), maskZero, 1);
  expect(await digest(layer(), maskZero, 2)).toBe(one);
  expect(await digest(layer(), maskZero, 3)).toBe(one);
});
