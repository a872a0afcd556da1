import { useBackend } from '@ostinato/backend';
import { defineLayer, definePlugin, input, type JsonObject, type Layer } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { modelFromBytes } from '../saving/model-file.js';
import { loadWeights, weightsToBytes } from '../saving/weights-file.js';
import { sequential } from '../sequential.js';
import { STEPS, WORDS, wordTask } from '../test-support/tasks.js';
import { dense, dropout, embedding, meanOverSteps, testRegistry } from '../test-support/test-layers.js';
import type { CodeContext } from './code-context.js';
import { CodeModel, type CodeModelOptions } from './code-model.js';
import { model } from './graph-model.js';

interface ReaderOptions extends CodeModelOptions {
  readonly size: number;
}

/** Embedding → mean over steps → Dense, with a residual that no chain has. */
class Reader extends CodeModel<tf.Tensor> {
  readonly size: number;
  readonly words = this.track(embedding({ inputDim: WORDS, outputDim: 3, maskZero: true }));
  readonly mean = this.track(meanOverSteps());
  readonly inner: Layer;
  readonly head = this.track(dense({ units: 1, activation: 'sigmoid' }), 'head');
  seen: (number | null)[] = [];

  constructor(options: ReaderOptions) {
    super(options);
    this.size = options.size;
    const inner = sequential([dense({ units: options.size }), dense({ units: 3 })], {
      registry: options.registry,
      seed: 6,
    });
    this.inner = this.track(inner, 'inner');
  }

  call([ids]: readonly tf.Tensor[], context: CodeContext): tf.Tensor {
    const vectors = context.apply(this.words, ids!);
    this.seen = [context.maskOf(vectors)?.rank ?? null];
    const state = context.apply(this.mean, vectors);
    return context.apply(this.head, tf.add(state, context.apply(this.inner, state)));
  }

  override getConfig(): JsonObject {
    return { size: this.size };
  }

  protected override get savedName(): '@test/readers>Reader' {
    return '@test/readers>Reader';
  }
}

const readers = definePlugin({
  name: '@test/readers',
  version: '1.0.0',
  layers: [
    defineLayer({
      name: '@test/readers>Reader',
      create: (options: ReaderOptions) => new Reader(options).asLayer(),
    }),
  ],
});
const registry = testRegistry(readers);
const { x, y } = wordTask(24);

describe.each(['cpu', 'wasm'] as const)('on %s', (backend) => {
  beforeAll(async () => {
    await useBackend(backend, { fallback: false });
  });

  test('is trained, saved and loaded as others are, and leaves nothing behind', async () => {
    const start = tf.memory().numTensors;
    const reader = new Reader({ registry, seed: 3, size: 4 });
    reader.compile({ optimizer: 'adam', loss: 'binaryCrossentropy', metrics: ['accuracy'] });
    const { epochs } = await reader.fit(x, y, { epochs: 8, batchSize: 7, validationSplit: 0.25 });
    expect(epochs.at(-1)!.loss).toBeLessThan(epochs[0]!.loss);
    expect(reader.seen).toEqual([2]);
    expect((await reader.getWeights()).map(({ name }) => name)).toEqual([
      'embedding/embeddings',
      'head/kernel',
      'head/bias',
      'inner/dense/kernel',
      'inner/dense/bias',
      'inner/dense_1/kernel',
      'inner/dense_1/bias',
    ]);
    const lines: string[] = [];
    reader.summary({ print: (line) => lines.push(line) });
    expect(lines.join('\n')).toMatch(/inner \(CodeModel|Sequential\)/);
    const loaded = await modelFromBytes<Reader>(await reader.toBytes(), { registry });
    expect(loaded).toBeInstanceOf(Reader);
    expect(await loaded.fingerprint()).toBe(await reader.fingerprint());
    const [a, b] = [await reader.predict(x), await loaded.predict(x)];
    expect([...b.dataSync()]).toEqual([...a.dataSync()]);
    tf.dispose([a, b]);
    loaded.dispose();
    reader.dispose();
    expect(tf.memory().numTensors).toBe(start);
  });

  test('stands in a graph, with its weights under its name', async () => {
    const reader = new Reader({ registry, seed: 3, size: 4, name: 'reader' });
    const ids = input({ shape: [STEPS], dtype: 'int32' });
    const whole = model({ inputs: ids, outputs: dense({ units: 2 }).apply(reader.apply(ids)) }, { registry });
    whole.compile({ optimizer: 'sgd', loss: 'sparseCategoricalCrossentropy' });
    await whole.fit(x, y, { batchSize: 8 });
    expect((await whole.getWeights())[0]!.name).toBe('reader/embedding/embeddings');
    expect((await reader.getWeights())[0]!.data).toEqual((await whole.getWeights())[0]!.data);
    whole.dispose();
  });
});

/** Two inputs by name, two outputs by name. */
class Pair extends CodeModel<{ sum: tf.Tensor; drop: tf.Tensor }> {
  readonly dense = this.track(dense({ units: 2 }));
  readonly dropout = this.track(dropout());
  call([a, b]: readonly tf.Tensor[], context: CodeContext) {
    const sum = tf.add(context.apply(this.dense, a!), context.apply(this.dense, b!));
    return { sum, drop: context.apply(this.dropout, sum) };
  }
}

test('several inputs and outputs by name; a layer that is called twice has one set of weights', async () => {
  const pair = new Pair({ registry: testRegistry(), seed: 1 });
  pair.compile({ optimizer: 'sgd', loss: { sum: 'mse' } });
  const a = { data: Float32Array.of(1, 2, 3, 4), shape: [2, 2] };
  const b = { data: Float32Array.of(0, 1, 1, 0), shape: [2, 2] };
  const logs = await pair.trainOnBatch({ a, b }, { sum: a });
  expect(logs).toHaveProperty('sumLoss');
  const { sum, drop } = await pair.predict({ a, b });
  expect([...drop.dataSync()]).toEqual([...sum.dataSync()]);
  expect(pair.countParams()).toBe(6);
  await expect(pair.toBytes()).rejects.toThrow(/loadWeights.*model-code/);
  const other = new Pair({ registry: testRegistry(), seed: 2 });
  await other.predict({ a, b });
  await loadWeights(other, weightsToBytes(await pair.getWeights()));
  expect(await other.weightsSha256()).toBe(await pair.weightsSha256());
});

class Broken extends CodeModel {
  readonly known = this.track(dense({ units: 1 }));
  readonly stranger = dense({ units: 1 });
  readonly how: string;
  runs = 0;
  constructor(how: string) {
    super({ registry: testRegistry() });
    this.how = how;
  }
  call([a]: readonly tf.Tensor[], context: CodeContext): tf.Tensor {
    if (this.how === 'untracked') return context.apply(this.stranger, a!);
    if (this.how === 'not called') return tf.mul(a!, 2);
    if (this.how === 'no input') return context.apply(this.known, 5 as never);
    if (this.how === 'no tensor') return 5 as never;
    const output = context.apply(this.known, a!);
    if (this.how === 'no rows') return tf.sum(output);
    if (this.how === 'other rows') return tf.concat([output, output]);
    if (this.how === 'disposed') output.dispose();
    this.runs += 1;
    if (this.how === 'other outputs' && this.runs > 1) return [output, output] as never;
    return output;
  }
}

test.each([
  ['untracked', 'layer-untracked'],
  ['not called', 'layer-not-called'],
  ['no tensor', 'code-output'],
  ['no input', 'code-input'],
  ['no rows', 'code-output'],
  ['other rows', 'code-output'],
  ['other outputs', 'code-output'],
  ['disposed', 'code-output'],
])('%s: a clear error', async (how, code) => {
  await expect(new Broken(how).predict([[1, 2]])).rejects.toMatchObject({ code });
});

test('what is no layer cannot be tracked, and a class without call() says so', async () => {
  class Tracks extends Broken {
    readonly nothing = this.track(5 as never);
  }
  expect(() => new Tracks('well')).toThrow(/received 5.*layer-type/);
  const silent = new (CodeModel as unknown as new (options: CodeModelOptions) => CodeModel)({
    registry: testRegistry(),
  });
  await expect(silent.predict([[1, 2]])).rejects.toMatchObject({ code: 'code-call' });
});
