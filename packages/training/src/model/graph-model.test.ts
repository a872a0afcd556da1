import { useBackend } from '@ostinato/backend';
import { Application, createRng, input, type SymbolicTensor } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { modelFromBytes } from '../saving/model-file.js';
import { sequential } from '../sequential.js';
import {
  both,
  dense,
  dropout,
  embedding,
  join,
  meanOverSteps,
  testRegistry,
} from '../test-support/test-layers.js';
import { type GraphModel, model } from './graph-model.js';

const registry = testRegistry();
const options = { registry, seed: 3 };
const [ROWS, STEPS] = [12, 4];

/** Words and a number for each row; whether the words are large on average, and the sum of all. */
function samples() {
  const rng = createRng(5);
  const words = { data: Int32Array.from({ length: ROWS * STEPS }, () => rng.int(8)), shape: [ROWS, STEPS] };
  const extra = { data: Float32Array.from({ length: ROWS * 2 }, () => rng.uniform(-1, 1)), shape: [ROWS, 2] };
  const large = Float32Array.from({ length: ROWS }, (_, i) => (words.data[i * STEPS]! > 3 ? 1 : 0));
  const sum = Float32Array.from({ length: ROWS }, (_, i) => words.data[i * STEPS]! / 8 + extra.data[2 * i]!);
  return { x: { words, extra }, y: { large, sum } };
}

/** Two inputs, two outputs, and an embedding that both share. */
function twoHeads(seed = 3) {
  const words = input({ shape: [STEPS], name: 'words' });
  const extra = input({ shape: [2], name: 'extra' });
  const vectors = embedding({ inputDim: 8, outputDim: 3, name: 'vectors' }).apply(words);
  const state = join({ name: 'state' }).apply([meanOverSteps().apply(vectors), extra]);
  const outputs = {
    large: dense({ units: 1, activation: 'sigmoid', name: 'large_head' }).apply(state),
    sum: dense({ units: 1, name: 'sum_head' }).apply(state),
  };
  return model({ inputs: [words, extra], outputs, name: 'heads' }, { registry, seed });
}

function compiled(made: GraphModel<unknown> = twoHeads()) {
  made.compile({
    optimizer: 'adam',
    loss: { large: 'binaryCrossentropy', sum: 'mse' },
    lossWeights: { sum: 0.5 },
    metrics: { large: ['accuracy'] },
  });
  return made;
}

describe.each(['cpu', 'wasm'] as const)('on %s', (backend) => {
  beforeAll(async () => {
    await useBackend(backend, { fallback: false });
  });

  test('several inputs and outputs are trained, evaluated and predicted, and nothing is left behind', async () => {
    const start = tf.memory().numTensors;
    const { x, y } = samples();
    const made = compiled() as ReturnType<typeof twoHeads>;
    const first = await made.evaluate(x, y);
    expect(Object.keys(first)).toEqual(['loss', 'largeLoss', 'sumLoss', 'largeAccuracy']);
    expect(first.loss).toBeCloseTo(first.largeLoss! + 0.5 * first.sumLoss!, 5);
    const history = await made.fit(x, y, { epochs: 40, batchSize: 5, validationSplit: 0.25 });
    expect(history.epochs.at(-1)).toHaveProperty('valLargeAccuracy');
    expect(history.epochs.at(-1)!.loss).toBeLessThan(history.epochs[0]!.loss);
    const trained = tf.memory().numTensors;
    await made.trainOnBatch([x.words, x.extra], [y.large, y.sum]);
    const { large, sum } = await made.predict(x, { batchSize: 5 });
    expect([large.shape, sum.shape]).toEqual([
      [ROWS, 1],
      [ROWS, 1],
    ]);
    const batch = await made.predictOnBatch([x.words, x.extra]);
    expect(batch.sum.dataSync()[7]).toBeCloseTo(sum.dataSync()[7]!, 6);
    tf.dispose([large, sum, batch.large, batch.sum]);
    expect(tf.memory().numTensors).toBe(trained);
    made.dispose();
    expect(tf.memory().numTensors).toBe(start);
  });

  test('batches by name train as arrays do', async () => {
    const { x, y } = samples();
    const [byArrays, byBatches] = [compiled(), compiled()];
    await byArrays.fit(x, y, { batchSize: ROWS, shuffle: false });
    await byBatches.fit([{ x, y }]);
    expect(await byBatches.weightsSha256()).toBe(await byArrays.weightsSha256());
    byArrays.dispose();
    byBatches.dispose();
  });

  test('a layer that is applied twice has one set of weights, and its gradients add up', async () => {
    const [a, b] = [input({ shape: [2] }), input({ shape: [2] })];
    const shared = dense({ units: 3, name: 'shared' });
    const outputs = dense({ units: 1, name: 'out' }).apply(join().apply([shared.apply(a), shared.apply(b)]));
    const made = model({ inputs: [a, b], outputs }, options);
    made.compile({ optimizer: 'sgd', loss: 'mse' });
    expect((await made.getWeights()).map(({ name }) => name)).toEqual([
      'shared/kernel',
      'shared/bias',
      'out/kernel',
      'out/bias',
    ]);
    const [before, , head] = await made.getWeights();
    const x = [[[1, 2]], [[-1, 3]]];
    await made.trainOnBatch(x as never, [[0.5]]);
    const [after] = await made.getWeights();
    // by hand: d/dW of (w·[aW, bW] − y)² at a zero bias
    const w = head!.data;
    const k = before!.data;
    const value = (v: number[], unit: number): number => v[0]! * k[unit]! + v[1]! * k[3 + unit]!;
    const [p, q] = [
      [1, 2],
      [-1, 3],
    ];
    const output = [0, 1, 2].reduce((sum, u) => sum + value(p!, u) * w[u]! + value(q!, u) * w[3 + u]!, 0);
    const slope = 2 * (output - 0.5);
    const wanted = k[1]! - 0.01 * slope * (p![0]! * w[1]! + q![0]! * w[4]!);
    expect(after!.data[1]).toBeCloseTo(wanted, 5);
    made.dispose();
  });

  test('masks go to every output', async () => {
    const words = input({ shape: [STEPS] });
    const vectors = embedding({ inputDim: 8, outputDim: 2, maskZero: true }).apply(words);
    const [steps] = both().applyAll(vectors);
    const outputs = {
      first: dense({ units: 1, name: 'a' }).apply(vectors),
      second: dense({ units: 1, name: 'b' }).apply(steps!),
    };
    const made = model({ inputs: words, outputs }, options);
    made.compile({ optimizer: 'sgd', loss: 'mse' });
    const x = { data: Int32Array.of(1, 2, 0, 0, 3, 0, 0, 0), shape: [2, STEPS] };
    const targets = (padding: number) => ({
      data: Float32Array.of(1, 2, padding, padding, 0.5, padding, padding, padding),
      shape: [2, STEPS, 1],
    });
    const zeros = await made.evaluate(x, { first: targets(0), second: targets(0) });
    expect(await made.evaluate(x, { first: targets(9), second: targets(-4) })).toEqual(zeros);
    made.dispose();
  });
});

test('a model inside another one: one set of weights under both, wherever it was built', async () => {
  const { x, y } = samples();
  const encoder = sequential([embedding({ inputDim: 8, outputDim: 3 }), meanOverSteps()], {
    registry,
    seed: 7,
    name: 'encoder',
  });
  const words = input({ shape: [STEPS] });
  const whole = model({ inputs: words, outputs: dense({ units: 1 }).apply(encoder.apply(words)) }, options);
  whole.compile({ optimizer: 'sgd', loss: 'mse' });
  expect((await whole.getWeights()).map(({ name }) => name)).toEqual([
    'encoder/embedding/embeddings',
    'dense/kernel',
    'dense/bias',
  ]);
  const alone = sequential([embedding({ inputDim: 8, outputDim: 3 }), meanOverSteps()], {
    registry,
    seed: 7,
  });
  alone.build([null, STEPS]);
  expect(await encoder.weightsSha256()).toBe(await alone.weightsSha256());
  expect((await encoder.getWeights())[0]!.name).toBe('embedding/embeddings');
  await whole.fit(x.words, y.sum);
  expect(await encoder.weightsSha256()).not.toBe(await alone.weightsSha256());
  expect((await encoder.getWeights())[0]!.data).toEqual((await whole.getWeights())[0]!.data);
  const before = await encoder.weightsSha256();
  encoder.trainable = false;
  await whole.fit(x.words, y.sum);
  expect(await encoder.weightsSha256()).toBe(before);
  expect(whole.layer('encoder/embedding').layer).toBe(encoder.layers[0]!.layer);
});

test('a model that was built before is left to its owner, one that was not is disposed with the whole', () => {
  const start = tf.memory().numTensors;
  const words = input({ shape: [3] });
  const own = sequential([dense({ units: 2 })], { registry, name: 'own' });
  const built = sequential([dense({ units: 2 })], { registry, name: 'built', inputShape: [2] });
  built.countParams();
  const whole = model({ inputs: words, outputs: built.apply(own.apply(words)) }, options);
  expect(whole.countParams()).toBe(8 + 6);
  whole.dispose();
  expect(tf.memory().numTensors).toBe(start + 2);
  built.dispose();
});

test('what goes on inside shows in a model that ends there, of a graph and of a Sequential', async () => {
  const { x } = samples();
  const reader = sequential(
    [embedding({ inputDim: 8, outputDim: 3 }), dense({ units: 2, name: 'hidden' }), meanOverSteps()],
    { registry, seed: 2 },
  );
  expect(() => reader.inputs).toThrow(expect.objectContaining({ code: 'not-built' }));
  const whole = (await reader.predict(x.words)) as tf.Tensor;
  const inside = model({ inputs: reader.inputs, outputs: reader.layer('hidden').output }, { registry });
  const hidden = await inside.predict(x.words);
  expect(hidden.shape).toEqual([ROWS, STEPS, 2]);
  expect(tf.mean(hidden, 1).dataSync()[5]).toBeCloseTo(whole.dataSync()[5]!, 6);
  expect((await inside.getWeights()).map(({ name }) => name)).toEqual(
    (await reader.getWeights()).map(({ name }) => name),
  );
  inside.dispose();
  expect(reader.countParams()).toBe(24 + 8);
  const heads = twoHeads();
  const state = model({ inputs: heads.inputs, outputs: heads.layer('state').output }, { registry, seed: 99 });
  expect((await state.getWeights())[0]!.data).toEqual((await heads.getWeights())[0]!.data);
});

test('the summary says what each layer is connected to', () => {
  const made = twoHeads();
  const lines: string[] = [];
  made.summary({ print: (line) => lines.push(line) });
  const cells = lines
    .filter((line) => line.startsWith('│'))
    .map((line) =>
      line
        .split('│')
        .map((cell) => cell.trim())
        .slice(1, -1),
    );
  expect(cells).toEqual([
    ['words (InputLayer)', '(None, 4)', '0', '-'],
    ['extra (InputLayer)', '(None, 2)', '0', '-'],
    ['vectors (Embedding)', '(None, 4, 3)', '24', 'words[0][0]'],
    ['mean_over_steps (MeanOverSteps)', '(None, 3)', '0', 'vectors[0][0]'],
    ['state (Join)', '(None, 5)', '0', 'mean_over_steps[0][0], extra[0][0]'],
    ['large_head (Dense)', '(None, 1)', '6', 'state[0][0]'],
    ['sum_head (Dense)', '(None, 1)', '6', 'state[0][0]'],
  ]);
  expect(lines.find((line) => line.includes('Connected to'))).toMatch(
    /^┃ Layer \(type\) .*┃ Connected to +┃$/,
  );
  expect(lines).toContain(' Total params: 36 (144.00 B)');
  made.dispose();
});

test('freezing a layer, and the whole, at any time', async () => {
  const { x, y } = samples();
  const made = compiled();
  await made.fit(x, y);
  const [table] = await made.getWeights();
  made.layer('vectors').layer.trainable = false;
  await made.fit(x, y);
  expect((await made.getWeights())[0]!.data).toEqual(table!.data);
  made.trainable = false;
  await expect(made.fit(x, y)).rejects.toMatchObject({ code: 'nothing-trainable' });
  made.trainable = true;
  made.layer('vectors').layer.trainable = true;
  await made.fit(x, y);
  expect((await made.getWeights())[0]!.data).not.toEqual(table!.data);
});

test('another layer changes no number of the others', async () => {
  const { x, y } = samples();
  const run = async (more: boolean) => {
    const words = input({ shape: [STEPS] });
    const drop = dropout({ name: 'drop' });
    const vectors = drop.apply(embedding({ inputDim: 8, outputDim: 3, name: 'vectors' }).apply(words));
    const mean = meanOverSteps().apply(vectors);
    const outputs = {
      main: dense({ units: 1, name: 'main' }).apply(mean),
      ...(more ? { other: dropout().apply(dense({ units: 2, name: 'other' }).apply(mean)) } : {}),
    };
    const made = model({ inputs: words, outputs }, options);
    made.compile({ optimizer: 'sgd', loss: { main: 'mse' } });
    await made.fit(x.words, y.sum, { batchSize: 5 });
    const weights = await made.getWeights();
    return { drawn: drop.drawn, weights: new Map(weights.map(({ name, data }) => [name, data])) };
  };
  const [one, two] = [await run(false), await run(true)];
  expect(two.drawn).toEqual(one.drawn);
  expect(two.drawn[0]).not.toEqual(two.drawn[1]);
  for (const [name, data] of one.weights) expect(two.weights.get(name)).toEqual(data);
});

test('a layer with randomness that is applied twice draws anew', async () => {
  const x = input({ shape: [20] });
  const drop = dropout();
  const made = model(
    { inputs: x, outputs: dense({ units: 1 }).apply(join().apply([drop.apply(x), drop.apply(x)])) },
    options,
  );
  made.compile({ optimizer: 'sgd', loss: 'mse' });
  await made.trainOnBatch({ data: new Float32Array(20), shape: [1, 20] }, [[0]]);
  expect(drop.drawn).toHaveLength(2);
  expect(drop.drawn[0]).not.toEqual(drop.drawn[1]);
});

test('outputs are tensors of their own: an input, one value twice, a state and what is made of it', async () => {
  const x = input({ shape: [2] });
  const y = dense({ units: 2 }).apply(x);
  const made = model({ inputs: x, outputs: [x, y, y, dense({ units: 1, name: 'z' }).apply(y)] }, options);
  expect(made.network.outputNames).toEqual(['input', 'dense', 'dense_1', 'z']);
  const before = tf.memory().numTensors;
  made.countParams();
  const outputs = await made.predict([[1, 2]]);
  expect([...outputs[0]!.dataSync()]).toEqual([1, 2]);
  expect([...outputs[1]!.dataSync()]).toEqual([...outputs[2]!.dataSync()]);
  tf.dispose(outputs);
  expect(tf.memory().numTensors).toBe(before + 4);
  made.dispose();
});

test('saved and loaded: graph, shared layers, models inside, frozen parts', async () => {
  const { x } = samples();
  const words = input({ shape: [STEPS], dtype: 'int32', name: 'words' });
  const inner = model(
    { inputs: words, outputs: meanOverSteps().apply(embedding({ inputDim: 8, outputDim: 3 }).apply(words)) },
    { registry, seed: 8 },
  );
  const shared = dense({ units: 3, name: 'shared' });
  const a = inner.apply(words);
  const outputs = {
    twice: shared.apply(shared.apply(a)),
    once: sequential([dense({ units: 2 })], options).apply(a),
  };
  const made = model({ inputs: { words }, outputs, name: 'saved' }, options);
  inner.trainable = false;
  made.compile({ optimizer: 'adam', loss: { twice: 'mse', once: 'mse' } });
  const bytes = await made.toBytes();
  const before = tf.memory().numTensors;
  const loaded = await modelFromBytes<typeof made>(bytes, { registry });
  expect(await loaded.weightsSha256()).toBe(await made.weightsSha256());
  expect((await loaded.getWeights()).map(({ name }) => name)).toEqual(
    (await made.getWeights()).map(({ name }) => name),
  );
  expect(loaded.network.trainableParams().length).toBe(made.network.trainableParams().length);
  const [wanted, found] = [await made.predict(x.words), await loaded.predict({ words: x.words })];
  expect([...found.twice.dataSync()]).toEqual([...wanted.twice.dataSync()]);
  expect([...found.once.dataSync()]).toEqual([...wanted.once.dataSync()]);
  expect(Buffer.from(await loaded.toBytes()).equals(Buffer.from(bytes))).toBe(true);
  tf.dispose([wanted, found]);
  loaded.dispose();
  expect(tf.memory().numTensors).toBe(before);
});

const x2 = input({ shape: [2], name: 'x2' });
const loop = (): SymbolicTensor => {
  const applied = new Application(dense({ units: 2 }), [x2]);
  (applied.inputs as SymbolicTensor[])[0] = applied.outputs[0]!;
  return applied.outputs[0]!;
};
test.each([
  [
    'an input that is not listed',
    () => model({ inputs: input({ shape: [2] }), outputs: dense({ units: 1 }).apply(x2) }, options),
    /needs an input 'x2'.*graph-disconnected/,
  ],
  ['a loop', () => model({ inputs: x2, outputs: loop() }, options), /graph-cycle/],
  [
    'one input twice',
    () => model({ inputs: [x2, x2], outputs: dense({ units: 1 }).apply(x2) }, options),
    /inputs-twice/,
  ],
  ['a tensor for a symbol', () => dense({ units: 1 }).apply({} as never), /symbol-type/],
  [
    'a layer for outputs',
    () => model({ inputs: x2, outputs: dense({ units: 1 }) as never }, options),
    /symbol-type/,
  ],
  ['a layer of two outputs', () => both().apply(input({ shape: [3, 2] })), /applyAll.*layer-outputs/],
  ['a path that is none', () => twoHeads().layer('vector'), /Did you mean 'vectors'.*path-unknown/],
  [
    'shapes that do not go together',
    () => join({ name: 'joined' }).apply([x2, input({ shape: [3, 2] })]),
    /\[joined\].*shape-mismatch/,
  ],
  ['a dtype that is none', () => input({ shape: [2], dtype: 'int8' as never }), /config-dtype/],
  ['a misspelt option', () => input({ shape: [2], dypte: 'int32' } as never), /'dypte'.*config-unknown/],
  ['no options', () => input(undefined as never), /config-type/],
  [
    'a loss for no output',
    () => twoHeads().compile({ optimizer: 'sgd', loss: { larg: 'mse' } }),
    /Did you mean 'large'.*outputs-unknown/,
  ],
  [
    'losses that are too many',
    () => twoHeads().compile({ optimizer: 'sgd', loss: ['mse', 'mse', 'mse'] }),
    /outputs-count/,
  ],
  [
    'a metric list that is not one of outputs',
    () => twoHeads().compile({ optimizer: 'sgd', loss: 'mse', metrics: ['mae'] }),
    /outputs-count/,
  ],
])('%s: a clear error', (_, act, message) => {
  expect(act).toThrow(message);
});

test.each([
  ['an input that is missing', { x: { words: [[1, 2, 3, 4]] } }, /'extra'.*input-missing/],
  [
    'one that is not there',
    { x: { words: [[1, 2, 3, 4]], extra: [[1, 2]], extras: [[1, 2]] } },
    /Did you mean.*input-unknown/,
  ],
  ['one array for two inputs', { x: { data: new Float32Array(8), shape: [2, 4] } }, /input-count/],
  [
    'arrays of other lengths',
    {
      x: {
        words: [[1, 2, 3, 4]],
        extra: [
          [1, 2],
          [3, 4],
        ],
      },
    },
    /input-length/,
  ],
  [
    'an input of another shape',
    { x: { words: [[1, 2, 3]], extra: [[1, 2]] } },
    /heads|words.*shape-mismatch/,
  ],
  ['an id that is none', { x: { words: [[1, 2, 3, 9]], extra: [[1, 2]] } }, /\[vectors\].*embedding-id/],
])('%s: a clear error', async (_, { x }, message) => {
  await expect(twoHeads().predict(x as never)).rejects.toThrow(message);
});

test('errors inside models name the path through them', async () => {
  const build = () => {
    const deep = sequential([dense({ units: 2, name: 'lstm' })], { registry, name: 'encoder' });
    const middle = sequential([deep], { registry, name: 'middle' });
    const x = input({ shape: [] });
    return model({ inputs: x, outputs: middle.apply(x) }, options);
  };
  expect(() => build().countParams()).toThrow(/^\[middle\/encoder\/lstm\].*shape-mismatch/);
  const inner = sequential([dense({ units: 2, name: 'lstm' })], { registry, name: 'encoder' });
  const x = input({ shape: [3] });
  const whole = model({ inputs: x, outputs: inner.apply(x) }, options);
  whole.countParams();
  inner.layers[0]!.layer.call = () => {
    throw new TypeError('broken');
  };
  await expect(whole.predict([[1, 2, 3]])).rejects.toThrow(/^\[encoder\/lstm\] broken.*layer-failed/);
});

test('a model that begins within another, with that symbol as its output too, has names for both', () => {
  const inner = dense({ units: 2 }).apply(input({ shape: [3] }));
  const made = model({ inputs: inner, outputs: [inner, dense({ units: 1 }).apply(inner)] }, options);
  expect([made.network.inputNames, made.network.outputNames]).toEqual([['input'], ['input', 'dense']]);
});
