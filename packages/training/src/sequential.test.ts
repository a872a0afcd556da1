import { useBackend } from '@ostinato/backend';
import type { Layer } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { adam } from './optimizers/adam.js';
import { type Sequential, sequential } from './sequential.js';
import { type GoldenTensor, readGolden } from './test-support/golden.js';
import { compiledWordModel, wordModel, wordTask } from './test-support/tasks.js';
import { dense, dropout, embedding, testRegistry } from './test-support/test-layers.js';

const registry = testRegistry();

describe.each(['cpu', 'wasm'] as const)('on %s', (backend) => {
  beforeAll(async () => {
    await useBackend(backend, { fallback: false });
  });

  test('learns, evaluates and predicts, and leaves no tensor behind', async () => {
    const start = tf.memory().numTensors;
    const { x, y } = wordTask(90);
    const model = compiledWordModel();
    model.optimizer.learningRate = 0.05;
    await model.fit(x, y, { epochs: 1, batchSize: 16, validationSplit: 0.2 });
    const trained = tf.memory().numTensors;
    const { epochs } = await model.fit(x, y, { epochs: 12, batchSize: 16, validationSplit: 0.2 });
    expect(epochs.at(-1)!.accuracy).toBeGreaterThan(0.9);
    expect(epochs.at(-1)!.valAccuracy).toBeGreaterThan(0.8);
    const { loss, accuracy } = await model.evaluate(x, y, { batchSize: 7 });
    expect(accuracy).toBeGreaterThan(0.9);
    expect(loss).toBeLessThan(0.5);
    await model.trainOnBatch(x, y);
    expect(tf.memory().numTensors).toBe(trained);
    const predictions = await model.predict(x, { batchSize: 16 });
    expect(predictions.shape).toEqual([90, 1]);
    const right = predictions.dataSync().filter((p, i) => p > 0.5 === (y[i] === 1)).length;
    expect(right / 90).toBeCloseTo(accuracy!, 6);
    const whole = await model.predictOnBatch(x);
    expect([...whole.dataSync()].every((p, i) => Math.abs(p - predictions.dataSync()[i]!) < 1e-6)).toBe(true);
    tf.dispose([predictions, whole]);
    expect(tf.memory().numTensors).toBe(trained);
    model.dispose();
    expect(tf.memory().numTensors).toBe(start);
  });

  test('the loss of an epoch is a mean over rows, and metrics do not see sample weights', async () => {
    interface EpochLoss {
      readonly x: GoldenTensor;
      readonly y: GoldenTensor;
      readonly sampleWeight: GoldenTensor;
      readonly kernel: GoldenTensor;
      readonly bias: GoldenTensor;
      readonly batchSize: number;
      readonly loss: number;
      readonly accuracy: number;
    }
    const golden = readGolden<{ epochLoss: EpochLoss }>('metrics.json').epochLoss;
    const given = ({ shape, values }: GoldenTensor) => ({ shape, data: Float32Array.from(values) });
    const layers = [dense({ units: 1, activation: 'sigmoid' })];
    const model = sequential(layers, { registry, inputShape: [golden.x.shape[1]!] });
    model.compile({ optimizer: 'sgd', loss: 'binaryCrossentropy', metrics: ['accuracy'] });
    await model.setWeights([given(golden.kernel), given(golden.bias)]);
    const options = { sampleWeight: given(golden.sampleWeight), batchSize: golden.batchSize };
    const { loss, accuracy } = await model.evaluate(given(golden.x), given(golden.y), options);
    expect(loss).toBeCloseTo(golden.loss, 5);
    expect(accuracy).toBeCloseTo(golden.accuracy, 6);
    model.dispose();
  });

  test('the same seed gives the same weights, bit for bit; another seed gives others', async () => {
    const { x, y } = wordTask(40);
    const hash = async (seed: number): Promise<string> => {
      const model = compiledWordModel({ seed });
      await model.fit(x, y, { epochs: 2, batchSize: 8 });
      const sha256 = await model.weightsSha256();
      model.dispose();
      return sha256;
    };
    const first = await hash(5);
    expect(first).toMatch(/^[0-9a-f]{64}$/);
    expect(await hash(5)).toBe(first);
    expect(await hash(6)).not.toBe(first);
  });
});

test('a layer more changes no weight before it', async () => {
  const first = dense({ units: 4 });
  const short = sequential([first], { registry, seed: 3, inputShape: [2] });
  const long = sequential([dense({ units: 4 }), dropout(), dense({ units: 2 })], {
    registry,
    seed: 3,
    inputShape: [2],
  });
  const [kernel] = await short.getWeights();
  const [same, , other] = await long.getWeights();
  expect(same!.data).toEqual(kernel!.data);
  expect(same!.name).toBe('dense/kernel');
  expect(other!.name).toBe('dense_1/kernel');
  expect(new Set(kernel!.data).size).toBeGreaterThan(4);
});

test('a layer in between, with a name of its own, changes no number of those before and after it', async () => {
  const make = (...between: Layer[]) => {
    const ends = [dense({ units: 3 }), ...between, dropout(), dense({ units: 1 })];
    const model = sequential(ends, { registry, seed: 4, inputShape: [3] });
    model.network.buildAlone();
    return model;
  };
  const [one, other] = [make(), make(dense({ units: 3, name: 'between' }))];
  const of = async (model: Sequential) =>
    (await model.getWeights()).filter(({ name }) => !name.startsWith('between'));
  expect(await of(other)).toEqual(await of(one));
  const noise = (model: Sequential) => model.layer('dropout').rng.split(3).uniform(0, 1);
  expect(noise(other)).toBe(noise(one));
});

test('the hash is of the weights as little-endian f32 in model order', async () => {
  const model = sequential([dense({ units: 1 })], { registry, inputShape: [2] });
  await model.setWeights([{ data: Float32Array.of(1, -2), shape: [2, 1] }, [0.5]]);
  const bytes = Uint8Array.of(0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0, 0, 0, 0, 0x3f);
  const digest = Buffer.from(await crypto.subtle.digest('SHA-256', bytes)).toString('hex');
  expect(await model.weightsSha256()).toBe(digest);
});

test('inputs are taken as tensors, typed arrays and nested arrays alike, and tensors are left alone', async () => {
  const model = sequential([dense({ units: 2 })], { registry, seed: 2 });
  const rows = [
    [1, 2, 3],
    [4, 5, 6],
  ];
  const tensor = tf.tensor2d(rows);
  const outputs: number[][] = [];
  const inputs = [tensor, rows, { data: Float64Array.from(rows.flat()), shape: [2, 3] }];
  for (const input of inputs) {
    const output = await model.predict(input);
    outputs.push([...output.dataSync()]);
    output.dispose();
  }
  expect(outputs[1]).toEqual(outputs[0]);
  expect(outputs[2]).toEqual(outputs[0]);
  expect(tensor.isDisposed).toBe(false);
  tensor.dispose();
});

test('a mask that reaches the output keeps padding out of loss and metrics', async () => {
  const layers = () => [
    embedding({ inputDim: 6, outputDim: 2, maskZero: true }),
    dense({ units: 1, activation: 'sigmoid' }),
  ];
  const model = sequential(layers(), { registry, seed: 4 });
  model.compile({ optimizer: 'sgd', loss: 'binaryCrossentropy', metrics: ['accuracy'] });
  const x = { data: Int32Array.of(1, 2, 0, 3, 0, 0), shape: [2, 3] };
  const right = await model.evaluate(x, {
    data: Float32Array.of(1, 0, 0, 1, 0, 0),
    shape: [2, 3, 1],
  });
  const otherPadding = await model.evaluate(x, {
    data: Float32Array.of(1, 0, 1, 1, 1, 1),
    shape: [2, 3, 1],
  });
  expect(otherPadding).toEqual(right);
});

test('weights can be read, set and read again; a wrong set changes nothing', async () => {
  const model = wordModel({ inputShape: [5] });
  const before = await model.getWeights();
  await expect(model.setWeights(before.slice(1))).rejects.toThrow(/weights-count/);
  const swapped = [before[0]!, before[2]!, before[1]!];
  await expect(model.setWeights(swapped)).rejects.toThrow(/dense\/kernel.*shape-mismatch/);
  expect(await model.getWeights()).toEqual(before);
  const doubled = before.map(({ data, shape }) => ({ data: data.map((value) => 2 * value), shape }));
  await model.setWeights(doubled);
  expect((await model.getWeights())[0]!.data).toEqual(doubled[0]!.data);
});

test('compiling again starts with a new optimizer and frees the old one', async () => {
  const { x, y } = wordTask(16);
  const model = compiledWordModel();
  await model.fit(x, y);
  const before = tf.memory().numTensors;
  model.compile({ optimizer: adam(), loss: 'mse' });
  expect(tf.memory().numTensors).toBe(before - 6);
});

test.each([
  ['no layers', () => sequential([], { registry }), 'layers-empty'],
  ['a factory instead of a layer', () => sequential([dense as never], { registry }), 'layers-type'],
  ['no registry', () => sequential([dense({ units: 1 })], {} as never), 'config-registry'],
  ['a negative seed', () => sequential([dense({ units: 1 })], { registry, seed: -1 }), 'rng-seed'],
  [
    'an unknown policy',
    () => sequential([dense({ units: 1 })], { registry, fused: 'on' as never }),
    'config-fused',
  ],
  [
    'a misspelt option',
    () => sequential([dense({ units: 1 })], { registry, sed: 1 } as never),
    'config-unknown',
  ],
  [
    'a shape with a zero',
    () => sequential([dense({ units: 1 })], { registry, inputShape: [0] }),
    'config-input-shape',
  ],
  ['weights before the shape is known', () => wordModel().countParams(), 'not-built'],
  ['the optimizer before compile', () => wordModel().optimizer, 'not-compiled'],
])('%s: a clear error', (_, act, code) => {
  expect(act).toThrow(expect.objectContaining({ code }));
});

const bare = () => compiledWordModel({ inputShape: [5] });
const { x: words, y: labels } = wordTask(4);
test.each([
  ['evaluate', () => bare().evaluate(words, labels, null as never), 'config-options'],
  [
    'evaluate with a word as signal',
    () => bare().evaluate(words, labels, { signal: 'x' as never }),
    'config-signal',
  ],
  ['predict', () => bare().predict(words, null as never), 'config-options'],
  ['trainOnBatch', () => bare().trainOnBatch(words, labels, null as never), 'config-options'],
  ['summary', async () => bare().summary(null as never), 'config-options'],
  ['setWeights', () => bare().setWeights(null as never), 'weights-type'],
  ['build', async () => wordModel().build(undefined as never), 'config-input-shape'],
  ['build with a word', async () => wordModel().build('x' as never), 'config-input-shape'],
])('%s that is given nothing of use: a clear error', async (_, act, code) => {
  await expect(act()).rejects.toMatchObject({ name: 'OstinatoError', code });
});

test('building again for another shape is refused; for the same it is nothing', () => {
  const model = sequential([dense({ units: 1 })], { registry });
  model.build([null, 3]);
  model.build([null, 3]);
  expect(() => model.build([null, 4])).toThrow(expect.objectContaining({ code: 'model-built' }));
});

test('a build that failed can be tried again', () => {
  const model = sequential([embedding({ inputDim: 3, outputDim: 2 }), dense({ units: 1 })], { registry });
  const before = tf.memory().numTensors;
  model.layers[1]!.layer.build = () => {
    throw new Error('not today');
  };
  expect(() => model.build([null, 4])).toThrow('not today');
  expect(tf.memory().numTensors).toBe(before);
  delete (model.layers[1]!.layer as { build?: unknown }).build;
  model.build([null, 4]);
  expect(model.countParams()).toBe(9);
  expect(model.outputShape).toEqual([null, 4, 1]);
});

test('a layer of two outputs, or of another model, is refused and leaves the others as they were', () => {
  const before = tf.memory().numTensors;
  const two = dense({ units: 1 });
  two.outputShapes = () => [
    [null, 1],
    [null, 1],
  ];
  const model = sequential([dense({ units: 2 }), two], { registry });
  expect(() => model.build([null, 3])).toThrow(expect.objectContaining({ code: 'layer-outputs' }));
  expect(tf.memory().numTensors).toBe(before);
  const shared = dense({ units: 2 });
  sequential([shared], { registry }).build([null, 3]);
  const second = sequential([dense({ units: 3 }), shared], { registry });
  expect(() => second.build([null, 3])).toThrow(expect.objectContaining({ code: 'layer-built' }));
  expect(shared.params[0]!.tensor.shape).toEqual([3, 2]);
});
