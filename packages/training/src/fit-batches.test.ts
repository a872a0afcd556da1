import { useBackend } from '@ostinato/backend';
import { createRng, input } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import type { Batches, TrainingBatch } from './data/batches.js';
import { model } from './model/graph-model.js';
import type { Logs } from './running-figures.js';
import { sequential } from './sequential.js';
import { batchesOf, batchOf, Watched } from './test-support/batches.js';
import { compiledWordModel, wordTask } from './test-support/tasks.js';
import { dense, embedding, meanOverSteps, testRegistry } from './test-support/test-layers.js';

const registry = testRegistry();
const words = wordTask(30);
const { x, y } = words;

beforeAll(async () => {
  await useBackend('cpu');
});

const whole = () => batchesOf(words, 8);
const sources: [name: string, make: () => Batches][] = [
  ['an array of batches', whole],
  ['an iterable', () => ({ [Symbol.iterator]: () => whole().values() })],
  ['an async iterable', () => new Watched(whole())],
  ['a set', () => new Set(whole())],
  ['an iterable of promises', () => new Set(whole().map(async (batch) => batch)) as never],
  ['one with epochs', () => Object.assign(new Watched(whole()), { epoch: whole })],
];

test.each(sources)('%s trains to the same bits as the arrays it was cut from', async (_, make) => {
  const arrays = compiledWordModel();
  const wanted = await arrays.fit(x, y, { epochs: 3, batchSize: 8, shuffle: false, validationData: [x, y] });
  const model = compiledWordModel();
  const history = await model.fit(make(), { epochs: 3, validationData: make() });
  const { valLoss, valAccuracy, ...trained } = history.history;
  expect(trained).toEqual({ loss: wanted.history.loss, accuracy: wanted.history.accuracy });
  expect(valAccuracy).toEqual(wanted.history.valAccuracy);
  expect(valLoss![2]).toBeCloseTo(wanted.history.valLoss![2]!, 6);
  expect(await model.weightsSha256()).toBe(await arrays.weightsSha256());
  expect(model.inputShape).toEqual([null, 5]);
});

/** Batches that note in which step they are made: while it runs, or between it and the next. */
function notingBatches(readsAhead: unknown, notes: string[]): Batches {
  const at = { running: false };
  const model = { begin: () => (at.running = true), end: () => (at.running = false) };
  return Object.assign(
    {
      length: 4,
      readsAhead: readsAhead as true,
      *[Symbol.iterator]() {
        for (const batch of whole()) {
          notes.push(at.running ? 'within' : 'between');
          yield batch;
        }
        notes.push('beyond');
      },
    },
    model,
  );
}

test.each([
  ['say that they read ahead', true, ['between', 'within', 'within', 'within']],
  ['say nothing', undefined, ['between', 'between', 'between', 'between']],
  ['say something else', 'yes', ['between', 'between', 'between', 'between']],
])('batches that %s are made as that allows, to the same bits', async (_, readsAhead, each) => {
  const notes: string[] = [];
  const batches = notingBatches(readsAhead, notes);
  const { begin, end } = batches as unknown as { begin(): void; end(): void };
  const model = compiledWordModel();
  await model.fit(batches, { epochs: 2, callbacks: [{ onBatchBegin: begin, onBatchEnd: end }] });
  expect(notes).toEqual([...each, ...each]);
  const plain = compiledWordModel();
  await plain.fit(whole(), { epochs: 2 });
  expect(await model.weightsSha256()).toBe(await plain.weightsSha256());
});

test('what iterates asynchronously comes in its turn, whatever it says', async () => {
  const notes: string[] = [];
  const source = {
    readsAhead: true,
    look: 'not a function: nobody asks for it',
    [Symbol.iterator]: () => {
      throw new Error('the async one goes before');
    },
    async *[Symbol.asyncIterator]() {
      for (const batch of whole()) {
        notes.push('made');
        yield batch;
      }
    },
  };
  const onBatchEnd = (): unknown => notes.push('used');
  await compiledWordModel().fit(source as never, { callbacks: [{ onBatchEnd: () => void onBatchEnd() }] });
  expect(notes).toEqual(whole().flatMap(() => ['made', 'used']));
});

test('a promise made ahead that breaks after training has stopped troubles nobody', async () => {
  const troubles: unknown[] = [];
  const note = (reason: unknown): unknown => troubles.push(reason);
  process.on('unhandledRejection', note);
  let ends = 0;
  const promises = [Promise.resolve(whole()[0]), undefined];
  const source = {
    readsAhead: true,
    [Symbol.iterator]: () => ({
      next: () => {
        const value = promises.shift() ?? Promise.reject(new Error('torn'));
        return { done: false, value };
      },
      return: () => {
        ends += 1;
        return { done: true, value: undefined };
      },
    }),
  };
  const model = compiledWordModel();
  await model.fit(source as never, { callbacks: [{ onBatchEnd: () => model.stop('enough') }] });
  await new Promise((resolve) => setTimeout(resolve, 5));
  process.off('unhandledRejection', note);
  expect([troubles, ends]).toEqual([[], 1]);
});

test('a source whose end was met ahead is not ended again', async () => {
  const calls: string[] = [];
  const left = whole().slice(0, 2);
  const source = {
    readsAhead: true,
    [Symbol.iterator]: () => ({
      next: () => {
        calls.push('next');
        const value = left.shift();
        return { done: value === undefined, value };
      },
      return: () => {
        calls.push('return');
        return { done: true, value: undefined };
      },
    }),
  };
  const model = compiledWordModel();
  const onBatchEnd = (batch: number): void => void (batch === 1 && model.stop('enough'));
  await model.fit(source as never, { callbacks: [{ onBatchEnd }] });
  expect(calls).toEqual(['next', 'next', 'next']);
});

test('a batch that cannot be made ahead is an error of its own turn, and the source is closed when training stops', async () => {
  let closed = 0;
  const source = (fails: boolean): Batches => ({
    readsAhead: true,
    *[Symbol.iterator]() {
      try {
        yield whole()[0]!;
        if (fails) throw new Error('torn');
        yield whole()[1]!;
      } finally {
        closed += 1;
      }
    },
  });
  const seen: number[] = [];
  const onBatchEnd = (batch: number): void => void seen.push(batch);
  await expect(
    compiledWordModel().fit(source(true), { epochs: 1, callbacks: [{ onBatchEnd }] }),
  ).rejects.toThrow('torn');
  expect([seen, closed]).toEqual([[0], 1]);
  const model = compiledWordModel();
  await model.fit(source(false), { epochs: 1, callbacks: [{ onBatchEnd: () => model.stop('enough') }] });
  expect(closed).toBe(2);
});

test('an order of each epoch is asked for by its number, also when training goes on later', async () => {
  const orders = createRng(1).split('shuffle');
  const source = {
    [Symbol.iterator](): Iterator<TrainingBatch> {
      throw new Error('epoch() was not asked');
    },
    epoch: (epoch: number) => batchesOf(words, 8, orders.split(epoch).permutation(30)),
  };
  const arrays = compiledWordModel();
  await arrays.fit(x, y, { epochs: 4, batchSize: 8 }); // shuffled by the very same stream
  const whole = compiledWordModel();
  await whole.fit(source, { epochs: 4 });
  const halves = compiledWordModel();
  await halves.fit(source, { epochs: 2 });
  await halves.fit(source, { epochs: 4, initialEpoch: 2 });
  expect(await whole.weightsSha256()).toBe(await arrays.weightsSha256());
  expect(await halves.weightsSha256()).toBe(await arrays.weightsSha256());
});

/** Batches of 3, 2, … steps and of different sizes. */
const unequal: TrainingBatch[] = [
  { x: [[1, 2, 3]], y: [1] },
  {
    x: [
      [4, 5],
      [6, 7],
      [8, 9],
    ],
    y: [0, 1, 0],
  },
  { x: { data: Int32Array.of(1, 2, 3, 4, 5, 6, 7, 8), shape: [2, 4] }, y: Float32Array.of(1, 0) },
];

test('each batch may have another length; figures are of samples, and the model takes any length from then on', async () => {
  const model = compiledWordModel();
  model.optimizer.learningRate = 0;
  const logs: Logs[] = [];
  const callbacks = [{ onBatchEnd: (_: number, figures: Logs) => void logs.push(figures) }];
  const { epochs } = await model.fit(unequal, { epochs: 2, callbacks });
  expect(model.inputShape).toEqual([null, null]);
  expect(model.layers.map(({ outputShape }) => outputShape)).toEqual([
    [null, null, 3],
    [null, 3],
    [null, 1],
  ]);
  const losses = await Promise.all(unequal.map((batch) => model.evaluate(batch.x, batch.y)));
  const mean = losses.reduce((sum, { loss }, i) => sum + loss * [1, 3, 2][i]!, 0) / 6;
  expect(epochs.map(({ loss }) => loss)).toEqual([expect.closeTo(mean, 6), expect.closeTo(mean, 6)]);
  expect(logs.length).toBe(6);
  expect((await model.evaluate(unequal)).loss).toBeCloseTo(mean, 6);
});

test('a model that was told its shape keeps to it, and says how to take any length', async () => {
  for (const options of [{ inputShape: [3] }, { inputShape: [null] }]) {
    const model = compiledWordModel(options);
    const run = model.fit(unequal);
    if (options.inputShape[0] === null) await run;
    else
      await expect(run).rejects.toThrow(
        /fit, batch 2\].*Expected \[\?, 3\]; received \[3, 2\].*\[null\].*shape-mis/,
      );
  }
});

test('a layer whose weights need one length says so; features are no steps', async () => {
  const ragged = [
    { x: [[1, 2, 3]], y: [1] },
    { x: [[1, 2]], y: [0] },
  ];
  const model = sequential([dense({ units: 1 })], { registry });
  model.compile({ optimizer: 'sgd', loss: 'mse' });
  await expect(model.fit(ragged)).rejects.toMatchObject({ code: 'shape-mismatch' });
  expect(model.inputShape).toEqual([null, 3]);
});

test('targets for each step are held against the length of their batch', async () => {
  const model = sequential(
    [embedding({ inputDim: 12, outputDim: 3 }), dense({ units: 4, activation: 'softmax' })],
    {
      registry,
    },
  );
  model.compile({ optimizer: 'sgd', loss: 'sparseCategoricalCrossentropy' });
  await model.fit([
    { x: [[1, 2, 3]], y: [[0, 1, 2]] },
    { x: [[1, 2]], y: [[3, 3]] },
  ]);
  const wrong = model.fit([{ x: [[1, 2]], y: [[0, 1, 2]] }]);
  await expect(wrong).rejects.toThrow(/batch 1\].*received \[1, 3\].*\(target-shape\)/);
});

test('sample weights stand in the batches', async () => {
  const weights = Float32Array.from(y, (label, i) => label + (i % 3));
  const arrays = compiledWordModel();
  await arrays.fit(x, y, { batchSize: 10, shuffle: false, sampleWeight: weights });
  const weighted = batchesOf(words, 10).map((batch, i) => ({
    ...batch,
    sampleWeight: weights.slice(i * 10, (i + 1) * 10),
  }));
  const model = compiledWordModel();
  await model.fit(weighted);
  expect(await model.weightsSha256()).toBe(await arrays.weightsSha256());
});

test('tensors are taken and left to their owner, and nothing leaks', async () => {
  const model = compiledWordModel();
  await model.fit(batchesOf(words, 8));
  const before = tf.memory().numTensors;
  const alive: number[] = [];
  async function* tensors(): AsyncGenerator<TrainingBatch> {
    for (const rows of [
      [0, 1, 2],
      [3, 4],
    ]) {
      const data = (batchOf(words, rows).x as { data: Int32Array }).data;
      const batch = { x: tf.tensor2d(data, [rows.length, 5], 'int32'), y: tf.ones([rows.length]) };
      yield batch;
      alive.push([batch.x, batch.y].filter(({ isDisposed }) => !isDisposed).length);
      tf.dispose(batch);
    }
  }
  await model.fit(tensors());
  await model.evaluate(tensors());
  (await model.predict(tensors())).dispose();
  expect(alive).toEqual([2, 2, 2, 2, 2, 2]);
  expect(tf.memory().numTensors).toBe(before);
});

test('stop() asks for no further batch and closes the source', async () => {
  const model = compiledWordModel();
  const source = new Watched(batchesOf(words, 8));
  const callbacks = [{ onBatchEnd: (batch: number) => void (batch === 1 && model.stop()) }];
  const history = await model.fit(source, { epochs: 2, callbacks });
  expect([source.asked, source.closed]).toEqual([2, 1]);
  expect([history.stopped, history.epochs.length]).toEqual([true, 0]);
});

test('stopping at the last batch leaves a finished epoch when the length is known', async () => {
  const stopAtLast = async (source: Batches): Promise<number> => {
    const model = compiledWordModel();
    const callbacks = [{ onBatchEnd: (batch: number) => void (batch === 3 && model.stop()) }];
    return (await model.fit(source, { epochs: 2, callbacks })).epochs.length;
  };
  expect(await stopAtLast(batchesOf(words, 8))).toBe(1);
  expect(await stopAtLast(new Watched(batchesOf(words, 8)))).toBe(0);
});

test('what the source throws comes out as it is; what else ends the run closes it', async () => {
  const model = compiledWordModel();
  const broken = {
    *[Symbol.iterator]() {
      yield batchOf(words, [0]);
      throw new Error('disk');
    },
  };
  for (const run of [model.fit(broken), model.evaluate(broken), model.predict(broken)]) {
    await expect(run).rejects.toThrow(/^disk$/);
  }
  const watched = new Watched([batchOf(words, [0]), { x: [[99, 1, 2, 3, 4]], y: [1] }]);
  const before = await model.weightsSha256();
  await expect(model.evaluate(watched)).rejects.toThrow(/\[embedding\] position 0/);
  await expect(
    model.fit(watched, {
      callbacks: [
        {
          onBatchBegin: () => {
            throw new Error('mine');
          },
        },
      ],
    }),
  ).rejects.toThrow('mine');
  expect(watched.closed).toBe(2);
  expect(await model.weightsSha256()).toBe(before);
  const controller = new AbortController();
  controller.abort(new Error('enough'));
  for (const run of [model.evaluate(watched, controller), model.predict(watched, controller)]) {
    await expect(run).rejects.toThrow('enough');
  }
  expect(watched.asked).toBe(3);
});

test('an error says which batch it was, of how many if that is known', async () => {
  const fail = async (source: (batches: TrainingBatch[]) => Batches): Promise<unknown> => {
    const model = sequential([dense({ units: 1 })], { registry, inputShape: [1] });
    model.compile({ optimizer: 'sgd', loss: 'mse' });
    const batches = [0, Number.NaN, 0].map((value) => ({ x: [[value]], y: [[1]] }));
    return model.fit(source(batches), { epochs: 2 }).catch((error: Error) => error.message);
  };
  expect(await fail((batches) => batches)).toMatch(/at epoch 1 of 2, batch 2 of 3;.*\(loss-nan\)/);
  expect(await fail((batches) => new Watched(batches))).toMatch(/at epoch 1 of 2, batch 2;.*\(loss-nan\)/);
});

test('predict puts outputs where the batches say they belong', async () => {
  const model = compiledWordModel({ inputShape: [5] });
  const whole = await model.predict(x);
  const order = createRng(3).permutation(30);
  const batches = [order.slice(0, 7), order.slice(7, 8), order.slice(8)].map((rows) => ({
    x: batchOf(words, [...rows]).x,
    rows,
  }));
  const ordered = await model.predict(batches);
  const arrived = await model.predict(batches.map((batch) => ({ x: batch.x })));
  expect(ordered.shape).toEqual([30, 1]);
  expect([...ordered.dataSync()]).toEqual([...whole.dataSync()]);
  expect([...arrived.dataSync()]).toEqual([...order].map((row) => whole.dataSync()[row]));
  tf.dispose([whole, ordered, arrived]);
  const wrong = [
    [{ ...batches[0]!, rows: [1, 2] }],
    [{ ...batches[1]!, rows: [0.5] }],
    [{ ...batches[1]!, rows: null as never }],
    batches.slice(1),
    [batches[0]!, batches[0]!],
    [batches[0]!, { x: batches[1]!.x }],
  ];
  for (const given of wrong) await expect(model.predict(given)).rejects.toMatchObject({ code: 'batch-rows' });
});

test('outputs of different lengths do not go into one tensor', async () => {
  const model = sequential([embedding({ inputDim: 12, outputDim: 3 })], { registry });
  const before = tf.memory().numTensors;
  const run = model.predict([{ x: [[1, 2]] }, { x: [[1, 2, 3]] }]);
  await expect(run).rejects.toThrow(/Expected \[\?, 2, 3\]; received \[\?, 3, 3\].*\(predict-shape\)/);
  expect(tf.memory().numTensors).toBe(before + 1); // the table
});

test('only training asks for epochs; evaluating, validating and predicting iterate', async () => {
  const asked: number[] = [];
  const source = Object.assign(new Watched(batchesOf(words, 8)), {
    epoch: (epoch: number) => {
      asked.push(epoch);
      return batchesOf(words, 15);
    },
  });
  const model = compiledWordModel();
  await model.fit(source, { epochs: 2, validationData: source });
  await model.evaluate(source);
  (await model.predict(source)).dispose();
  expect(asked).toEqual([0, 1]);
  expect(source.asked).toBe(4 * 4);
});

test('an epoch that is no batches is an error', async () => {
  const source = Object.assign(new Set(batchesOf(words, 8)), { epoch: () => 3 }) as never;
  await expect(compiledWordModel().fit(source)).rejects.toThrow(
    /`epoch\(0\)`.*received 3.*\(batches-epoch\)/,
  );
});

test('a source for one epoch serves one epoch', async () => {
  const model = compiledWordModel({ inputShape: [5] });
  const before = await model.weightsSha256();
  const once = () => batchesOf(words, 8).values();
  const stream = () => new ReadableStream({ start: (controller) => controller.close() }) as never;
  for (const given of [once(), new Watched(batchesOf(words, 8))[Symbol.asyncIterator](), stream()]) {
    await expect(model.fit(given, { epochs: 2 })).rejects.toThrow(/2 epochs.*anew.*\(batches-once\)/);
  }
  const validated = model.fit(x, y, { epochs: 2, validationData: once() });
  await expect(validated).rejects.toThrow(/validation\].*\(batches-once\)/);
  expect(await model.weightsSha256()).toBe(before);
  const { epochs } = await model.fit(once(), { epochs: 5, initialEpoch: 4, validationData: once() });
  expect(epochs.map(({ epoch }) => epoch)).toEqual([5]);
});

test('a source that is used up is noticed when it gives nothing', async () => {
  const model = compiledWordModel();
  const iterator = batchesOf(words, 8).values();
  const disguised = { [Symbol.iterator]: () => iterator };
  const run = model.fit(disguised, { epochs: 2 });
  await expect(run).rejects.toThrow(/fit, epoch 2\].*some before.*more than once.*\(batches-empty\)/);
  expect(model.history.epochs.length).toBe(1);
  const again = batchesOf(words, 8).values();
  const validated = model.fit(x, y, { epochs: 2, validationData: { [Symbol.iterator]: () => again } });
  await expect(validated).rejects.toThrow(/validation\].*some before.*\(batches-empty\)/);
});

const good = batchOf(words, [0, 1]);
test.each([
  ['no batch at all', new Set(), 'batches-empty'],
  ['an empty array', [], 'input-empty'],
  ['null for a batch', new Set([null]), 'batch-type'],
  ['a pair', new Set([[good.x, good.y]]), 'batch-type'],
  ['a number', new Set([1]), 'batch-type'],
  ['a batch without targets', [{ x: good.x }], 'batch-type'],
  ['undefined targets', [{ x: good.x, y: undefined }], 'input-type'],
  ['a misspelt part', [{ ...good, sampleWeights: [1, 1] }], 'batch-part'],
  ['x and y of two lengths', [good, { x: good.x, y: [1] }], 'input-length'],
  ['a target out of range', [{ x: good.x, y: [1, 2] }], 'target-value'],
  ['an empty batch', [{ x: [], y: [] }], 'input-empty'],
  ['another rank', [good, { x: [1, 2], y: [1, 0] }], 'shape-mismatch'],
])('%s: a clear error from fit, evaluate and as validation', async (_, source, code) => {
  const model = compiledWordModel();
  const given = source as never;
  await expect(model.fit(given)).rejects.toMatchObject({ code });
  await expect(model.evaluate(given)).rejects.toMatchObject({ code });
  if (!Array.isArray(source) || source.length > 0) {
    await expect(model.fit(x, y, { validationData: given })).rejects.toMatchObject({ code });
  }
});

test.each([
  ['batchSize', { batchSize: 2 }, /`batchSize` does not apply to batches.*Leave it out/],
  ['shuffle', { shuffle: false }, /`shuffle`.*epoch\(index\)/],
  ['validationSplit', { validationSplit: 0.2 }, /`validationSplit`.*`validationData`/],
  ['sampleWeight', { sampleWeight: [1, 2] }, /`sampleWeight`.*\{ x, y, sampleWeight \}/],
])('%s beside batches: a clear error', async (name, options, message) => {
  const model = compiledWordModel();
  const given = options as never;
  await expect(model.fit([good], given)).rejects.toMatchObject({ code: 'batches-option' });
  await expect(model.fit([good], given)).rejects.toThrow(message);
  if (name === 'batchSize') {
    await expect(model.predict([good], given)).rejects.toMatchObject({ code: 'batches-option' });
  }
  if (name === 'batchSize' || name === 'sampleWeight') {
    await expect(model.evaluate([good], given)).rejects.toMatchObject({ code: 'batches-option' });
  }
});

test('targets beside batches, and options that are none', async () => {
  const model = compiledWordModel();
  for (const beside of [y, [1, 0], tf.scalar(1), { data: y, shape: [30] }]) {
    await expect(model.fit([good], beside as never)).rejects.toMatchObject({ code: 'batches-targets' });
  }
  const both = model.fit([good] as never, {} as never, {});
  await expect(both).rejects.toMatchObject({ code: 'batches-targets' });
  await expect(model.fit([good], null as never)).rejects.toMatchObject({ code: 'config-options' });
  await expect(model.fit([good], { epoch: 2 } as never)).rejects.toMatchObject({ code: 'config-unknown' });
  const { epochs } = await model.fit([good] as never, undefined as never, { epochs: 2 });
  expect(epochs.length).toBe(2);
});

test('arrays may be validated on batches, and batches on arrays of another length', async () => {
  const model = compiledWordModel();
  const { epochs } = await model.fit(unequal, { validationData: [x, y] });
  const { loss } = await model.evaluate(x, y);
  expect(epochs[0]!.valLoss).toBeCloseTo(loss, 6);
  const other = sequential(
    [embedding({ inputDim: 12, outputDim: 3 }), meanOverSteps(), dense({ units: 1 })],
    { registry },
  );
  other.compile({ optimizer: 'sgd', loss: 'mse' });
  const history = await other.fit(x, y, { validationData: unequal });
  expect(history.epochs[0]!.valLoss).toBeCloseTo((await other.evaluate(unequal)).loss, 6);
});

test('inputs by name, one of them `x`, are no batches to validate on', async () => {
  const [rows, targets] = [
    { data: Float32Array.of(1, 2, 3, 4), shape: [4, 1] },
    { data: Float32Array.of(2, 4, 6, 9), shape: [4, 1] },
  ];
  const inputs = input({ shape: [1] });
  const named = model(
    { inputs: { x: inputs }, outputs: { y: dense({ units: 1 }).apply(inputs) } },
    { registry },
  );
  named.compile({ optimizer: 'sgd', loss: 'mse' });
  const wanted = async (): Promise<number> => (await named.evaluate({ x: rows }, { y: targets })).loss;
  for (const validationData of [
    [{ x: rows }, { y: targets }] as const,
    [{ x: rows }, { y: targets }, new Float32Array(4).fill(1)] as const,
    [{ x: { x: rows }, y: { y: targets } }],
  ]) {
    const { epochs } = await named.fit({ x: rows }, { y: targets }, { validationData, validationSplit: 0 });
    expect(epochs[0]!.valLoss).toBeCloseTo(await wanted(), 6);
  }
  const half = named.fit({ x: rows }, { y: targets }, { validationData: [{ x: { x: rows } }] as never });
  await expect(half).rejects.toMatchObject({ code: 'batch-type' });
});

test('an endless source that says its length ends each epoch there, and is closed', async () => {
  const all = whole();
  let closed = 0;
  const endless = {
    length: all.length,
    *[Symbol.iterator]() {
      try {
        for (;;) yield* all;
      } finally {
        closed += 1;
      }
    },
  };
  const [model, wanted] = [compiledWordModel(), compiledWordModel()];
  const { epochs } = await model.fit(endless, { epochs: 2, signal: AbortSignal.timeout(5000) });
  await wanted.fit(all, { epochs: 2 });
  expect([epochs.length, closed]).toEqual([2, 2]);
  expect(await model.weightsSha256()).toBe(await wanted.weightsSha256());
});
