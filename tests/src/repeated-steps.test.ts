// `fit` repeats the operations of a step without asking the layers. To the bit, it is the training that asks them each time.
import { useBackend } from '@ostinato/backend';
import {
  type CallContext,
  Cell,
  createRegistry,
  createRng,
  input,
  type JsonObject,
  Layer,
  type Loss,
  OstinatoError,
  type Plugin,
  primitive,
  type Rng,
  type Shape,
  type Step,
  type StepContext,
} from '@ostinato/core';
import { createKernels } from '@ostinato/kernels';
import {
  add,
  additiveAttention,
  attention,
  averagePooling1d,
  batchNormalization,
  bidirectional,
  concatenate,
  conv1d,
  convLstm1d,
  dense,
  dropout,
  dropoutMask,
  embedding,
  flatten,
  gaussianNoise,
  globalAveragePooling1d,
  globalMaxPooling1d,
  gru,
  gruCell,
  layerNormalization,
  layers,
  lstm,
  lstmCell,
  masking,
  maxPooling1d,
  multiHeadAttention,
  multiply,
  permute,
  repeatVector,
  reshape,
  rnn,
  simpleRNN,
  simpleRNNCell,
  spatialDropout1d,
  stackedRNNCells,
  timeDistributed,
} from '@ostinato/layers';
import {
  type CodeContext,
  CodeModel,
  type CompileOptions,
  type Model,
  model,
  sequential,
} from '@ostinato/training';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const [ROWS, STEPS, SIZE, WORDS] = [22, 7, 3, 15];
const kernels = createKernels({ threads: 2 });
const registryOf = (...plugins: Plugin[]) => createRegistry([layers, ...plugins]);

afterAll(() => kernels.stop());

/** Sequences, ids (0 is padding) and targets; the last batch of eight is smaller. */
function data() {
  const rng = createRng(5);
  const sequences = {
    data: Float32Array.from({ length: ROWS * STEPS * SIZE }, () => rng.normal()),
    shape: [ROWS, STEPS, SIZE],
  };
  const words = {
    data: Int32Array.from({ length: ROWS * STEPS }, () => rng.int(WORDS)),
    shape: [ROWS, STEPS],
  };
  const y = { data: Float32Array.from({ length: ROWS }, () => rng.int(2)), shape: [ROWS, 1] };
  return { sequences, words, y };
}

/** The end of a model that tells yes from no. */
const end = (): Layer => dense({ units: 1, activation: 'sigmoid' });

const SEQUENCES: Readonly<Record<string, () => Layer[]>> = {
  SimpleRNN: () => [simpleRNN({ units: 5 })],
  'LSTM, every step, and pooling': () => [lstm({ units: 5, returnSequences: true }), globalMaxPooling1d()],
  'GRU behind masking': () => [masking({ maskValue: 0 }), gru({ units: 5 })],
  'GRU, reset before, backwards': () => [gru({ units: 5, resetAfter: false, goBackwards: true })],
  'both ways': () => [bidirectional({ layer: lstm({ units: 4 }), mergeMode: 'sum' })],
  'a stack of cells': () => [
    rnn({ cell: stackedRNNCells({ cells: [lstmCell({ units: 3 }), gruCell({ units: 4 })] }) }),
  ],
  'a layer for each step': () => [
    timeDistributed({ layer: dense({ units: 3, activation: 'gelu' }) }),
    flatten(),
  ],
  'norms and convolutions': () => [
    layerNormalization(),
    conv1d({ filters: 4, kernelSize: 3, activation: 'relu' }),
    batchNormalization(),
    averagePooling1d({ poolSize: 2 }),
    globalAveragePooling1d(),
  ],
  'pooling and shapes': () => [
    permute({ dims: [2, 1] }),
    maxPooling1d({ poolSize: 2 }),
    flatten(),
    repeatVector({ n: 2 }),
    reshape({ targetShape: [14] }),
  ],
  'a convolution in each step': () => [
    reshape({ targetShape: [STEPS, SIZE, 1] }),
    convLstm1d({ filters: 2, kernelSize: 2 }),
    flatten(),
  ],
  'dropout and noise': () => [
    gaussianNoise({ stddev: 0.3 }),
    spatialDropout1d({ rate: 0.4 }),
    timeDistributed({ layer: dropout({ rate: 0.2 }) }),
    simpleRNN({ units: 4, dropout: 0.3, recurrentDropout: 0.4 }),
    dropout({ rate: 0.5 }),
  ],
  'dropout for each gate': () => [
    lstm({ units: 4, dropout: 0.3, recurrentDropout: 0.4, returnSequences: true }),
    bidirectional({ layer: gru({ units: 3, dropout: 0.2, recurrentDropout: 0.3 }) }),
  ],
  'dropout in a stack of cells': () => [
    rnn({
      cell: stackedRNNCells({
        cells: [lstmCell({ units: 3, dropout: 0.3 }), simpleRNNCell({ units: 4, recurrentDropout: 0.5 })],
      }),
    }),
  ],
  'penalties and a bound': () => [
    simpleRNN({ units: 4, kernelRegularizer: 'l2', recurrentConstraint: 'maxNorm' }),
    dense({ units: 3, kernelRegularizer: 'l1', activation: 'leakyRelu' }),
  ],
};

const WORD_MODELS: Readonly<Record<string, () => Layer[]>> = {
  'words and SimpleRNN': () => [embedding({ inputDim: WORDS, outputDim: 4 }), simpleRNN({ units: 5 })],
  'masked words and LSTM': () => [
    embedding({ inputDim: WORDS, outputDim: 4, maskZero: true }),
    lstm({ units: 5 }),
  ],
  'masked words both ways': () => [
    embedding({ inputDim: WORDS, outputDim: 4, maskZero: true }),
    bidirectional({ layer: gru({ units: 3, returnSequences: true }) }),
    globalAveragePooling1d(),
  ],
};

interface Outcome {
  readonly sha: string;
  readonly figures: unknown;
  readonly replayed: number;
  readonly refusal: string | undefined;
}

const COMPILED: CompileOptions = {
  optimizer: 'adam',
  loss: 'binaryCrossentropy',
  metrics: ['accuracy', 'auc'],
};

/** Trains for six epochs of three batches, and disposes the model. */
async function train(made: Model, options: CompileOptions, x: unknown = data().sequences): Promise<Outcome> {
  made.compile(options);
  const { epochs, replayed, replayRefusal } = await made.fit(x as never, data().y, {
    epochs: 6,
    batchSize: 8,
  });
  const sha = await made.weightsSha256();
  made.dispose();
  const figures = epochs.map(({ seconds: _, ...rest }) => rest);
  return { sha, figures, replayed, refusal: replayRefusal };
}

/** Trains both ways, with nothing left of either. */
async function both(
  make: () => Model,
  options = COMPILED,
  x?: unknown,
): Promise<readonly [Outcome, Outcome]> {
  const before = tf.memory().numTensors;
  const repeated = await train(make(), options, x);
  const eager = await train(make(), { ...options, runEagerly: true }, x);
  expect(tf.memory().numTensors).toBe(before);
  expect(kernels.memory().inUse).toBe(0);
  expect(eager).toMatchObject({ replayed: 0, refusal: 'compiled with `runEagerly`' });
  expect([repeated.sha, repeated.figures]).toEqual([eager.sha, eager.figures]);
  return [repeated, eager];
}

// Of eighteen steps the first asks the layers, the first of each shape (batches of 8 and of 6) then is recorded, and the next one compared.
const REPEATED = 13;

describe.each(['cpu', 'wasm'] as const)('on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  const kinds = [
    ['fused', [kernels]],
    ['in tfjs', []],
  ] as const;
  for (const [kind, plugins] of kinds) {
    const registry = registryOf(...plugins);
    test.each(Object.keys(SEQUENCES))(`${kind}: %s`, async (name) => {
      const [{ replayed, refusal }] = await both(() =>
        sequential([...SEQUENCES[name]!(), end()], { registry, seed: 3 }),
      );
      expect({ replayed, refusal }).toEqual({ replayed: REPEATED, refusal: undefined });
    });

    test.each(Object.keys(WORD_MODELS))(`${kind}: %s`, async (name) => {
      const make = () => sequential([...WORD_MODELS[name]!(), end()], { registry, seed: 3 });
      const [{ replayed, refusal }] = await both(make, COMPILED, data().words);
      expect({ replayed, refusal }).toEqual({ replayed: REPEATED, refusal: undefined });
    });
  }

  test('attention, several ways that meet, and a model as a layer', async () => {
    const make = () => {
      const registry = registryOf(kernels);
      const x = input({ shape: [STEPS, SIZE] });
      const inside = [dense({ units: SIZE }), dropout({ rate: 0.2 })];
      const inner = sequential(inside, { registry, seed: 2, inputShape: [STEPS, SIZE] }).asLayer();
      const mapped = inner.apply(inner.apply(x));
      const seen = [
        attention({ dropout: 0.2 }).apply([x, mapped]),
        additiveAttention().apply([mapped, x]),
        multiHeadAttention({ numHeads: 2, keyDim: 3, dropout: 0.3 }).apply([x, mapped]),
      ];
      const merged = concatenate().apply([multiply().apply([add().apply(seen), x]), mapped]);
      return model(
        { inputs: x, outputs: end().apply(lstm({ units: 4 }).apply(merged)) },
        { registry, seed: 1 },
      );
    };
    const [{ replayed }] = await both(make);
    expect(replayed).toBe(REPEATED);
  });

  test('two outputs with losses of their own, and states that are handed on', async () => {
    const make = () => {
      const x = input({ shape: [STEPS, SIZE] });
      const [sequence, h, c] = lstm({ units: 4, returnSequences: true, returnState: true }).applyAll(x);
      const decoded = lstm({ units: 4 }).apply([sequence!, h!, c!]);
      const outputs = { yes: end().apply(decoded), value: dense({ units: 1 }).apply(decoded) };
      return model({ inputs: { x }, outputs }, { registry: registryOf(kernels), seed: 1 });
    };
    const compiled: CompileOptions = {
      optimizer: 'rmsprop',
      loss: { yes: 'binaryCrossentropy', value: 'mse' },
      lossWeights: { yes: 1, value: 0.5 },
      metrics: { yes: ['accuracy'], value: ['mae'] },
    };
    const results: Outcome[] = [];
    for (const runEagerly of [false, true]) {
      const made = make();
      made.compile({ ...compiled, runEagerly });
      const { y } = data();
      const sampleWeight = Float32Array.from({ length: ROWS }, (_, i) => 1 + (i % 3));
      const history = await made.fit(
        { x: data().sequences },
        { yes: y, value: y },
        { epochs: 6, batchSize: 8, sampleWeight },
      );
      const figures = history.epochs.map(({ seconds: _, ...rest }) => rest);
      results.push({
        sha: await made.weightsSha256(),
        figures,
        replayed: history.replayed,
        refusal: history.replayRefusal,
      });
      made.dispose();
    }
    expect(results[0]).toMatchObject({
      sha: results[1]!.sha,
      figures: results[1]!.figures,
      replayed: REPEATED,
    });
  });
});

/** A layer of a plugin, with what a test wants it to do. */
class Given extends Layer {
  readonly registeredName = 'plugin-given>Given';
  readonly f: (x: tf.Tensor) => tf.Tensor;
  constructor(f: (x: tf.Tensor) => tf.Tensor) {
    super();
    this.f = f;
  }
  call([x]: readonly tf.Tensor[], _context: CallContext): tf.Tensor {
    return this.f(x!);
  }
  outputShapes(shapes: readonly Shape[]): readonly Shape[] {
    return shapes;
  }
  getConfig(): JsonObject {
    return {};
  }
}
class Said extends Given {
  static override readonly repeatable = true;
}
class Below extends Said {}

/** Adds what it draws, the same number to all. */
class Drawing extends Given {
  static override readonly repeatable = true;
  readonly #draw: (rng: Rng) => number;
  constructor(draw: (rng: Rng) => number) {
    super((x) => x);
    this.#draw = draw;
  }
  override call([x]: readonly tf.Tensor[], { rng }: CallContext): tf.Tensor {
    return tf.add(x!, this.#draw(rng));
  }
}

/** A number that a primitive draws. */
function drawnIn(rng: Rng): number {
  return primitive([rng], (stream) => [{ number: stream.uniform() }])[0].number;
}

/** h' = tanh(x + h), without a word on whether that may be repeated. */
class OwnCell extends Cell {
  readonly registeredName = 'plugin-given>OwnCell';
  readonly stateShapes = [[SIZE]];
  readonly outputShape = [SIZE];
  build(): void {}
  step(x: tf.Tensor, [h]: readonly tf.Tensor[], _context?: StepContext): Step {
    const next = tf.tanh(tf.add(x, h!));
    return { output: next, states: [next] };
  }
  getConfig(): JsonObject {
    return {};
  }
}

/** The same with dropout of inputs and states, as a plugin writes it. */
class DroppingCell extends OwnCell {
  static override readonly repeatable = true;
  override dropInput(x: tf.Tensor, context: StepContext): tf.Tensor {
    return this.#drop(x, 'input', [x.shape[0]!, 1, SIZE], context);
  }
  override step(x: tf.Tensor, [h]: readonly tf.Tensor[], context: StepContext): Step {
    return super.step(x, [this.#drop(h!, 'state', h!.shape, context)]);
  }
  #drop(values: tf.Tensor, name: string, shape: readonly number[], context: StepContext): tf.Tensor {
    const mask = (): tf.Tensor => dropoutMask(shape, 0.4, context.rng.split(name));
    return context.training ? tf.mul(values, context.once(name, mask)) : values;
  }
}

/** The product of Dense as a kernel that says nothing, either. */
const product = {
  name: 'plugin-given',
  version: '1.0.0',
  kernels: [
    {
      op: 'dense.product',
      refuse: () => undefined,
      run: ({ x, kernel, bias }) => {
        const value = tf.matMul(x as tf.Tensor2D, kernel as tf.Tensor2D);
        return bias ? tf.add(value, bias) : value;
      },
    },
  ],
} satisfies Plugin;

class Written extends CodeModel {
  readonly dense = this.track(dense({ units: 1, activation: 'sigmoid' }));
  readonly flatten = this.track(flatten());
  call([x]: readonly tf.Tensor[], { apply }: CodeContext): tf.Tensor {
    return apply(this.dense, apply(this.flatten, x!));
  }
}

/** Reads a private field where its name is asked for: nobody may put another object in its place. */
class OwnActivation {
  readonly #slope = 2;
  readonly name = 'own';
  get config(): JsonObject {
    return { slope: this.#slope };
  }
  apply(x: tf.Tensor): tf.Tensor {
    return tf.mul(x, this.#slope);
  }
}

test('a cell of a plugin draws masks of its own in each step', async () => {
  await useBackend('cpu');
  const make = () =>
    sequential([rnn({ cell: new DroppingCell() }), end()], { registry: registryOf(), seed: 1 });
  const [{ replayed, refusal }] = await both(make);
  expect({ replayed, refusal }).toEqual({ replayed: REPEATED, refusal: undefined });
});

describe('what keeps steps from being repeated', () => {
  beforeAll(() => useBackend('cpu'));
  const registry = registryOf();
  const chain = (...inside: Layer[]) => sequential([...inside, end()], { registry, seed: 1 });
  const lossOf = (repeatable?: boolean): Loss => ({
    name: 'own',
    config: {},
    ...(repeatable === undefined ? {} : { repeatable }),
    apply: (y, p) => tf.mean(tf.square(tf.sub(p, y)), -1),
  });
  const own = { name: 'own', config: {}, apply: (x: tf.Tensor) => tf.mul(x, 2) };
  const penalty = { name: 'penalty', config: {}, apply: (w: tf.Tensor) => tf.sum(tf.square(w)) };
  const steps = { inputShape: [STEPS, SIZE] };

  test.each<[string, () => Model, Partial<CompileOptions>?]>([
    [
      'random numbers are drawn outside of a primitive',
      () => chain(new Drawing((rng) => rng.normal()), dropout({ rate: 0.5 }), flatten()),
    ],
    [
      'random numbers are drawn outside of a primitive',
      () => chain(new Drawing((rng) => rng.uniform() + drawnIn(rng) + rng.split('own').uniform()), flatten()),
    ],
    [
      'a primitive reads something that no recorded operation made',
      () => chain(new Drawing(() => drawnIn(createRng(3))), flatten()),
    ],
    ["the loss 'own' is not said to be repeatable", () => chain(simpleRNN({ units: 3 })), { loss: lossOf() }],
    [
      "the activation 'own' is not said to be repeatable",
      () => chain(dense({ units: 2, activation: own }), flatten()),
    ],
    [
      "the activation 'own' is not said to be repeatable",
      () => chain(rnn({ cell: simpleRNNCell({ units: 2, activation: own }) })),
    ],
    [
      "the regularizer 'penalty' is not said to be repeatable",
      () => chain(simpleRNN({ units: 2, kernelRegularizer: penalty })),
    ],
    ['values are read back', () => chain(flatten()), { loss: lossThatLooks() }],
    [
      'plugin-given>Given is not said to be repeatable',
      () => {
        const layer = new Given((x) => tf.tanh(x));
        return sequential([layer, flatten(), end()], { registry, seed: 1, ...steps });
      },
    ],
    [
      'plugin-given>Given is not said to be repeatable',
      () => {
        const layer = new Below((x) => tf.tanh(x)); // what its class says is not said of it
        return sequential([layer, flatten(), end()], { registry, seed: 1, ...steps });
      },
    ],
    ['plugin-given>OwnCell is not said to be repeatable', () => chain(rnn({ cell: new OwnCell() }))],
    [
      'plugin-given>OwnCell is not said to be repeatable',
      () => chain(rnn({ cell: stackedRNNCells({ cells: [simpleRNNCell({ units: SIZE }), new OwnCell()] }) })),
    ],
    [
      "the kernel of 'dense.product' is not said to be repeatable",
      () => sequential([flatten(), end()], { registry: registryOf(product), seed: 1, ...steps }),
    ],
    ['the model is written as code', () => new Written({ registry, seed: 1 })],
    [
      '@ostinato/layers>Dense is not said to be repeatable',
      () => {
        const layer = dense({ units: 2 });
        const call = layer.call.bind(layer);
        layer.call = (inputs, context) => call(inputs, context); // a class speaks for its own functions alone
        return chain(flatten(), layer);
      },
    ],
    [
      "the activation 'own' is not said to be repeatable",
      () => chain(simpleRNN({ units: 3, activation: new OwnActivation() })),
    ],
  ])('%s', async (why, make, options = {}) => {
    const [{ replayed, refusal }] = await both(make, { ...COMPILED, ...options });
    expect({ replayed, refusal }).toEqual({ replayed: 0, refusal: why });
  });

  test('states that a layer keeps', async () => {
    const make = () => chain(simpleRNN({ units: 3, stateful: true }));
    const cut = { data: data().sequences.data.slice(0, 16 * STEPS * SIZE), shape: [16, STEPS, SIZE] };
    const shas: string[] = [];
    for (const runEagerly of [false, true]) {
      const made = make();
      made.compile({ ...COMPILED, runEagerly });
      const history = await made.fit(cut, data().y.data.slice(0, 16), { epochs: 8, batchSize: 8 });
      expect(history.replayed).toBe(0);
      if (!runEagerly) expect(history.replayRefusal).toBe('a layer keeps states');
      shas.push(await made.weightsSha256());
      made.dispose();
    }
    expect(shas[0]).toBe(shas[1]);
  });

  test('states that a layer keeps from one batch alone', async () => {
    const made = chain(simpleRNN({ units: 3, stateful: true }));
    made.compile(COMPILED);
    const { data: values } = data().sequences;
    const batches = Array.from({ length: 20 }, () => ({
      x: { data: values.slice(0, 4 * STEPS * SIZE), shape: [4, STEPS, SIZE] },
      y: Float32Array.of(0, 1, 0, 1),
      resetStates: true,
    }));
    const { replayed, replayRefusal } = await made.fit(batches);
    expect({ replayed, replayRefusal }).toEqual({ replayed: 0, replayRefusal: 'a layer keeps states' });
    made.dispose();
  });

  test('a layer, a loss and an activation that are said to be repeatable', async () => {
    const make = () => {
      const layer = new Said((x) => tf.tanh(x));
      const inside = [layer, flatten(), dense({ units: 2, activation: { ...own, repeatable: true } }), end()];
      return sequential(inside, { registry, seed: 1, ...steps });
    };
    const [{ replayed }] = await both(make, { ...COMPILED, loss: lossOf(true) });
    expect(replayed).toBe(REPEATED);
  });

  test('a layer that is said to be repeatable and is not is found out, and asked in each step', async () => {
    let calls = 0;
    const layer = new Said((x) => tf.mul(x, 1 / ++calls));
    const make = () => {
      calls = 0;
      const inside = [layer, flatten(), end()];
      return sequential(inside, { registry, seed: 1, ...steps });
    };
    const [{ replayed, refusal }] = await both(make);
    expect(replayed).toBe(0);
    expect(refusal).toBe('a step came out otherwise when its operations were repeated');
    expect(calls).toBe(18);
  });
});

function lossThatLooks(): Loss {
  return {
    name: 'looks',
    config: {},
    repeatable: true,
    apply: (y, p) => tf.mul(tf.mean(tf.square(tf.sub(p, y)), -1), p.dataSync()[0]! > 0 ? 1 : 2),
  };
}

describe('what changes on the way', () => {
  beforeAll(() => useBackend('wasm'));
  const registry = registryOf(kernels);

  async function bothWays(run: (made: Model) => Promise<unknown>, inside: () => Layer[]): Promise<number> {
    const outcomes: unknown[] = [];
    let replayed = 0;
    for (const runEagerly of [false, true]) {
      const made = sequential([...inside(), end()], { registry, seed: 4 });
      made.compile({ ...COMPILED, runEagerly });
      const result = await run(made).catch((error: Error) => error.message);
      outcomes.push([typeof result === 'string' ? result : '', await made.weightsSha256()]);
      if (!runEagerly) ({ replayed } = made.history!);
      made.dispose();
      expect(kernels.memory().inUse).toBe(0);
    }
    expect(outcomes[0]).toEqual(outcomes[1]);
    return replayed;
  }
  const fit = (made: Model, onBatchEnd: (batch: number) => void = () => {}, epochs = 6) =>
    made.fit(data().sequences, data().y, { epochs, batchSize: 8, callbacks: [{ onBatchEnd }] });

  test('the learning rate, and the weights', async () => {
    const replayed = await bothWays(
      (made) => {
        let step = 0;
        return fit(made, () => {
          (made.optimizer as { learningRate: number }).learningRate *= 1.5;
          if (++step % 4 === 0) made.layers[0]!.layer.params[0]!.assign(tf.fill([SIZE, 20], 0.1));
        });
      },
      () => [lstm({ units: 5 })],
    );
    expect(replayed).toBe(REPEATED);
  });

  const inert = () => batchNormalization({ center: false, scale: false });
  const inside: Readonly<Record<string, (frozen: Layer) => Layer>> = {
    'a layer of the model': (frozen) => frozen,
    'a layer in a layer': (frozen) => timeDistributed({ layer: frozen }),
    'a layer of a model in the model': (frozen) => sequential([frozen], { registry, seed: 2 }).asLayer(),
  };
  test.each(Object.keys(inside))('what is trained, and nobody’s weights show it: %s', async (name) => {
    let frozen = inert();
    const replayed = await bothWays(
      async (made) => {
        let step = 0;
        await fit(made, () => {
          step++;
          if (step === 9 || step === 17) frozen.trainable = step === 17;
        });
      },
      () => {
        frozen = inert();
        return [inside[name]!(frozen), gru({ units: 5 })];
      },
    );
    expect(replayed).toBeGreaterThan(6);
    expect(replayed).toBeLessThan(REPEATED);
  });

  test('shapes: each has a recording of its own', async () => {
    const rng = createRng(8);
    const batch = (rows: number, steps: number) => ({
      x: {
        data: Float32Array.from({ length: rows * steps * SIZE }, () => rng.normal()),
        shape: [rows, steps, SIZE],
      },
      y: { data: Float32Array.from({ length: rows }, () => rng.int(2)), shape: [rows, 1] },
    });
    const batches = [batch(4, 5), batch(4, 9), batch(3, 5), batch(4, 9), batch(4, 5), batch(2, 2)];
    const replayed = await bothWays(
      (made) => made.fit(batches, { epochs: 3 }),
      () => [lstm({ units: 5 })],
    );
    expect(replayed).toBe(18 - 1 - 4 - 3); // the first of all, the first of each shape, and of three the next one, which is compared
  });

  test('an id that the table has not, and what is not finite: the same errors, at the same step', async () => {
    const words = data().words;
    const batches = Array.from({ length: 18 }, (_, i) => ({
      x: {
        data: Int32Array.from(words.data.slice(0, 4 * STEPS), (id, k) => (i === 17 && k === 9 ? WORDS : id)),
        shape: [4, STEPS],
      },
      y: Float32Array.of(0, 1, 0, 1),
    }));
    const inside = () => [embedding({ inputDim: WORDS, outputDim: 4 }), gru({ units: 5 })];
    expect(await bothWays((made) => made.fit(batches, { epochs: 1 }), inside)).toBe(14);
    const bad = data().sequences;
    bad.data[20 * STEPS * SIZE] = Number.NaN;
    const run = (made: Model) => made.fit(bad, data().y, { epochs: 3, batchSize: 4, shuffle: false });
    await bothWays(run, () => [simpleRNN({ units: 5, activation: 'relu' })]);
  });

  /** Its nth call throws: the eighth when a recording is compared, the tenth when it is taken. */
  const throwsAt = (nth: number, code: string): Model => {
    let calls = 0;
    const fails = (x: tf.Tensor): tf.Tensor => {
      primitive([x], () => {
        if (++calls === nth) throw new OstinatoError(code, { where: 'it', what: 'It broke once' });
        return [];
      });
      return tf.tanh(x);
    };
    const made = sequential([new Said(fails), simpleRNN({ units: 4 }), end()], { registry, seed: 4 });
    made.compile(COMPILED);
    return made;
  };

  test.each([
    [8, 1],
    [10, 2],
  ])('call %i of an operation throws: the layers are asked, and go on', async (nth, repeated) => {
    const before = tf.memory().numTensors;
    const made = throwsAt(nth, 'other');
    const { replayed, replayRefusal, epochs } = await fit(made);
    made.dispose();
    expect([epochs.length, replayed]).toEqual([6, repeated]);
    expect(replayRefusal).toBe('an operation failed when it was repeated: [it] It broke once. (other)');
    expect([tf.memory().numTensors, kernels.memory().inUse]).toEqual([before, 0]);
  });

  test.each([
    [8, 'worker-lost'],
    [10, 'worker-failed'],
  ])('call %i throws %s, which is told: what was lost is lost', async (nth, code) => {
    const before = tf.memory().numTensors;
    const made = throwsAt(nth, code);
    await expect(fit(made)).rejects.toMatchObject({ code });
    made.dispose();
    expect([tf.memory().numTensors, kernels.memory().inUse]).toEqual([before, 0]);
  });

  test('a short run is not recorded', async () => {
    const made = sequential([lstm({ units: 3 }), end()], { registry, seed: 1 });
    made.compile(COMPILED);
    const { replayed, replayRefusal } = await made.fit(data().sequences, data().y, {
      epochs: 5,
      batchSize: 8,
    });
    expect({ replayed, replayRefusal }).toEqual({
      replayed: 0,
      replayRefusal: 'there are fewer than 16 steps',
    });
    made.dispose();
  });

  test('somebody who watches each operation sees it', async () => {
    const made = sequential([lstm({ units: 3 }), end()], { registry, seed: 1 });
    made.compile(COMPILED);
    const seen: number[] = [];
    const onBatchEnd = (step: number): void => {
      seen.push(tf.engine().state.numTensors);
      tf.engine().state.profiling = step === 1;
    };
    tf.engine().state.activeProfile = { kernels: [] } as never;
    const { replayed } = await made.fit(data().sequences, data().y, {
      epochs: 6,
      batchSize: 8,
      callbacks: [{ onBatchEnd }],
    });
    tf.engine().state.profiling = false;
    expect(replayed, 'but for the one behind the second of each epoch').toBeLessThan(REPEATED);
    expect(tf.engine().state.activeProfile.kernels.length).toBeGreaterThan(6 * 20);
    made.dispose();
  });

  test('fit and again fit, with other steps between', async () => {
    const replayed = await bothWays(
      async (made) => {
        await fit(made);
        await made.trainOnBatch(data().sequences, data().y);
        await made.evaluate(data().sequences, data().y);
        await fit(made);
      },
      () => [simpleRNN({ units: 5, returnSequences: true }), batchNormalization(), lstm({ units: 3 })],
    );
    expect(replayed, 'of the last one').toBe(18 - 2 - 2);
  });
});
