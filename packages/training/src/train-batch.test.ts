import { useBackend } from '@ostinato/backend';
import {
  type AnyKernel,
  type BuildContext,
  type JsonObject,
  Layer,
  type LayerOptions,
  type Loss,
  OstinatoError,
  type Shape,
  type StoredData,
  TensorStorage,
} from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { sgd } from './optimizers/sgd.js';
import { sequential } from './sequential.js';
import { compiledWordModel, wordTask } from './test-support/tasks.js';
import { dense, embedding, testRegistry } from './test-support/test-layers.js';

const registry = testRegistry();
const one = { data: Float32Array.of(1, 2), shape: [1, 2] };

describe.each(['cpu', 'wasm'] as const)('on %s', (backend) => {
  beforeAll(async () => {
    await useBackend(backend, { fallback: false });
  });

  test('a loss of NaN stops at its step, names it, and leaves the weights as they were', async () => {
    const model = sequential([dense({ units: 1 })], { registry, seed: 1, inputShape: [1] });
    model.compile({ optimizer: 'sgd', loss: 'mse' });
    const x = { data: new Float32Array(12).fill(0.5), shape: [12, 1] };
    const y = { data: new Float32Array(12), shape: [12, 1] };
    y.data[9] = Number.NaN;
    await model.fit(x, { ...y, data: new Float32Array(12) }, { batchSize: 4, shuffle: false });
    let last = '';
    const onBatchBegin = async (): Promise<void> => {
      last = await model.weightsSha256();
    };
    const before = tf.memory().numTensors;
    const failed = model.fit(x, y, {
      epochs: 2,
      batchSize: 4,
      shuffle: false,
      callbacks: [{ onBatchBegin }],
    });
    await expect(failed).rejects.toThrow(/loss is NaN at epoch 1 of 2, batch 3 of 3.*\(loss-nan\)/);
    expect(await model.weightsSha256()).toBe(last);
    expect(tf.memory().numTensors).toBe(before);
    expect((await model.getWeights()).every(({ data }) => data.every(Number.isFinite))).toBe(true);
  });

  test('a gradient that is not finite is not applied, although the loss is finite', async () => {
    const model = sequential([dense({ units: 1 })], { registry, seed: 1, inputShape: [2] });
    // √w has the slope 1/0 at w = 0, where the loss is 0
    const root: Loss = { name: 'root', config: {}, apply: (_, yPred) => tf.sum(tf.sqrt(yPred), -1) };
    model.compile({ optimizer: 'adam', loss: root });
    await model.setWeights([[[0], [0]], [0]]);
    const step = model.trainOnBatch(one, [[0]]);
    await expect(step).rejects.toThrow(
      /gradient of dense\/kernel is not finite \(loss 0\) at step 1.*\(loss-nan\)/,
    );
    expect((await model.getWeights()).flatMap(({ data }) => [...data])).toEqual([0, 0, 0]);
  });

  test('a rate far too high ends in an error with finite weights', async () => {
    const { x, y } = wordTask(32);
    const model = sequential([embedding({ inputDim: 12, outputDim: 3 }), dense({ units: 1 })], { registry });
    model.compile({ optimizer: sgd({ learningRate: 1e6 }), loss: 'mse' });
    const targets = { data: Float32Array.from({ length: 160 }, (_, i) => y[i % 32]!), shape: [32, 5] };
    await expect(model.fit(x, targets, { epochs: 50 })).rejects.toMatchObject({ code: 'loss-nan' });
    expect((await model.getWeights()).every(({ data }) => data.every(Number.isFinite))).toBe(true);
  });

  test('an update that overflows is not applied, although loss and gradients are finite', async () => {
    const model = sequential([dense({ units: 1 })], { registry, seed: 1, inputShape: [2] });
    model.compile({ optimizer: sgd({ learningRate: 1e10, momentum: 0.5 }), loss: 'mae' });
    const last = await model.weightsSha256();
    const before = tf.memory().numTensors;
    const x = [
      [1e30, 2],
      [3, 4],
    ];
    await expect(model.fit(x, [1, 2])).rejects.toThrow(
      /update makes dense\/kernel not finite .* at epoch 1 of 1, batch 1 of 1; .*reset\. .*\(loss-nan\)/,
    );
    expect(await model.weightsSha256()).toBe(last);
    expect(tf.memory().numTensors).toBe(before);
  });

  test('after a step that diverged the optimizer starts anew, and layers forget what they kept', async () => {
    const layer = dense({ units: 1 });
    const model = sequential([layer], { registry, seed: 1, inputShape: [2] });
    const fresh = sequential([dense({ units: 1 })], { registry, seed: 1, inputShape: [2] });
    for (const each of [model, fresh]) each.compile({ optimizer: 'adam', loss: 'mse' });
    let resets = 0;
    layer.resetStates = () => {
      resets += 1;
    };
    await model.trainOnBatch(one, [[1]]);
    await expect(model.trainOnBatch(one, [[Number.NaN]])).rejects.toMatchObject({ code: 'loss-nan' });
    expect(resets).toBe(1);
    await fresh.setWeights(await model.getWeights());
    for (const each of [model, fresh]) await each.trainOnBatch(one, [[1]]);
    expect(await model.weightsSha256()).toBe(await fresh.weightsSha256());
  });

  test('one step of gradient descent, computed by hand', async () => {
    const model = sequential([dense({ units: 1 })], { registry, inputShape: [2] });
    model.compile({ optimizer: sgd({ learningRate: 0.1 }), loss: 'mse' });
    await model.setWeights([[[0.5], [-1]], [0.25]]);
    const logs = await model.trainOnBatch(one, [[1]]); // prediction −1.25, error −2.25
    expect(logs.loss).toBeCloseTo(5.0625, 5);
    const [kernel, bias] = await model.getWeights();
    expect([...kernel!.data, ...bias!.data].map((value) => +value.toFixed(5))).toEqual([0.95, -0.1, 0.7]);
  });
});

test('weights that are not trainable stay, and the rest learns', async () => {
  const layers = [dense({ units: 2, trainable: false }), dense({ units: 1 })];
  const model = sequential(layers, { registry, seed: 1, inputShape: [2] });
  model.compile({ optimizer: 'adam', loss: 'mse' });
  const before = await model.getWeights();
  await model.fit(one, [[1]], { epochs: 3 });
  const after = await model.getWeights();
  expect(after.slice(0, 2)).toEqual(before.slice(0, 2));
  expect(after[2]!.data).not.toEqual(before[2]!.data);
});

test('a model without trainable weights says so', async () => {
  const model = sequential([dense({ units: 1, trainable: false })], { registry, inputShape: [2] });
  model.compile({ optimizer: 'adam', loss: 'mse' });
  await expect(model.trainOnBatch(one, [[1]])).rejects.toMatchObject({ code: 'nothing-trainable' });
});

test('penalties count in training and in evaluation; those of weights that do not learn do not', async () => {
  const penalty = dense({ units: 1, kernelRegularizer: 'l2' });
  const model = sequential([penalty], { registry, inputShape: [2] });
  model.compile({ optimizer: sgd({ learningRate: 0.1 }), loss: 'mse' });
  await model.setWeights([[[2], [-1]], [0]]); // prediction 0
  expect((await model.evaluate(one, [[0]])).loss).toBeCloseTo(0.05, 6);
  await model.trainOnBatch(one, [[0]]);
  const [kernel] = await model.getWeights();
  expect(kernel!.data[0]).toBeCloseTo(2 - 0.1 * 0.01 * 2 * 2, 6);
  penalty.trainable = false;
  expect((await model.evaluate(one, [[0]])).loss).toBeLessThan(0.001);
});

test('a constraint holds after each update', async () => {
  const model = sequential([dense({ units: 1, kernelConstraint: 'nonNeg' })], { registry, inputShape: [2] });
  model.compile({ optimizer: sgd({ learningRate: 1 }), loss: 'mse' });
  await model.setWeights([[[0.5], [0.5]], [0]]);
  const before = tf.memory().numTensors;
  await model.trainOnBatch(one, [[-10]]);
  expect([...(await model.getWeights())[0]!.data]).toEqual([0, 0]);
  expect(tf.memory().numTensors).toBe(before);
});

/** A fused SGD that does something no reference does, and refuses large rates. */
const marked: AnyKernel = {
  op: 'optimizer.sgd',
  refuse: ({ learningRate }) => (learningRate > 0.5 ? `learning rate ${learningRate}` : undefined),
  run: ({ param }) => tf.fill([...param.shape], 7),
};

test('a fused update is used where it can be, and its refusal is on record', async () => {
  const withKernel = testRegistry({ name: 'marked', version: '1.0.0', kernels: [marked] });
  const model = sequential([dense({ units: 1 })], { registry: withKernel, inputShape: [2] });
  model.compile({ optimizer: 'sgd', loss: 'mse' });
  await model.trainOnBatch(one, [[1]]);
  expect((await model.getWeights())[1]!.data[0]).toBe(7);
  const choice = (op: string) => model.kernels.find((one) => one.op === op);
  expect(choice('optimizer.sgd')).toEqual({ path: 'optimizer', op: 'optimizer.sgd', route: 'fused' });
  expect(choice('values.finite')?.reason).toBe("no plugin brings a kernel for 'values.finite'");
  model.optimizer.learningRate = 0.75;
  await model.trainOnBatch(one, [[1]]);
  expect((await model.getWeights())[1]!.data[0]).not.toBe(7);
  expect(choice('optimizer.sgd')).toMatchObject({ route: 'reference', reason: 'learning rate 0.75' });
});

test('fused: required turns a refusal into an error, off never asks', async () => {
  const strict = sequential([dense({ units: 1 })], { registry, fused: 'required', inputShape: [2] });
  strict.compile({ optimizer: 'sgd', loss: 'mse' });
  await expect(strict.trainOnBatch(one, [[1]])).rejects.toMatchObject({ code: 'kernel-required' });
  const off = sequential([dense({ units: 1 })], { registry, fused: 'off', inputShape: [2] });
  off.compile({ optimizer: 'sgd', loss: 'mse' });
  await off.trainOnBatch(one, [[1]]);
  expect(off.kernels[0]?.reason).toBe("fused: 'off'");
});

test('slots that a kernel overwrites in place are kept, and disposed with the model', async () => {
  const seen: number[] = [];
  const adding: AnyKernel = {
    op: 'optimizer.adam',
    refuse: () => undefined,
    run: ({ param, slots }) => {
      const values = slots[0]!.dataSync();
      values[0]! += 1;
      seen.push(values[0]!);
      return tf.clone(param);
    },
  };
  const withKernel = testRegistry({ name: 'adding', version: '1.0.0', kernels: [adding] });
  await useBackend('cpu'); // where dataSync gives the values themselves
  const start = tf.memory().numTensors;
  const model = sequential([dense({ units: 1 })], { registry: withKernel, inputShape: [2] });
  model.compile({ optimizer: 'adam', loss: 'mse' });
  for (let i = 0; i < 3; i++) await model.trainOnBatch(one, [[1]]);
  expect(seen).toEqual([1, 1, 2, 2, 3, 3]);
  model.dispose();
  expect(tf.memory().numTensors).toBe(start);
});

test('two models of one seed take the same step', async () => {
  const { x, y } = wordTask(8);
  const [a, b] = [compiledWordModel(), compiledWordModel()];
  expect(await a.trainOnBatch(x, y)).toEqual(await b.trainOnBatch(x, y));
  expect(await a.weightsSha256()).toBe(await b.weightsSha256());
});

/** Gradients whose values come when they are wanted, if there is room then. */
class Late extends TensorStorage<StoredData> {
  room = true;

  ones(shape: readonly number[]): tf.Tensor {
    return this.tensorOf({ refCount: 1 }, shape, 'float32');
  }

  override settle(): void {
    if (!this.room) throw new OstinatoError('heap-exhausted', { where: 'test', what: 'There is no room' });
  }

  protected override view(): Float32Array {
    this.settle();
    return Float32Array.of(1);
  }

  protected override release(): void {}
}

/** Adds a weight of one value. */
class Shift extends Layer {
  readonly registeredName = '@test/layers>Shift';
  readonly #late: Late | undefined;

  constructor(options: LayerOptions & { readonly late?: Late }) {
    const { late, ...rest } = options;
    super(rest);
    this.#late = late;
  }

  override build(context: BuildContext): void {
    this.params = [context.param('shift', [1], { initializer: 'zeros' })];
  }

  call([x]: readonly tf.Tensor[]): tf.Tensor {
    const late = this.#late;
    const shift = this.params[0]!.tensor;
    if (!late) return tf.add(x!, shift);
    const add = tf.customGrad((weight) => ({
      value: tf.add(x!, weight as tf.Tensor),
      gradFunc: () => late.ones([1]),
    }));
    return add(shift);
  }

  outputShapes(shapes: readonly Shape[]): readonly Shape[] {
    return shapes;
  }

  getConfig(): JsonObject {
    return {};
  }
}

test('where there is no room for a gradient, the optimizer keeps its state', async () => {
  const late = new Late();
  const before = tf.memory().numTensors;
  const model = sequential([new Shift({ name: 'first' }), new Shift({ name: 'last', late })], {
    registry,
    inputShape: [1],
  });
  model.compile({ optimizer: 'adam', loss: 'mse' });
  const step = () => model.trainOnBatch([[1]], [[0]]);
  await step();
  const [weights, kept] = [await model.weightsSha256(), await model.trainingState()];
  late.room = false;
  await expect(step()).rejects.toThrow(/not enough memory for the gradients of this step.*\(memory\)/);
  expect(await model.weightsSha256()).toBe(weights);
  expect(await model.trainingState()).toEqual(kept);
  late.room = true;
  await step();
  expect(model.optimizer.iterations).toBe(2);
  model.dispose();
  expect([tf.memory().numTensors, late.numDataIds()]).toEqual([before, 0]);
});
