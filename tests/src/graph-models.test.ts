// Graph models of real layers: initial states as inputs, models in wrappers, and files of them.
import { useBackend } from '@ostinato/backend';
import { createRegistry, createRng, input } from '@ostinato/core';
import { kernels } from '@ostinato/kernels';
import { bidirectional, dense, embedding, gru, layers, lstm, timeDistributed } from '@ostinato/layers';
import { model, modelFromBytes, sequential } from '@ostinato/training';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';

const rng = createRng(4);
const numbers = (...shape: number[]) => ({
  shape,
  data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => rng.uniform(-1, 1)),
});

describe.each([
  ['cpu', 'off'],
  ['wasm', 'off'],
  ['wasm', 'auto'],
] as const)('on %s, fused %s', (backend, fused) => {
  const options = { registry: createRegistry([layers, kernels]), fused };

  test('initial states are inputs: two halves of a sequence give what the whole gives', async () => {
    await useBackend(backend, { fallback: false });
    const before = tf.memory().numTensors;
    const layer = lstm({ units: 5, returnState: true });
    const [x, h, c] = [input({ shape: [null, 3] }), input({ shape: [5] }), input({ shape: [5] })];
    const whole = model({ inputs: [x, h, c], outputs: [...layer.applyAll([x, h, c])] }, options);
    const data = numbers(2, 6, 3);
    const part = (start: number, end: number) =>
      tf.tidy(() => tf.slice(tf.tensor(data.data, [2, 6, 3]), [0, start, 0], [2, end - start, 3]));
    const [first, second] = [part(0, 4), part(4, 6)];
    const zeros = { data: new Float32Array(10), shape: [2, 5] };
    const all = await whole.predict([data, zeros, zeros]);
    const half = await whole.predict([first, zeros, zeros]);
    const rest = await whole.predict([second, half[1]!, half[2]!]);
    const difference = tf.tidy(() => tf.max(tf.abs(tf.sub(rest[1]!, all[1]!))).dataSync()[0]);
    expect(difference).toBeLessThan(1e-6);
    tf.dispose([first, second, ...all, ...half, ...rest]);
    whole.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  test('a model at every step, with a recurrent layer in both directions, trains and comes back from a file', async () => {
    await useBackend(backend, { fallback: false });
    const sentence = sequential(
      [embedding({ inputDim: 9, outputDim: 3, maskZero: true }), gru({ units: 4 })],
      {
        ...options,
        seed: 2,
      },
    );
    const text = input({ shape: [3, 5], dtype: 'int32' });
    const each = timeDistributed({ layer: sentence.asLayer(), name: 'each' }).apply(text);
    const outputs = dense({ units: 1 }).apply(bidirectional({ layer: lstm({ units: 3 }) }).apply(each));
    const before = tf.memory().numTensors;
    const whole = model({ inputs: text, outputs }, { ...options, seed: 1 });
    whole.compile({ optimizer: 'adam', loss: 'mse' });
    const x = { data: Int32Array.from({ length: 4 * 15 }, (_, i) => (i * 7) % 9), shape: [4, 3, 5] };
    const { epochs } = await whole.fit(x, [1, 0, 0.5, -1], { epochs: 12 });
    expect(epochs.at(-1)!.loss).toBeLessThan(epochs[0]!.loss);
    const names = (await whole.getWeights()).map(({ name }) => name);
    expect(names.slice(0, 2)).toEqual(['each/layer/embedding/embeddings', 'each/layer/gru/kernel']);
    const loaded = await modelFromBytes<typeof whole>(await whole.toBytes(), options);
    expect(await loaded.fingerprint()).toBe(await whole.fingerprint());
    await loaded.fit(x, [1, 0, 0.5, -1], { initialEpoch: 12, epochs: 14 });
    await whole.fit(x, [1, 0, 0.5, -1], { initialEpoch: 12, epochs: 14 });
    expect(await loaded.fingerprint()).toBe(await whole.fingerprint());
    loaded.dispose();
    whole.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});
