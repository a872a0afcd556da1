// Diagnostics: the first layer that is not finite, gradient reports, warnings while training, memory.
import { useBackend } from '@ostinato/backend';
import {
  type CallContext,
  defineLayer,
  definePlugin,
  type JsonObject,
  Layer,
  OstinatoError,
  type Shape,
} from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { sgd } from '../optimizers/sgd.js';
import { sequential } from '../sequential.js';
import { compiledWordModel, wordModel, wordTask } from '../test-support/tasks.js';
import { dense, embedding, meanOverSteps, testRegistry } from '../test-support/test-layers.js';
import { type GradientWarning, gradientMonitor } from './gradient-monitor.js';
import { gradientReport } from './gradient-report.js';

/** Calls a function, and one for its gradient, without weights. */
class Through extends Layer {
  readonly registeredName = '@test/through>Through';
  readonly forward: (x: tf.Tensor) => tf.Tensor;
  calls = 0;

  constructor(forward: (x: tf.Tensor) => tf.Tensor, name: string) {
    super({ name });
    this.forward = forward;
  }

  call([x]: readonly tf.Tensor[], _: CallContext): tf.Tensor {
    this.calls += 1;
    return this.forward(x!);
  }

  outputShapes([shape]: readonly Shape[]): readonly Shape[] {
    return [shape!];
  }

  getConfig(): JsonObject {
    return {};
  }
}

function exhausted(): never {
  throw new OstinatoError('heap-exhausted', { where: 'heap', what: 'There is no room for 2.0 MB' });
}

function fullOnTheWayBack(x: tf.Tensor): tf.Tensor {
  return tf.customGrad((...given: (tf.Tensor | tf.GradSaveFunc)[]) => ({
    value: tf.clone(given[0] as tf.Tensor),
    gradFunc: () => exhausted(),
  }))(x);
}

const through = (forward: (x: tf.Tensor) => tf.Tensor, name: string) => new Through(forward, name);
const plugin = definePlugin({
  name: '@test/through',
  version: '1.0.0',
  layers: [defineLayer({ name: '@test/through>Through', create: () => through((x) => x, 'through') })],
});
const registry = testRegistry(plugin);
const x = [
  [0.5, -1],
  [0.2, 2],
  [1, 1],
];
const y = [[1], [0], [1]];

function compiled(layers: Layer[]) {
  const model = sequential(layers, { registry, seed: 4 });
  model.compile({ optimizer: 'sgd', loss: 'mse' });
  return model;
}

describe.each(['cpu', 'wasm'] as const)('the first layer that is not finite, on %s', (backend) => {
  beforeAll(async () => {
    await useBackend(backend, { fallback: false });
  });

  test('going forward', async () => {
    const root = through((h) => tf.sqrt(tf.sub(h, 1.5)), 'root');
    const model = compiled([through((h) => tf.mul(h, 1), 'fine'), root, dense({ units: 1, name: 'last' })]);
    await model.trainOnBatch([[2, 3]], [[1]]);
    expect(root.calls).toBe(1); // a step that succeeds runs once
    const tensors = tf.memory().numTensors;
    await expect(model.trainOnBatch(x, y)).rejects.toThrow(
      /The loss is NaN.*First in root \(@test\/through>Through\): 5 of 6 values of its output f32\[3, 2\] are not finite; its inputs are finite\..*\(loss-nan\)/,
    );
    expect(tf.memory().numTensors).toBeLessThanOrEqual(tensors);
    model.dispose();
  });

  test('going backward', async () => {
    const steep = through((h) => tf.sqrt(tf.mul(h, 0)), 'steep'); // the slope at 0 is infinite
    const model = compiled([dense({ units: 3, name: 'first' }), steep, dense({ units: 1, name: 'last' })]);
    await model.trainOnBatch(x, y).then(
      () => expect.unreachable(),
      (error) =>
        expect(error.message).toMatch(
          /The gradient of first\/kernel is not finite.*Going backward, first in steep .*9 of 9 values of the gradient of its input f32\[3, 3\]/,
        ),
    );
    model.dispose();
  });

  test('in the data, in the targets', async () => {
    const model = compiled([dense({ units: 1 })]);
    await expect(model.trainOnBatch([[1, Number.NaN]], [[1]])).rejects.toThrow(
      /The data hold it already: 1 of 2 values of 'input' f32\[1, 2\]/,
    );
    await expect(model.trainOnBatch(x, [[1], [Number.NaN], [0]])).rejects.toThrow(
      /Every layer's output is finite; the loss 'meanSquaredError' of 'dense' is first NaN in row 1 of the batch, the targets are not finite/,
    );
    model.dispose();
  });
});

describe('gradientReport', () => {
  beforeAll(async () => {
    await useBackend('cpu');
  });

  test('norms are those of the gradients, and nothing is learnt', async () => {
    const model = compiled([dense({ units: 1, name: 'only' })]);
    model.build([null, 2]);
    await model.setWeights([[[0.5], [-0.25]], [0]]);
    const before = await model.weightsSha256();
    const tensors = tf.memory().numTensors;
    const report = await gradientReport(model, x, y);
    expect(tf.memory().numTensors).toBe(tensors);
    expect(await model.weightsSha256()).toBe(before);
    // predictions 0.5, −0.4, 0.25; errors −0.5, −0.4, −0.75; gradient 2/3·Σ error·x
    const slope = [0, 1].map((i) => (2 / 3) * (-0.5 * x[0]![i]! - 0.4 * x[1]![i]! - 0.75 * x[2]![i]!));
    const [only] = report.layers;
    const [kernel, bias] = only!.weights;
    expect(kernel!.gradientNorm).toBeCloseTo(Math.hypot(...slope), 5);
    expect(kernel!.weightNorm).toBeCloseTo(Math.hypot(0.5, 0.25), 6);
    expect(bias!.gradientNorm).toBeCloseTo((2 / 3) * 1.65, 5);
    expect(only!.gradientNorm).toBeCloseTo(Math.hypot(...slope, (2 / 3) * 1.65), 5);
    expect(report.loss).toBeCloseTo((0.25 + 0.16 + 0.5625) / 3, 5);
    expect([kernel!.verdict, only!.verdict, kernel!.zeros]).toEqual(['fine', 'fine', 0]);
    model.dispose();
  });

  test.each([
    ['exploding', 1e4],
    ['vanishing', 1e-12],
    ['dead', 0],
  ] as const)('%s', async (verdict, factor) => {
    const scale = through((h) => tf.mul(h, factor), 'scale');
    const model = compiled([dense({ units: 3, name: 'before' }), scale, dense({ units: 1, name: 'after' })]);
    const report = await gradientReport(model, x, y);
    expect(report.layers.find(({ path }) => path === 'before')!.verdict).toBe(verdict);
    const lines: string[] = [];
    report.print((line) => lines.push(line));
    expect(lines[0]).toMatch(/^loss /);
    expect(lines.find((line) => line.startsWith('before'))).toMatch(new RegExp(`${verdict}$`));
    expect(lines.some((line) => line.startsWith('  kernel'))).toBe(true);
    model.dispose();
  });

  test('thresholds may be moved, and are checked', async () => {
    const model = compiled([dense({ units: 1 })]);
    const report = await gradientReport(model, x, y, { explodingNorm: 1e-3 });
    expect(report.layers[0]!.verdict).toBe('exploding');
    await expect(gradientReport(model, x, y, { explodingNorm: -1 })).rejects.toThrow(/config-exploding-norm/);
    await expect(gradientReport(model, x, y, { limit: 1 } as never)).rejects.toThrow(/config-unknown/);
    model.dispose();
    await expect(gradientReport(wordModel(), x, y)).rejects.toThrow(/not-compiled/);
  });

  test('weights that the loss does not reach count as zeros; those that are frozen are left out', async () => {
    const first = dense({ units: 2, name: 'first' });
    const cut = through((h) => tf.zerosLike(h), 'cut');
    const model = compiled([first, cut, dense({ units: 1, name: 'last' })]);
    const report = await gradientReport(model, x, y);
    expect(report.layers.map(({ path, verdict }) => [path, verdict])).toEqual([
      ['first', 'dead'],
      ['last', 'fine'],
    ]);
    first.trainable = false;
    expect((await gradientReport(model, x, y)).layers.map(({ path }) => path)).toEqual(['last']);
    model.dispose();
  });
});

describe('gradientMonitor', () => {
  beforeAll(async () => {
    await useBackend('cpu');
  });

  test('warns once for a layer whose gradients explode, and does not change what is learnt', async () => {
    const words = wordTask(20);
    const plain = compiledWordModel();
    await plain.fit(words.x, words.y, { epochs: 2, batchSize: 4 });
    const warnings: GradientWarning[] = [];
    const watched = compiledWordModel();
    const monitor = gradientMonitor({
      every: 3,
      explodingNorm: 1e-6,
      onWarning: (one) => warnings.push(one),
    });
    await watched.fit(words.x, words.y, { epochs: 2, batchSize: 4, callbacks: [monitor] });
    expect(await watched.weightsSha256()).toBe(await plain.weightsSha256());
    expect(warnings.map(({ path, verdict, epoch, batch }) => [path, verdict, epoch, batch])).toEqual([
      ['embedding', 'exploding', 0, 0],
      ['dense', 'exploding', 0, 0],
    ]);
    expect(warnings[0]!.message).toMatch(
      /embedding is exploding: its norm is \d.*of the weights \d.*epoch 1, batch 1/,
    );
    expect(watched.gradientListener).toBeUndefined();
    plain.dispose();
    watched.dispose();
  });

  test('says nothing of gradients that are fine; options are checked', async () => {
    const words = wordTask(8);
    const warnings: GradientWarning[] = [];
    const model = compiledWordModel();
    const tensors = tf.memory().numTensors;
    const callbacks = [gradientMonitor({ every: 1, onWarning: (one) => warnings.push(one) })];
    await model.fit(words.x, words.y, { epochs: 1, batchSize: 8, callbacks });
    const kept = tf.memory().numTensors;
    await model.fit(words.x, words.y, { epochs: 1, batchSize: 8, callbacks });
    expect(tf.memory().numTensors).toBe(kept);
    expect(kept).toBeGreaterThan(tensors); // the optimizer's own
    expect(warnings).toEqual([]);
    expect(() => gradientMonitor({ every: 0 })).toThrow(/config-every/);
    expect(() => gradientMonitor({ onWarning: 'log' as never })).toThrow(/config-on-warning/);
    model.dispose();
  });

  test('warns before a step of gradients that are not finite ends the training', async () => {
    const steep = through((h) => tf.sqrt(tf.mul(h, 0)), 'steep');
    const model = sequential([dense({ units: 2, name: 'first' }), steep, dense({ units: 1 })], {
      registry,
      seed: 4,
    });
    model.compile({ optimizer: sgd(), loss: 'mse' });
    const warnings: GradientWarning[] = [];
    const callbacks = [gradientMonitor({ onWarning: (one) => warnings.push(one) })];
    await expect(model.fit(x, y, { epochs: 1, callbacks })).rejects.toThrow(/loss-nan/);
    expect(warnings.map(({ path, verdict }) => [path, verdict])).toContainEqual(['first', 'exploding']);
    model.dispose();
  });
});

describe('memory', () => {
  beforeAll(async () => {
    await useBackend('cpu');
  });

  test('a weight that no machine has room for', () => {
    const model = sequential([dense({ units: 2 ** 40, name: 'vast' })], { registry, seed: 1 });
    expect(() => model.build([null, 16])).toThrow(
      /\[vast\/kernel\] There is not enough memory for this weight.*f32\[16, 1099511627776\], 70368\.7 GB.*\(memory\)/,
    );
  });

  test.each([
    [
      'on the way forward',
      (h: tf.Tensor) => tf.add(h, exhausted()),
      /^\[full\] .*what @test\/through>Through makes/,
    ],
    ['on the way back', fullOnTheWayBack, /^\[Sequential.trainOnBatch\] .*the gradients of this step/],
  ])('a heap that cannot grow, %s', async (_, forward, message) => {
    const full = through(forward, 'full');
    const model = compiled([dense({ units: 2 }), full, dense({ units: 1 })]);
    const error = await model.trainOnBatch(x, y).catch((thrown) => thrown);
    expect(error).toMatchObject({ code: 'memory', cause: { code: 'heap-exhausted' } });
    expect(error.message).toMatch(message);
    expect(error.message).toMatch(/no room for 2\.0 MB/);
    model.dispose();
  });

  test('an optimizer that finds no room', async () => {
    const full = Object.defineProperty(sgd(), 'update', { value: exhausted });
    const model = sequential([dense({ units: 1 })], { registry, seed: 1 });
    model.compile({ optimizer: full, loss: 'mse' });
    const tensors = tf.memory().numTensors;
    await expect(model.trainOnBatch(x, y)).rejects.toThrow(
      /^\[Sequential.trainOnBatch\] .*the update of 2 weights: .*no room for 2\.0 MB.*\(memory\)/,
    );
    expect(tf.memory().numTensors).toBe(tensors + 2); // the weights that the first data made
    model.dispose();
  });

  test('an output that no machine has room for', async () => {
    const vast = through(() => tf.zeros([2 ** 40, 16]), 'vast');
    const model = compiled([
      embedding({ inputDim: 3, outputDim: 2 }),
      vast,
      meanOverSteps(),
      dense({ units: 1 }),
    ]);
    await expect(model.trainOnBatch([[1, 2]], [[1]])).rejects.toThrow(
      /\[vast\] There is not enough memory for what @test\/through>Through makes of f32\[1, 2, 2\].*16 bytes.*\(memory\)/,
    );
    model.dispose();
  });
});
