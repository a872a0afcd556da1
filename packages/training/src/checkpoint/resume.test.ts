// A training that is interrupted anywhere and taken up elsewhere is the training that nothing disturbed.
import { useBackend } from '@ostinato/backend';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { earlyStopping } from '../callbacks/early-stopping.js';
import type { Callback, CallbackState } from '../callbacks.js';
import type { FitOptions } from '../fit-options.js';
import type { History } from '../history.js';
import type { Model } from '../model/model.js';
import { type Sequential, sequential } from '../sequential.js';
import { batchesOf } from '../test-support/batches.js';
import { STEPS, WORDS, wordTask } from '../test-support/tasks.js';
import { dense, dropout, embedding, meanOverSteps, testRegistry } from '../test-support/test-layers.js';

const task = wordTask(23); // 17 to train on and 6 to validate on, in batches of 5: the last one is short
const fitOptions = { epochs: 3, batchSize: 5, validationSplit: 0.25 } as const;

beforeAll(() => useBackend('cpu'));

function makeModel(): Sequential {
  const layers = [
    embedding({ inputDim: WORDS, outputDim: 3 }),
    dropout(),
    meanOverSteps(),
    dense({ units: 1, activation: 'sigmoid', kernelConstraint: 'nonNeg' }),
  ];
  const model = sequential(layers, { registry: testRegistry(), seed: 3, inputShape: [STEPS] });
  model.compile({ optimizer: 'adam', loss: 'binaryCrossentropy', metrics: ['accuracy', 'mse'] });
  return model;
}

/** Writes down which hooks are called, and counts with a state; slows learning down after each epoch. */
function diary(): Callback & { readonly calls: string[] } {
  const calls: string[] = [];
  let count = 0;
  let best = Number.POSITIVE_INFINITY;
  const note = (what: string): void => {
    count += 1;
    calls.push(`${count} ${what} ${best}`);
  };
  return {
    calls,
    name: 'diary',
    onTrainBegin: () => {
      count = 0;
    },
    onEpochBegin: (epoch) => note(`epoch ${epoch} begins`),
    onBatchBegin: (batch) => note(`batch ${batch} begins`),
    onBatchEnd: (batch, logs) => note(`batch ${batch} ends: ${logs.loss} ${logs.accuracy} ${logs.mse}`),
    onTestBegin: () => note('test begins'),
    onTestEnd: ({ loss }) => note(`test ends: ${loss}`),
    onEpochEnd: (epoch, logs, model) => {
      best = Math.min(best, logs.valLoss!);
      note(`epoch ${epoch} ends: ${JSON.stringify(logs)}`);
      model.optimizer.learningRate *= 0.5;
    },
    getState: (): CallbackState => ({
      json: { count, best },
      tensors: [{ name: 'any', shape: [2], data: Float32Array.of(count, -0) }],
    }),
    setState: ({ json, tensors }) => {
      ({ count, best } = json as { count: number; best: number });
      expect([...tensors![0]!.data]).toEqual([count, -0]);
    },
  };
}

interface Moment {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** Hooks of the diary that were called up to then. */
  readonly calls: number;
}

/** Asks for the state in every hook there is. */
function photographer(book: { readonly calls: string[] }): Callback & { readonly moments: Moment[] } {
  const moments: Moment[] = [];
  const shoot = async (name: string, model: Model): Promise<void> => {
    moments.push({ name, bytes: await model.trainingState(), calls: book.calls.length });
  };
  return {
    moments,
    innermost: true,
    onTrainBegin: (model) => shoot('train begins', model),
    onEpochBegin: (epoch, model) => shoot(`epoch ${epoch} begins`, model),
    onBatchEnd: (batch, _, model) => shoot(`batch ${batch} of epoch ${model.run!.epoch} ends`, model),
    onTestBegin: (model) => shoot(`validation of epoch ${model.run!.epoch} begins`, model),
    onEpochEnd: (epoch, _, model) => shoot(`epoch ${epoch} ends`, model),
    onTrainEnd: (_, model) => shoot('train ends', model),
  };
}

function figuresOf({ epochs }: History): unknown {
  return epochs.map(({ seconds: _, ...figures }) => figures);
}

const inArrays = (model: Sequential, options: FitOptions): Promise<History> =>
  model.fit(task.x, task.y, { ...fitOptions, ...options });

/** Batches that somebody makes, in an order that the epoch decides. */
const inBatches = (model: Sequential, { callbacks }: FitOptions): Promise<History> => {
  const own = {
    epoch: (epoch: number) =>
      batchesOf(
        task,
        6,
        Array.from(task.y.keys(), (i) => (i * 7 + epoch) % 23),
      ),
    [Symbol.iterator]: () => batchesOf(task, 6)[Symbol.iterator](),
  };
  return model.fit(own, { epochs: 3, callbacks, validationData: batchesOf(task, 9) });
};

test.each([
  ['arrays', inArrays, 19],
  ['batches of unknown number', inBatches, 19],
])('from %s, it goes on to the bit from every moment', async (_, fit, atLeast) => {
  const book = diary();
  const camera = photographer(book);
  const undisturbed = makeModel();
  const history = await fit(undisturbed, { callbacks: [book, camera] });
  const expected = { weights: await undisturbed.weightsSha256(), figures: figuresOf(history) };
  expect(camera.moments.length).toBeGreaterThanOrEqual(atLeast);
  const plain = makeModel();
  await fit(plain, { callbacks: [diary()] });
  expect(await plain.weightsSha256()).toBe(expected.weights); // being photographed changes nothing
  for (const { name, bytes, calls } of camera.moments) {
    const model = makeModel();
    const tensors = tf.memory().numTensors;
    await model.restoreTrainingState(bytes);
    const again = diary();
    const resumed = await fit(model, { callbacks: [again] });
    expect(figuresOf(resumed), name).toEqual(expected.figures);
    expect(await model.weightsSha256(), name).toBe(expected.weights);
    const twice = name.startsWith('validation'); // it begins again
    if (!twice) expect(again.calls, name).toEqual(book.calls.slice(calls));
    expect(model.optimizer.learningRate, name).toBe(undisturbed.optimizer.learningRate);
    expect(tf.memory().numTensors - tensors).toBeLessThanOrEqual(6); // the optimizer's slots
    model.dispose();
  }
  undisturbed.dispose();
  plain.dispose();
});

test.each(['stop()', 'an aborted signal'])('a fit that %s ended can go on to the bit', async (how) => {
  const undisturbed = makeModel();
  const whole = await inArrays(undisturbed, {});
  for (const [epoch, batch] of [
    [0, 0],
    [1, 2],
    [1, 3], // the last batch: its validation is to come
    [2, 1],
  ]) {
    const stopped = makeModel();
    const controller = new AbortController();
    const stopper: Callback = {
      onBatchEnd: (at, _, model) => {
        if (model.run?.epoch !== epoch || at !== batch) return;
        if (how === 'stop()') model.stop();
        else controller.abort();
      },
    };
    const first = await inArrays(stopped, { callbacks: [stopper], signal: controller.signal });
    expect([first.stopped, first.epochs.length]).toEqual([true, epoch]);
    const bytes = await stopped.trainingState();
    const model = makeModel();
    await model.restoreTrainingState(bytes);
    expect(figuresOf(await inArrays(model, {}))).toEqual(figuresOf(whole));
    expect(model.history.stopped).toBe(false);
    expect(await model.weightsSha256()).toBe(await undisturbed.weightsSha256());
    await stopped.restoreTrainingState(bytes); // in the model that was stopped too
    await inArrays(stopped, {});
    expect(await stopped.weightsSha256()).toBe(await undisturbed.weightsSha256());
  }
});

test('one that a signal ended keeps its last weights, not the best, and goes on to the bit', async () => {
  const options = () => {
    const stopping = earlyStopping({
      monitor: 'valLoss',
      mode: 'max',
      patience: 9,
      restoreBestWeights: true,
    }); // the first epoch is the best
    return { callbacks: [stopping] };
  };
  const undisturbed = makeModel();
  await inArrays(undisturbed, options());
  const last = makeModel();
  await inArrays(last, {});
  const best = await undisturbed.weightsSha256();
  expect(best).not.toBe(await last.weightsSha256());

  const controller = new AbortController();
  const seen: (boolean | undefined)[] = [];
  const stopper: Callback = {
    onBatchEnd: (at, _, { run }) => {
      seen.push(run?.interrupted);
      if (run?.epoch === 1 && at === 2) controller.abort();
    },
    onTrainEnd: (_, { run }) => {
      seen.push(run?.interrupted);
    },
  };
  const stopped = makeModel();
  const { callbacks } = options();
  await inArrays(stopped, { callbacks: [...callbacks, stopper], signal: controller.signal });
  expect([seen.includes(true), seen.at(-1)]).toEqual([true, true]);
  expect(seen.slice(0, -1)).toEqual(new Array(7).fill(false));
  const bytes = await stopped.trainingState();
  for (const model of [makeModel(), stopped]) {
    await model.restoreTrainingState(bytes);
    await inArrays(model, options());
    expect(await model.weightsSha256()).toBe(best);
  }
});

test('a run says where it stands, and nothing when there is none', async () => {
  const model = makeModel();
  const seen: unknown[] = [];
  expect(model.run).toBeUndefined();
  const onBatchEnd: Callback['onBatchEnd'] = (batch, _, { run }) => {
    if (batch === 2) seen.push(run);
  };
  await inArrays(model, { epochs: 2, callbacks: [{ onBatchEnd }] });
  const plan = {
    epochs: 2,
    initialEpoch: 0,
    batches: 4,
    samples: 17,
    validated: true,
    batch: 2,
    interrupted: false,
  };
  expect(seen).toEqual([
    { ...plan, epoch: 0 },
    { ...plan, epoch: 1 },
  ]);
  expect(model.run).toBeUndefined();
  await model.trainOnBatch(task.x, task.y);
  expect(model.run).toBeUndefined();
});

test('an epoch that went on counts the seconds before too', async () => {
  const model = makeModel();
  let bytes = new Uint8Array();
  const slow: Callback = {
    onBatchEnd: async (batch, _, { run }) => {
      if (run?.epoch !== 0 || batch !== 1) return;
      await new Promise((resolve) => setTimeout(resolve, 300));
      bytes = (await model.trainingState()) as Uint8Array<ArrayBuffer>;
      model.stop();
    },
  };
  await inArrays(model, { callbacks: [slow] });
  await model.restoreTrainingState(bytes);
  const { epochs } = await inArrays(model, {});
  expect(epochs[0]!.seconds).toBeGreaterThan(0.29);
  expect(epochs[1]!.seconds).toBeLessThan(0.29);
});

test('what the state had ended does not begin again', async () => {
  const ender = (): Callback => {
    let ended = false;
    return {
      onEpochEnd: (epoch, _, model) => {
        ended = epoch === 1;
        if (ended) model.stop('enough');
      },
      getState: () => ({ json: ended }),
      setState: ({ json }, model) => {
        if (json) model.stop('enough');
      },
    };
  };
  const model = makeModel();
  await inArrays(model, { epochs: 5, callbacks: [ender()] });
  const next = makeModel();
  await next.restoreTrainingState(await model.trainingState());
  const history = await inArrays(next, { epochs: 5, callbacks: [ender()] });
  expect([history.epochs.length, history.stopped, history.reason]).toEqual([2, true, 'enough']);
  expect(await next.weightsSha256()).toBe(await model.weightsSha256());
});

test('a longer training than at first', async () => {
  const whole = makeModel();
  await inArrays(whole, { epochs: 4 });
  const first = makeModel();
  await inArrays(first, { epochs: 2 });
  const next = makeModel();
  await next.restoreTrainingState(await first.trainingState());
  expect((await inArrays(next, { epochs: 4 })).epochs.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4]);
  expect(await next.weightsSha256()).toBe(await whole.weightsSha256());
});

test('it can be restored in onTrainBegin, and not later', async () => {
  const first = makeModel();
  await inArrays(first, { epochs: 2 });
  const bytes = await first.trainingState();
  const restorer: Callback = { onTrainBegin: (model) => model.restoreTrainingState(bytes) };
  const model = makeModel();
  expect((await inArrays(model, { epochs: 2, callbacks: [restorer] })).epochs.length).toBe(2);
  expect(await model.weightsSha256()).toBe(await first.weightsSha256());
  const late: Callback = { onBatchEnd: (_b, _l, own) => own.restoreTrainingState(bytes) };
  await expect(inArrays(model, { callbacks: [late] })).rejects.toMatchObject({ code: 'resume-late' });
});

test('fewer batches than were done', async () => {
  const model = makeModel();
  const stop: Callback = { onBatchEnd: (batch, _, own) => (batch === 2 ? own.stop() : undefined) };
  await model.fit(batchesOf(task, 6), { callbacks: [stop] });
  const next = makeModel();
  await next.restoreTrainingState(await model.trainingState());
  const iterable = { [Symbol.iterator]: () => batchesOf(task, 12)[Symbol.iterator]() };
  await expect(next.fit(iterable)).rejects.toMatchObject({
    code: expect.stringMatching(/batches-fewer|mismatch/),
  });
});

type Change = {
  readonly options?: FitOptions;
  readonly seed?: number;
  readonly units?: number;
  readonly rate?: number;
};

test.each<[string, Change, RegExp]>([
  ['another seed', { seed: 4 }, /seed was 3 and is 4/],
  ['another layer', { units: 2 }, /layers\.dense\.config\.units was 1 and is 2/],
  ['another learning rate', { rate: 0.5 }, /compile\.optimizer was 'adam' and is .*0\.5/],
  [
    'another batch size',
    { options: { batchSize: 4 } },
    /fit\.batchSize was 5 and is 4; fit\.batches was 4 and is 5/,
  ],
  ['another order', { options: { shuffle: false } }, /fit\.shuffle was true and is false/],
  [
    'another split',
    { options: { validationSplit: 0.5 } },
    /fit\.samples was 17 and is 11.*fit\.validationSamples/,
  ],
])('%s is told', async (_, { options, seed = 3, units = 1, rate }, message) => {
  const first = makeModel();
  await inArrays(first, { epochs: 1 });
  const layers = [
    embedding({ inputDim: WORDS, outputDim: 3 }),
    dropout(),
    meanOverSteps(),
    dense({ units, activation: 'sigmoid', kernelConstraint: 'nonNeg' }),
  ];
  const model = sequential(layers, { registry: testRegistry(), seed, inputShape: [STEPS] });
  const { adam } = await import('../optimizers/adam.js');
  const optimizer = rate ? adam({ learningRate: rate }) : 'adam';
  model.compile({ optimizer, loss: 'binaryCrossentropy', metrics: ['accuracy', 'mse'] });
  const before = await model.weightsSha256();
  const going = async (): Promise<void> => {
    await model.restoreTrainingState(await first.trainingState());
    await inArrays(model, options ?? {});
  };
  await expect(going()).rejects.toMatchObject({
    code: 'checkpoint-mismatch',
    message: expect.stringMatching(message),
  });
  if (!options) expect(await model.weightsSha256()).toBe(before);
});
