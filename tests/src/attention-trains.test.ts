// Attention on tfjs' wasm backend beyond the sizes of goldens, where its matrix products change their ways, and in a model.
import { useBackend } from '@ostinato/backend';
import { buildLayer, callLayer, createRegistry, createRng, type Layer } from '@ostinato/core';
import {
  additiveAttention,
  attention,
  dense,
  embedding,
  flatten,
  layers,
  multiHeadAttention,
} from '@ostinato/layers';
import { adam, sequential } from '@ostinato/training';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';

const registry = createRegistry([layers]);
const [BATCH, STEPS, SOURCES, FEATURES] = [3, 50, 67, 53];

/** Outputs and all gradients of a layer with fixed weights on fixed inputs. */
function numbersOf(make: () => Layer): number[][] {
  const rng = createRng(3);
  const drawn = (...shape: number[]): tf.Tensor =>
    tf.tensor(
      Float32Array.from({ length: tf.util.sizeFromShape(shape) }, () => rng.uniform(-1, 1)),
      shape,
    );
  const layer = make();
  const inputShapes = [STEPS, SOURCES].map((steps) => [null, steps, FEATURES]);
  buildLayer(layer, { registry, rng, path: 'look', inputShapes });
  const numbers = tf.tidy(() => {
    const inputs = [drawn(BATCH, STEPS, FEATURES), drawn(BATCH, SOURCES, FEATURES)];
    const counts = drawn(BATCH, SOURCES)
      .dataSync()
      .map((value) => (value > -0.5 ? 1 : 0));
    const masks = [null, tf.tensor(counts, [BATCH, SOURCES], 'bool')];
    const factors = drawn(BATCH, STEPS, FEATURES);
    const loss = () => {
      const [output] = callLayer(layer, inputs, { registry, rng, path: 'look', masks }).outputs;
      return tf.sum(tf.mul(output!, factors)) as tf.Scalar;
    };
    const all = [...inputs, ...layer.params.map(({ tensor }) => tensor)];
    const { value, grads } = tf.engine().gradients(loss, all);
    return [value, ...grads].map((tensor) => [...tensor.dataSync()]);
  });
  layer.dispose();
  return numbers;
}

test.each([
  ['Attention', () => attention({ useScale: true, useCausalMask: true })],
  ['AdditiveAttention', () => additiveAttention()],
  ['MultiHeadAttention', () => multiHeadAttention({ numHeads: 3, keyDim: 49, valueDim: 51 })],
] as const)('%s has the gradients of cpu on wasm', async (_name, make) => {
  await useBackend('cpu');
  const expected = numbersOf(make);
  await useBackend('wasm');
  numbersOf(make).forEach((found, i) => {
    const scale = expected[i]!.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
    const worst = found.reduce((most, value, j) => Math.max(most, Math.abs(value - expected[i]![j]!)), 0);
    expect(worst / scale, `tensor ${i}`).toBeLessThan(2e-5);
  });
});

test('a model with masked attention learns on wasm whether a word occurs twice', async () => {
  await useBackend('wasm');
  const [rows, steps, words] = [320, 7, 6];
  const rng = createRng(5);
  const ids = new Int32Array(rows * steps);
  const labels = Float32Array.from({ length: rows }, (_, row) => {
    const seen = Array.from({ length: 3 + rng.int(steps - 2) }, () => 1 + rng.int(words - 1));
    ids.set(seen, row * steps);
    return seen.filter((word) => word === 3).length >= 2 ? 1 : 0;
  });
  const model = sequential(
    [
      embedding({ inputDim: words, outputDim: 8, maskZero: true }),
      multiHeadAttention({ numHeads: 2, keyDim: 8, dropout: 0.05 }),
      flatten(),
      dense({ units: 1, activation: 'sigmoid' }),
    ],
    { registry, seed: 1 },
  );
  model.compile({
    optimizer: adam({ learningRate: 0.01 }),
    loss: 'binaryCrossentropy',
    metrics: ['accuracy'],
  });
  const { history } = await model.fit(tf.tensor(ids, [rows, steps]), tf.tensor(labels, [rows, 1]), {
    epochs: 8,
  });
  expect(history.accuracy!.at(-1)).toBe(1);
  expect(history.loss!.at(-1)).toBeLessThan(0.02);
  model.dispose();
});
