// A hundred training steps beside Keras: the same weights, the same batches, the same losses.
import { existsSync, readFileSync } from 'node:fs';
import { useBackend } from '@ostinato/backend';
import { createRegistry } from '@ostinato/core';
import { loadImdb } from '@ostinato/datasets';
import { kernels } from '@ostinato/kernels';
import { dense, embedding, gru, layers, lstm, simpleRNN } from '@ostinato/layers';
import { adam, type Sequential, sequential } from '@ostinato/training';
import { beforeAll, describe, expect, test } from 'vitest';
import { type HashedWeight, hash, hashedWeight } from './hashed-values.js';

interface Run {
  readonly losses: number[];
  readonly finalWeights: { name: string; shape: number[]; values?: number[]; norm?: number }[];
}
interface Golden {
  readonly numWords: number;
  readonly outputDim: number;
  readonly units: number;
  readonly maxLen: number;
  readonly batchSize: number;
  readonly steps: number;
  readonly learningRate: number;
}
interface Synthetic extends Golden {
  readonly data: { idsSeed: number };
  readonly cases: {
    name: string;
    layer: 'SimpleRNN' | 'LSTM' | 'GRU';
    maskZero: boolean;
    weights: HashedWeight[];
    runs: Record<string, Run>;
  }[];
}
interface Imdb extends Golden {
  readonly weights: HashedWeight[];
  readonly runs: Record<string, Run>;
}

const read = <T>(name: string): T =>
  JSON.parse(readFileSync(new URL(`../../goldens/${name}.json`, import.meta.url), 'utf8')) as T;
const LAYERS = { SimpleRNN: simpleRNN, LSTM: lstm, GRU: gru };
const registry = createRegistry([layers, kernels]);

async function build(
  golden: Golden,
  layer: 'SimpleRNN' | 'LSTM' | 'GRU',
  maskZero: boolean,
  weights: HashedWeight[],
  fused: 'auto' | 'off' | 'required',
): Promise<Sequential> {
  const { numWords, outputDim, units, maxLen, learningRate } = golden;
  const model = sequential(
    [
      embedding({ inputDim: numWords, outputDim, maskZero }),
      LAYERS[layer]({ units }),
      dense({ units: 1, activation: 'sigmoid' }),
    ],
    { registry, seed: 1, fused },
  );
  model.build([null, maxLen]);
  await model.setWeights(weights.map(hashedWeight));
  model.compile({ optimizer: adam({ learningRate }), loss: 'binaryCrossentropy' });
  return model;
}

async function lossesOf(
  model: Sequential,
  x: Int32Array,
  y: Float32Array,
  golden: Golden,
): Promise<number[]> {
  const { batchSize, maxLen, steps } = golden;
  const losses: number[] = [];
  for (let i = 0; i < steps; i++) {
    const rows = [i * batchSize, (i + 1) * batchSize] as const;
    const { loss } = await model.trainOnBatch(
      { data: x.subarray(rows[0] * maxLen, rows[1] * maxLen), shape: [batchSize, maxLen] },
      { data: y.subarray(...rows), shape: [batchSize] },
    );
    losses.push(loss!);
  }
  return losses;
}

const largest = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);

beforeAll(async () => {
  await useBackend('wasm');
});

describe.each(['auto', 'off'] as const)('on generated data, fused %s', (fused) => {
  const golden = read<Synthetic>('synthetic-100-steps');
  const { numWords, maxLen, batchSize, steps, data } = golden;
  const rows = steps * batchSize;
  const x = Int32Array.from({ length: rows * maxLen }, (_, i) => hash(i, data.idsSeed) % numWords);
  const y = Float32Array.from({ length: rows }, (_, row) => {
    const sum = x.subarray(row * maxLen, (row + 1) * maxLen).reduce((total, id) => total + id, 0);
    return 2 * sum >= maxLen * (numWords - 1) ? 1 : 0;
  });

  test.each(golden.cases.map((one) => [one.name, one] as const))(
    '%s',
    async (_name, { layer, maskZero, weights, runs }) => {
      const model = await build(golden, layer, maskZero, weights, fused);
      const losses = await lossesOf(model, x, y, golden);
      expect(largest(losses, runs.reference!.losses)).toBeLessThan(1e-3);
      expect(largest(losses, runs.jax!.losses)).toBeLessThan(1e-3);
      const final = await model.getWeights();
      runs.reference!.finalWeights.forEach(({ name, values }, i) => {
        expect(largest(values!, [...final[i]!.data]), name).toBeLessThan(1e-3);
      });
      model.dispose();
    },
  );
});

const file = new URL('../../../shared/data/imdb.npz', import.meta.url).pathname;

test.skipIf(!existsSync(file))('on the real reviews (needs ../shared/data/imdb.npz)', async () => {
  const golden = read<Imdb>('imdb-100-steps');
  const { train } = await loadImdb({ path: file, numWords: golden.numWords, maxLen: golden.maxLen });
  const model = await build(golden, 'SimpleRNN', false, golden.weights, 'required');
  const losses = await lossesOf(model, train.x.data, Float32Array.from(train.y.data), golden);
  expect(largest(losses, golden.runs.reference!.losses)).toBeLessThan(1e-3);
  expect(largest(losses, golden.runs.jax!.losses)).toBeLessThan(1e-3);
  const final = await model.getWeights();
  golden.runs.reference!.finalWeights.forEach(({ name, norm }, i) => {
    const ours = Math.sqrt([...final[i]!.data].reduce((sum, value) => sum + value * value, 0));
    expect(Math.abs(ours - norm!) / norm!, name).toBeLessThan(1e-4);
  });
  model.dispose();
});
