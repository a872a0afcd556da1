// Real layers, optimizers and callbacks, interrupted and taken up again: the same weights and figures, to the bit.
import { useBackend } from '@ostinato/backend';
import { createRegistry, createRng, type Layer } from '@ostinato/core';
import { truncateSequences } from '@ostinato/datasets';
import { createKernels, kernels } from '@ostinato/kernels';
import {
  batchNormalization,
  bidirectional,
  dense,
  dropout,
  gru,
  layers,
  lstm,
  simpleRNN,
} from '@ostinato/layers';
import {
  adam,
  adamw,
  type Callback,
  cosineDecay,
  earlyStopping,
  type History,
  type Model,
  reduceLROnPlateau,
  rmsprop,
  sequential,
  sgd,
} from '@ostinato/training';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';

beforeAll(() => useBackend('wasm'));

const [ROWS, STEPS, FEATURES] = [22, 6, 3];
const rng = createRng(8);
const x = {
  data: Float32Array.from({ length: ROWS * STEPS * FEATURES }, () => rng.normal()),
  shape: [ROWS, STEPS, FEATURES],
};
const y = Float32Array.from({ length: ROWS }, (_, row) => (x.data[row * STEPS * FEATURES]! > 0 ? 1 : 0));

type Optimizer = ReturnType<typeof adam>;

interface Case {
  readonly layers: () => Layer[];
  readonly optimizer: () => Optimizer;
  readonly callbacks?: () => Callback[];
  /** Default: on x and y, shuffled, with validation. */
  readonly fit?: (model: Model, callbacks: Callback[]) => Promise<History>;
}

const onArrays: NonNullable<Case['fit']> = (model, callbacks) =>
  model.fit(x, y, { epochs: 4, batchSize: 5, validationSplit: 0.25, callbacks });

const head = (): Layer => dense({ units: 1, activation: 'sigmoid' });

const cases: Readonly<Record<string, Case>> = {
  'fused LSTM with dropout, Adam with averages': {
    layers: () => [lstm({ units: 5, dropout: 0.2, recurrentDropout: 0.3 }), head()],
    optimizer: () => adam({ useEma: true, emaMomentum: 0.9 }),
  },
  'GRU both ways, AdamW with a schedule, clipped, callbacks that remember': {
    layers: () => [bidirectional({ layer: gru({ units: 4 }) }), dropout({ rate: 0.4 }), head()],
    optimizer: () =>
      adamw({ learningRate: cosineDecay({ initialLearningRate: 0.02, decaySteps: 12 }), clipNorm: 0.1 }),
    callbacks: () => [earlyStopping({ patience: 1, restoreBestWeights: true, monitor: 'valLoss' })],
  },
  'moving means, RMSprop, a learning rate that callbacks lower': {
    layers: () => [
      simpleRNN({ units: 4, returnSequences: true }),
      batchNormalization(),
      lstm({ units: 3 }),
      head(),
    ],
    optimizer: () => rmsprop({ learningRate: 0.05, momentum: 0.5 }),
    callbacks: () => [reduceLROnPlateau({ patience: 1, monitor: 'loss', minDelta: 0.5 })],
  },
  'accumulated gradients across the end of an epoch': {
    layers: () => [gru({ units: 3 }), head()],
    optimizer: () => sgd({ learningRate: 0.1, momentum: 0.9, nesterov: true, gradientAccumulationSteps: 3 }),
  },
  'kept states, truncated sequences, validation that changes them': {
    layers: () => [lstm({ units: 3, stateful: true }), head()],
    optimizer: () => adam({ learningRate: 0.05 }),
    fit: (model, callbacks) => {
      const series = {
        data: x.data.subarray(0, 8 * STEPS * FEATURES),
        shape: [4, 2 * STEPS, FEATURES] as const,
      };
      const targets = { data: y.subarray(0, 4), shape: [4] as const };
      const windows = truncateSequences(series, targets, { steps: 3, batchSize: 4 });
      return model.fit(windows, {
        epochs: 3,
        callbacks,
        validationData: truncateSequences(series, targets, { steps: 4, batchSize: 4 }),
      });
    },
  },
};

describe.each(Object.entries(cases))('%s', (_, given) => {
  const fit = given.fit ?? onArrays;
  const makeModel = (pool: typeof kernels): Model => {
    const registry = createRegistry([layers, pool]);
    const model = sequential(given.layers(), { registry, seed: 6, inputShape: [null, FEATURES] });
    model.compile({ optimizer: given.optimizer(), loss: 'binaryCrossentropy', metrics: ['accuracy'] });
    return model;
  };
  const callbacks = (...more: Callback[]): Callback[] => [...(given.callbacks?.() ?? []), ...more];
  const figuresOf = ({ epochs, stopped }: History): unknown => [
    stopped,
    ...epochs.map(({ seconds: _, ...figures }) => figures),
  ];

  test('goes on to the bit from every batch, validation and epoch, on other numbers of threads too', async () => {
    const moments: Uint8Array[] = [];
    const keep = async (_at: number, _logs: unknown, model: Model): Promise<void> => {
      moments.push(await model.trainingState());
    };
    const camera: Callback = {
      innermost: true,
      onBatchEnd: keep,
      onTestBegin: (model) => keep(0, undefined, model),
      onTestEnd: (_logs, model) => keep(0, undefined, model),
      onEpochEnd: keep,
    };
    const whole = makeModel(kernels);
    const expected = figuresOf(await fit(whole, callbacks(camera)));
    const weights = await whole.weightsSha256();
    const untouched = makeModel(kernels);
    await fit(untouched, callbacks());
    expect(await untouched.weightsSha256()).toBe(weights);
    const threaded = createKernels({ threads: 2 });
    const tensors = tf.memory().numTensors;
    for (const [i, bytes] of moments.entries()) {
      const model = makeModel(i % 2 ? kernels : threaded);
      await model.restoreTrainingState(bytes);
      expect(figuresOf(await fit(model, callbacks())), `moment ${i}`).toEqual(expected);
      expect(await model.weightsSha256(), `moment ${i}`).toBe(weights);
      model.dispose();
    }
    expect(tf.memory().numTensors).toBe(tensors);
    await threaded.stop();
    whole.dispose();
    untouched.dispose();
  });

  test('a fit that was stopped goes on to the bit', async () => {
    const whole = makeModel(kernels);
    await fit(whole, callbacks());
    const first = makeModel(kernels);
    const stopper: Callback = {
      onBatchEnd: (batch, _l, model) => {
        if (model.run?.epoch === 1 && batch === 1) model.stop();
      },
    };
    let bytes = new Uint8Array();
    // innermost: it comes before callbacks that give the best weights back
    const keeper: Callback = {
      innermost: true,
      onTrainEnd: async (_logs, model) => {
        bytes = Uint8Array.from(await model.trainingState());
      },
    };
    expect((await fit(first, callbacks(stopper, keeper))).stopped).toBe(true);
    const next = makeModel(kernels);
    await next.restoreTrainingState(bytes);
    await fit(next, callbacks());
    expect(await next.weightsSha256()).toBe(await whole.weightsSha256());
    for (const model of [whole, first, next]) model.dispose();
  });
});
