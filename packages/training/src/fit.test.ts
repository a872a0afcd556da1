import { useBackend } from '@ostinato/backend';
import { createRng, type OstinatoError } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import type { Callback } from './callbacks.js';
import type { Logs } from './running-figures.js';
import { sequential } from './sequential.js';
import { compiledWordModel, wordModel, wordTask } from './test-support/tasks.js';
import { dense, dropout, testRegistry } from './test-support/test-layers.js';

const registry = testRegistry();

beforeAll(async () => {
  await useBackend('cpu');
});

/** A model that notes the first feature of every row that it trains on and evaluates. */
function recorder() {
  const model = sequential([dense({ units: 1 })], { registry, seed: 11, inputShape: [1] });
  model.compile({ optimizer: 'sgd', loss: 'mse' });
  const trained: number[][] = [];
  const evaluated: number[][] = [];
  const { layer } = model.layers[0]!;
  const call = layer.call.bind(layer);
  layer.call = (inputs, context) => {
    (context.training ? trained : evaluated).push([...inputs[0]!.dataSync()]);
    return call(inputs, context);
  };
  return { model, trained, evaluated };
}
const ramp = (count: number) => ({
  data: Float32Array.from({ length: count }, (_, i) => i / 100),
  shape: [count, 1],
});
const rowsOf = (batches: number[][]) => batches.flat().map((value) => Math.round(value * 100));

test('validationSplit takes the very last rows, in order, and never trains on them', async () => {
  const { model, trained, evaluated } = recorder();
  await model.fit(ramp(11), ramp(11), { epochs: 2, batchSize: 4, validationSplit: 0.3 });
  expect(rowsOf(evaluated)).toEqual([7, 8, 9, 10, 7, 8, 9, 10]);
  expect(rowsOf(trained).sort((a, b) => a - b)).toEqual([0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6]);
  expect(trained.map((batch) => batch.length)).toEqual([4, 3, 4, 3]);
});

test('validation has batches of its own size', async () => {
  const { model, trained, evaluated } = recorder();
  await model.fit(ramp(11), ramp(11), { batchSize: 2, validationSplit: 0.5, validationBatchSize: 5 });
  expect(trained.map((batch) => batch.length)).toEqual([2, 2, 1]);
  expect(evaluated.map((batch) => batch.length)).toEqual([5, 1]);
  const batches = [{ x: ramp(2), y: ramp(2) }];
  await model.fit(batches, { validationData: [ramp(3), ramp(3)], validationBatchSize: 2 });
  expect(evaluated.slice(2).map((batch) => batch.length)).toEqual([2, 1]);
});

test.each([
  ['config-validation-batch-size', { validationBatchSize: 0 }],
  ['batches-option', { validationBatchSize: 2, validationData: [{ x: ramp(2), y: ramp(2) }] }],
])('%s', async (code, options) => {
  const { model } = recorder();
  await expect(model.fit(ramp(4), ramp(4), options)).rejects.toMatchObject({ code });
});

test('each epoch has an order of its own, which the seed and the epoch determine', async () => {
  const { model, trained } = recorder();
  await model.fit(ramp(9), ramp(9), { epochs: 2, batchSize: 4 });
  const expected = [0, 1].flatMap((epoch) => [...createRng(11).split('shuffle').split(epoch).permutation(9)]);
  expect(rowsOf(trained)).toEqual(expected);
  expect(expected.slice(0, 9)).not.toEqual(expected.slice(9));
});

test('without shuffling the order is that of the samples', async () => {
  const { model, trained } = recorder();
  await model.fit(ramp(5), ramp(5), { batchSize: 2, shuffle: false });
  expect(rowsOf(trained)).toEqual([0, 1, 2, 3, 4]);
});

test('initialEpoch goes on where an earlier run ended: two halves equal the whole', async () => {
  const { x, y } = wordTask(30);
  const whole = compiledWordModel();
  const all = await whole.fit(x, y, { epochs: 4, batchSize: 8 });
  const halves = compiledWordModel();
  await halves.fit(x, y, { epochs: 2, batchSize: 8 });
  const rest = await halves.fit(x, y, { epochs: 4, initialEpoch: 2, batchSize: 8 });
  expect(rest.epochs.map(({ epoch }) => epoch)).toEqual([3, 4]);
  expect(rest.epochs.map(({ loss }) => loss)).toEqual(all.epochs.slice(2).map(({ loss }) => loss));
  expect(await halves.weightsSha256()).toBe(await whole.weightsSha256());
});

test('history holds the figures of every epoch by epoch and by name', async () => {
  const { x, y } = wordTask(20);
  const model = compiledWordModel();
  const history = await model.fit(x, y, { epochs: 3, validationData: [x, y] });
  expect(history.epochs.map(({ epoch }) => epoch)).toEqual([1, 2, 3]);
  expect(Object.keys(history.history)).toEqual(['loss', 'accuracy', 'valLoss', 'valAccuracy']);
  expect(history.history.valLoss).toEqual(history.epochs.map(({ valLoss }) => valLoss));
  expect(history.epochs[0]!.seconds).toBeGreaterThan(0);
  expect(history.stopped).toBe(false);
  expect(model.history).toBe(history);
  const evaluated = await model.evaluate(x, y);
  expect(evaluated.loss).toBeCloseTo(history.epochs[2]!.valLoss!, 6);
});

test('hooks are called in order and awaited', async () => {
  const { x, y } = wordTask(20);
  const model = compiledWordModel();
  const calls: string[] = [];
  const note = async (text: string, milliseconds = 1): Promise<void> => {
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
    calls.push(text);
  };
  const callback: Callback = {
    onTrainBegin: () => note('train'),
    onEpochBegin: (epoch) => note(`epoch ${epoch}`),
    onBatchBegin: (batch) => note(`batch ${batch}`),
    onBatchEnd: (batch, logs) => note(`batch ${batch} ${Object.keys(logs)}`),
    onEpochEnd: (epoch, logs) => note(`epoch ${epoch} ${Object.keys(logs)}`, 20),
    onTrainEnd: (logs) => note(`train ${Object.keys(logs!)}`),
  };
  await model.fit(x, y, { batchSize: 16, validationSplit: 0.1, callbacks: [callback] });
  expect(calls).toEqual([
    'train',
    'epoch 0',
    'batch 0',
    'batch 0 loss,accuracy',
    'batch 1',
    'batch 1 loss,accuracy',
    'epoch 0 loss,accuracy,valLoss,valAccuracy',
    'train loss,accuracy,valLoss,valAccuracy',
  ]);
});

test('logs of a batch are those of the epoch so far', async () => {
  const { model } = recorder();
  model.optimizer.learningRate = 0;
  await model.setWeights([[[0]], [0]]);
  const logs: number[] = [];
  const callbacks = [{ onBatchEnd: (_: number, { loss }: Logs) => void logs.push(loss) }];
  const y = { data: Float32Array.of(1, 2, 3), shape: [3, 1] };
  const history = await model.fit(ramp(3), y, { batchSize: 2, shuffle: false, callbacks });
  expect(logs).toEqual([2.5, expect.closeTo(14 / 3, 5)]);
  expect(history.epochs[0]!.loss).toBe(logs[1]);
});

test('stop() ends a run after the present batch, without an entry for the unfinished epoch', async () => {
  const { model, trained } = recorder();
  const callbacks = [
    { onBatchEnd: (batch: number) => (trained.length > 4 && batch === 1 ? model.stop() : undefined) },
  ];
  const history = await model.fit(ramp(12), ramp(12), { epochs: 5, batchSize: 4, callbacks });
  expect(history.stopped).toBe(true);
  expect(trained.length).toBe(5);
  expect(history.epochs.map(({ epoch }) => epoch)).toEqual([1]);
  const again = await model.fit(ramp(12), ramp(12), { epochs: 1, batchSize: 4 });
  expect(again.stopped).toBe(false);
});

test('an AbortSignal stops fit, and ends evaluate and predict with its reason', async () => {
  const { model } = recorder();
  const controller = new AbortController();
  const callbacks = [{ onEpochEnd: () => controller.abort(new Error('enough')) }];
  const options = { epochs: 3, batchSize: 4, callbacks, signal: controller.signal };
  const history = await model.fit(ramp(12), ramp(12), options);
  expect(history.stopped).toBe(true);
  expect(history.epochs.length).toBe(1);
  const { signal } = controller;
  await expect(model.evaluate(ramp(4), ramp(4), { signal })).rejects.toThrow('enough');
  await expect(model.predict(ramp(4), { signal })).rejects.toThrow('enough');
});

test('the event loop gets air within an epoch', async () => {
  const { model } = recorder();
  let turns = 0;
  const timer = setInterval(() => {
    turns += 1;
  }, 1);
  const until = performance.now() + 400;
  const callbacks = [{ onBatchEnd: () => void (performance.now() > until && model.stop()) }];
  const same = { data: new Float32Array(100_000), shape: [100_000, 1] };
  const { stopped } = await model.fit(same, same, { batchSize: 1, callbacks });
  clearInterval(timer);
  expect(stopped).toBe(true);
  expect(turns).toBeGreaterThanOrEqual(4);
});

test('dropout draws anew at each step, and the same again for the same seed', async () => {
  const run = async (seed: number): Promise<number[][]> => {
    const dropping = dropout();
    const model = sequential([dropping, dense({ units: 1 })], { registry, seed });
    model.compile({ optimizer: 'sgd', loss: 'mse' });
    const x = { data: new Float32Array(40), shape: [4, 10] };
    await model.fit(x, new Float32Array(4), { epochs: 2, batchSize: 4 });
    return dropping.drawn;
  };
  const [first, second] = await run(1);
  expect(second).not.toEqual(first);
  expect(await run(1)).toEqual([first, second]);
  expect((await run(2))[0]).not.toEqual(first);
});

test('a second fit at the same time is refused; evaluating within a callback is not', async () => {
  const { x, y } = wordTask(20);
  const model = compiledWordModel();
  const errors: unknown[] = [];
  const callbacks: Callback[] = [
    {
      onTrainBegin: () =>
        model.fit(x, y).then(undefined, (error) => void errors.push(error)) as Promise<void>,
    },
    { onEpochEnd: async () => void (await model.evaluate(x, y)) },
  ];
  await model.fit(x, y, { callbacks });
  expect(errors).toEqual([expect.objectContaining({ code: 'model-busy' })]);
});

test('what would disturb a running fit is refused, and the run goes on as if it had not been asked', async () => {
  const { x, y } = wordTask(20);
  const undisturbed = compiledWordModel();
  await undisturbed.fit(x, y);
  const model = compiledWordModel();
  const weights = await undisturbed.getWeights();
  const errors: unknown[] = [];
  const note = (error: unknown) => void errors.push(error);
  const onBatchBegin = async (): Promise<void> => {
    for (const act of [
      () => model.compile({ optimizer: 'sgd', loss: 'mse' }),
      () => model.dispose(),
      () => model.setWeights(weights),
      () => model.trainOnBatch(x, y),
    ]) {
      await (async () => act())().catch(note);
    }
  };
  await model.fit(x, y, { callbacks: [{ onBatchBegin }] });
  expect(errors).toEqual(Array(4).fill(expect.objectContaining({ code: 'model-busy' })));
  expect(await model.weightsSha256()).toBe(await undisturbed.weightsSha256());
  const before = tf.memory().numTensors;
  const step = model.trainOnBatch(x, y);
  await expect(model.trainOnBatch(x, y)).rejects.toMatchObject({ code: 'model-busy' });
  await step;
  expect(tf.memory().numTensors).toBe(before);
});

test('hooks may stand on a class, and other fields of a callback are its own', async () => {
  class Counting {
    once = true;
    epochs = 0;
    onEpochEnd(): void {
      this.epochs += 1;
    }
  }
  const counting = new Counting();
  const { x, y } = wordTask(8);
  await compiledWordModel().fit(x, y, { epochs: 2, callbacks: [counting] });
  expect(counting.epochs).toBe(2);
  class Misspelt {
    onEpochFinish(): void {}
  }
  const failed = compiledWordModel().fit(x, y, { callbacks: [new Misspelt() as never] });
  await expect(failed).rejects.toThrow(/'onEpochFinish'.*config-callbacks/);
});

test('a misspelt hook, and a weight that is none, are named', async () => {
  const { x, y } = wordTask(4);
  const model = compiledWordModel();
  const fit = model.fit(x, y, { callbacks: [{ onEpochEnds: () => undefined } as never] });
  await expect(fit).rejects.toThrow(/Did you mean 'onEpochEnd'\?/);
  const weighted = model.evaluate(x, y, { sampleWeight: [1, 0, -2, 1] });
  await expect(weighted).rejects.toThrow(/row 2 .*received -2.*\(sample-weight-value\)/);
});

test('sample weights in a column are those of a list', async () => {
  const { x, y } = wordTask(6);
  const weights = [1, 0, 2, 1, 0.5, 3];
  const figures = async (sampleWeight: readonly number[] | readonly number[][]) =>
    compiledWordModel().evaluate(x, y, { sampleWeight });
  expect(await figures(weights.map((weight) => [weight]))).toEqual(await figures(weights));
});

test('a callback that throws ends the run; the model can be fitted again, and nothing leaks', async () => {
  const { x, y } = wordTask(20);
  const model = compiledWordModel();
  await model.fit(x, y);
  const before = tf.memory().numTensors;
  const callbacks = [{ onBatchEnd: () => Promise.reject(new Error('mine')) }];
  await expect(model.fit(x, y, { callbacks })).rejects.toThrow('mine');
  expect(tf.memory().numTensors).toBe(before);
  await model.fit(x, y);
});

const { x, y } = wordTask(10);
test.each([
  ['epochs of 0', { epochs: 0 }, 'config-epochs'],
  ['half an epoch', { epochs: 0.5 }, 'config-epochs'],
  ['a batch size of 0', { batchSize: 0 }, 'config-batch-size'],
  ['a negative initialEpoch', { initialEpoch: -1 }, 'config-initial-epoch'],
  ['shuffle as a word', { shuffle: 'batch' as never }, 'config-shuffle'],
  ['a split of 1', { validationSplit: 1 }, 'validation-split'],
  ['a negative split', { validationSplit: -0.2 }, 'validation-split'],
  ['a split that leaves nothing', { validationSplit: 0.99 }, 'validation-split'],
  ['a split as a word', { validationSplit: '0.2' as never }, 'validation-split'],
  ['validation twice', { validationSplit: 0.2, validationData: [x, y] as const }, 'validation-twice'],
  ['validation data without targets', { validationData: [x] as never }, 'config-validation-data'],
  ['validation data of two lengths', { validationData: [x, y.slice(1)] as const }, 'input-length'],
  ['callbacks that are none', { callbacks: { onEpochEnd: () => undefined } as never }, 'config-callbacks'],
  [
    'a callback named by a number',
    { callbacks: [{ name: 5, onEpochEnd() {} }] as never },
    'config-callbacks',
  ],
  ['a list of callbacks with a hole', { callbacks: new Array(1) }, 'config-callbacks'],
  ['a Map of class weights', { classWeight: new Map([[0, 2]]) as never }, 'class-weight'],
  ['a misspelt option', { batchsize: 4 } as never, 'config-unknown'],
  ['options of null', null as never, 'config-options'],
  ['a hook in other letters', { callbacks: [{ onepochend: () => undefined }] as never }, 'config-callbacks'],
  ['a hook that is a word', { callbacks: [{ onEpochEnd: 'log' }] as never }, 'config-callbacks'],
  [
    'a state that is never taken back',
    { callbacks: [{ getState: () => ({ json: 1 }) }] },
    'config-callbacks',
  ],
  [
    'a name that is none',
    { callbacks: [{ name: 7 as never, onEpochEnd: () => undefined }] },
    'config-callbacks',
  ],
  ['a controller as the signal', { signal: new AbortController() as never }, 'config-signal'],
  ['a signal of null', { signal: null as never }, 'config-signal'],
  ['a sample weight of NaN', { sampleWeight: new Float32Array(10).fill(Number.NaN) }, 'sample-weight-value'],
  ['sample weights of another length', { sampleWeight: [1, 2] }, 'input-length'],
  [
    'sample weights of another shape',
    { sampleWeight: { data: new Float32Array(40), shape: [10, 4] } },
    'sample-weight-shape',
  ],
])('%s: a clear error, and nothing is trained', async (_, options, code) => {
  const model = compiledWordModel({ inputShape: [5] });
  const before = await model.weightsSha256();
  const error = await model.fit(x, y, options).catch((reason: OstinatoError) => reason);
  expect(error).toMatchObject({ code });
  expect(await model.weightsSha256()).toBe(before);
});

test.each([
  ['no samples', new Float32Array(0), new Float32Array(0), 'input-empty'],
  ['ragged rows', [[1, 2], [3]], [1, 0], 'input-ragged'],
  ['words', [['a'], ['b']] as never, [1, 0], 'input-dtype'],
  ['nothing', undefined as never, [1, 0], 'input-type'],
  ['x and y of different lengths', x, y.slice(1), 'input-length'],
  ['targets out of range', x, y.map((value) => value + 1), 'target-value'],
  ['targets that are not numbers', x, y.map(() => Number.NaN), 'target-value'],
  ['targets of another shape', x, { data: new Float32Array(20), shape: [10, 2] }, 'target-shape'],
])('%s: a clear error', async (_, inputs, targets, code) => {
  const model = compiledWordModel();
  await expect(model.fit(inputs, targets)).rejects.toMatchObject({ code });
});

test('fit before compile says what to do', async () => {
  await expect(wordModel().fit(x, y)).rejects.toThrow(/model\.compile.*\(not-compiled\)/);
});

test('class numbers out of range are found before training starts', async () => {
  const model = sequential([dense({ units: 3, activation: 'softmax' })], { registry });
  model.compile({ optimizer: 'sgd', loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] });
  const inputs = ramp(4);
  await expect(model.fit(inputs, Int32Array.of(0, 2, 3, 1))).rejects.toThrow(
    /row 2 .*from 0 to 2; received 3/,
  );
  await expect(model.fit(inputs, Float32Array.of(0, 1.5, 2, 1))).rejects.toThrow(/row 1 .*received 1\.5/);
  const { epochs } = await model.fit(inputs, Int32Array.of(0, 2, 0, 1));
  expect(epochs.length).toBe(1);
});

test('data of another shape than the model was built for', async () => {
  const model = compiledWordModel({ inputShape: [7] });
  await expect(model.fit(x, y)).rejects.toThrow(
    'Expected [?, 7]; received [10, 5]. For sequences of any length, build the model with null for it: ' +
      'the shape of its input is then [null]. (shape-mismatch)',
  );
});

test('of sequences of features, too, the shape for any length is told as it has to be given', async () => {
  const model = sequential([dropout()], { registry, seed: 1, inputShape: [10, 3] });
  const samples = (steps: number) => ({ data: new Float32Array(2 * steps * 3), shape: [2, steps, 3] });
  await expect(model.predict(samples(4))).rejects.toThrow('the shape of its input is then [null,3]');
  const any = sequential([dropout()], { registry, seed: 1, inputShape: [null, 3] });
  expect((await any.predict(samples(4))).shape).toEqual([2, 4, 3]);
  await expect(any.predict({ data: new Float32Array(8), shape: [2, 2, 2] })).rejects.toThrow(
    'Expected [?, ?, 3]; received [2, 2, 2]. (shape-mismatch)',
  );
});

test('the first layer looks over all samples before anything is trained or predicted', async () => {
  const model = compiledWordModel({ inputShape: [5] });
  const before = await model.weightsSha256();
  const bad = { ...x, data: x.data.slice() };
  bad.data[43] = 12;
  const says = /\[embedding\] position 43/;
  await expect(model.fit(bad, y, { batchSize: 2 })).rejects.toThrow(says);
  await expect(model.fit(x, y, { validationData: [bad, y] })).rejects.toThrow(says);
  await expect(model.evaluate(bad, y)).rejects.toThrow(says);
  await expect(model.predict(bad)).rejects.toThrow(says);
  expect(await model.weightsSha256()).toBe(before);
});
