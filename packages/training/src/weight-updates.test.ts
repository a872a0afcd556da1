// Weights that no gradient trains: new values are taken with the step, or not at all.
import { useBackend } from '@ostinato/backend';
import {
  type BuildContext,
  type CallContext,
  createRegistry,
  defineLayer,
  definePlugin,
  type JsonObject,
  Layer,
  type Param,
  type Shape,
} from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { sequential } from './sequential.js';
import { dense, testRegistry } from './test-support/test-layers.js';

type Next = (present: tf.Tensor, x: tf.Tensor) => tf.Tensor;
const half: Next = (present, x) => tf.mul(tf.add(present, tf.mean(x, 0)), 0.5);

/** x·scale, while it keeps a moving mean of x, half of it the last batch's. */
class Averaging extends Layer {
  readonly registeredName = '@test/updates>Averaging';
  readonly next: Next;
  readonly param: 'mean' | 'scale';
  #scale!: Param;
  #mean!: Param;

  constructor(next: Next = half, param: 'mean' | 'scale' = 'mean') {
    super();
    this.next = next;
    this.param = param;
  }

  override build(context: BuildContext): void {
    const shape = [context.inputShapes[0]!.at(-1)!];
    this.#scale = context.param('scale', shape, { initializer: 'ones' });
    this.#mean = context.param('mean', shape, { initializer: 'zeros', trainable: false });
    this.params = [this.#scale, this.#mean];
  }

  call([x]: readonly tf.Tensor[], { training, update }: CallContext): tf.Tensor {
    const param = this.param === 'mean' ? this.#mean : this.#scale;
    if (training) update(param, (present) => this.next(present, x!));
    return tf.mul(x!, this.#scale.tensor);
  }

  outputShapes(shapes: readonly Shape[]): readonly Shape[] {
    return shapes;
  }

  getConfig(): JsonObject {
    return {};
  }
}

const registry = testRegistry();
const x = [
  [1, 2],
  [3, 6],
];
const y = [[1], [2]];

function modelWith(layer: Layer, optimizer: 'adam' | 'sgd' = 'adam') {
  const model = sequential([layer, dense({ units: 1 })], { registry, seed: 1, inputShape: [2] });
  model.compile({ optimizer, loss: 'mse' });
  return model;
}
const meanOf = async (model: ReturnType<typeof modelWith>): Promise<number[]> => [
  ...(await model.getWeights())[1]!.data,
];

describe.each(['cpu', 'wasm'] as const)('on %s', (backend) => {
  beforeAll(async () => {
    await useBackend(backend, { fallback: false });
  });

  test('fit and trainOnBatch take the values, evaluate and predict do not; nothing is left behind', async () => {
    const model = modelWith(new Averaging());
    await model.trainOnBatch(x, y);
    expect(await meanOf(model)).toEqual([1, 2]);
    const before = tf.memory().numTensors;
    await model.fit(x, y, { epochs: 2 });
    expect(await meanOf(model)).toEqual([1.75, 3.5]);
    await model.evaluate(x, y);
    (await model.predict(x)).dispose();
    expect(await meanOf(model)).toEqual([1.75, 3.5]);
    expect(tf.memory().numTensors).toBe(before);
    model.dispose();
  });

  test('a layer that asks twice in a step gets both, the second made of the first', async () => {
    class Twice extends Averaging {
      override call(inputs: readonly tf.Tensor[], context: CallContext): tf.Tensor {
        super.call(inputs, context);
        return super.call(inputs, context);
      }
    }
    const model = modelWith(new Twice(), 'sgd');
    await model.trainOnBatch(x, y);
    expect(await meanOf(model)).toEqual([1.5, 3]);
    const before = tf.memory().numTensors;
    await model.trainOnBatch(x, y);
    expect(tf.memory().numTensors).toBe(before);
    model.dispose();
  });

  test('a step that fails leaves them as they were, and so does one whose values are not finite', async () => {
    const model = modelWith(new Averaging(), 'sgd');
    await model.trainOnBatch(x, y);
    const [weights, tensors] = [await model.weightsSha256(), tf.memory().numTensors];
    await expect(model.trainOnBatch(x, [[1], [Number.NaN]])).rejects.toMatchObject({ code: 'loss-nan' });
    expect(await model.weightsSha256()).toBe(weights);
    expect(tf.memory().numTensors).toBe(tensors);
    model.dispose();

    const overflowing = modelWith(
      new Averaging((present, at) => tf.add(present, tf.mul(tf.mean(at, 0), 1e39))),
    );
    const first = await overflowing.weightsSha256();
    await expect(overflowing.trainOnBatch(x, y)).rejects.toThrow(
      /The update makes averaging\/mean not finite .*\(loss-nan\)/,
    );
    expect(await overflowing.weightsSha256()).toBe(first);
    overflowing.dispose();
  });

  test('a layer that fails half-way leaves nothing behind', async () => {
    let calls = 0;
    const failing = new Averaging((present) => {
      calls += 1;
      if (calls === 2) throw new Error('in between');
      return present;
    });
    const model = sequential([new Averaging(), failing, dense({ units: 1 })], {
      registry,
      seed: 1,
      inputShape: [2],
    });
    model.compile({ optimizer: 'sgd', loss: 'mse' });
    await model.trainOnBatch(x, y);
    const [weights, tensors] = [await model.weightsSha256(), tf.memory().numTensors];
    await expect(model.trainOnBatch(x, y)).rejects.toThrow('in between');
    expect(await model.weightsSha256()).toBe(weights);
    expect(tf.memory().numTensors).toBe(tensors);
    model.dispose();
  });

  test('a value of another shape, and one for a weight that the optimizer trains, are refused', async () => {
    const wrong = modelWith(new Averaging((_, at) => tf.mean(at)));
    await expect(wrong.trainOnBatch(x, y)).rejects.toThrow(
      '[averaging/mean] The new value does not fit this weight. Expected f32[2]; received f32[]. (shape-mismatch)',
    );
    wrong.dispose();
    const trained = modelWith(new Averaging(half, 'scale'));
    await expect(trained.trainOnBatch(x, y)).rejects.toMatchObject({ code: 'param-update' });
    trained.dispose();
  });

  test('they count as not trainable, and are saved and loaded with the model', async () => {
    const plugin = definePlugin({
      name: '@test/updates',
      version: '1.0.0',
      layers: [defineLayer({ name: '@test/updates>Averaging', create: () => new Averaging() })],
    });
    const known = createRegistry([...registry.plugins, plugin]);
    const make = () =>
      sequential([new Averaging(), dense({ units: 1 })], { registry: known, inputShape: [2] });
    const model = make();
    model.compile({ optimizer: 'sgd', loss: 'mse' });
    await model.trainOnBatch(x, y);
    const lines: string[] = [];
    model.summary({ print: (line) => lines.push(line) });
    expect(lines).toContain(' Trainable params: 5 (20.00 B)');
    expect(lines).toContain(' Non-trainable params: 2 (8.00 B)');
    expect((await model.getWeights()).map(({ name }) => name)).toContain('averaging/mean');
    const other = make();
    other.build([null, 2]);
    await other.setWeights((await model.getWeights()).map(({ data, shape }) => ({ data, shape })));
    expect(await other.weightsSha256()).toBe(await model.weightsSha256());
    model.dispose();
    other.dispose();
  });
});
