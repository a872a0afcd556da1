// Numbers of other types than f32, as inputs and as masks: what they mean does not depend on the backend, nor on who computes.
import { useBackend } from '@ostinato/backend';
import {
  buildLayer,
  callLayer,
  createRegistry,
  createRng,
  type Layer,
  withoutGradient,
} from '@ostinato/core';
import { createKernels } from '@ostinato/kernels';
import {
  batchNormalization,
  bidirectional,
  conv1d,
  dense,
  globalAveragePooling1d,
  gru,
  layers,
  lstm,
  masking,
  simpleRNN,
  timeDistributed,
} from '@ostinato/layers';
import { sequential } from '@ostinato/training';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const kernels = createKernels({ threads: 1 });
const registry = createRegistry([layers, kernels]);
afterAll(() => kernels.stop());

const LAYERS: Readonly<Record<string, () => Layer>> = {
  SimpleRNN: () => simpleRNN({ units: 3 }),
  LSTM: () => lstm({ units: 3 }),
  GRU: () => gru({ units: 3 }),
  Bidirectional: () => bidirectional({ layer: lstm({ units: 3 }) }),
  Dense: () => dense({ units: 3 }),
  TimeDistributed: () => timeDistributed({ layer: dense({ units: 3 }) }),
  Conv1D: () => conv1d({ filters: 3, kernelSize: 2 }),
};

describe.each(['cpu', 'wasm'] as const)('on %s', (backend) => {
  beforeAll(async () => {
    await useBackend(backend);
    await registry.ready();
  });

  test.each(Object.entries(LAYERS))('%s computes with integers as with floats', async (_name, make) => {
    for (const fused of ['auto', 'off'] as const) {
      const predict = async (data: Int32Array | Float32Array): Promise<number[]> => {
        const model = sequential([make()], { registry, seed: 1, fused });
        const output = await model.predict({ shape: [2, 5, 2], data });
        const values = [...output.dataSync()];
        output.dispose();
        model.dispose();
        return values;
      };
      const numbers = [1, -2, 3, 0, 5, -1, 2, 2, -3, 4, 1, 1, 0, -2, 3, 2, -4, 1, 0, 5];
      const ofFloats = await predict(Float32Array.from(numbers));
      expect(await predict(Int32Array.from(numbers))).toEqual(ofFloats);
      expect(ofFloats.some((value) => value !== 0)).toBe(true);
    }
  });

  test('initial states may be integers, too', () => {
    const layer = gru({ units: 3 });
    const shapes = [
      [2, 4, 2],
      [2, 3],
    ];
    buildLayer(layer, { registry, rng: createRng(2), path: 'gru', inputShapes: shapes });
    const call = (dtype: 'int32' | 'float32'): number[] =>
      tf.tidy(() => {
        const inputs = [tf.ones([2, 4, 2]), tf.tensor2d([1, -2, 3, 0, 2, 1], [2, 3], dtype)];
        return [
          ...callLayer(layer, inputs, { registry, rng: createRng(1), path: 'gru' }).outputs[0]!.dataSync(),
        ];
      });
    expect(call('int32')).toEqual(call('float32'));
    layer.dispose();
  });

  test.each([
    ['GRU', () => gru({ units: 3, returnSequences: true, zeroOutputForMask: true })],
    ['Bidirectional', () => bidirectional({ layer: simpleRNN({ units: 3, returnSequences: true }) })],
  ] as const)('%s: all numbers of a mask but 0 count, and count alike', (_name, make) => {
    const layer = make();
    const inputShapes = [[2, 4, 2]];
    buildLayer(layer, { registry, rng: createRng(2), path: 'layer', inputShapes });
    const call = (mask: tf.Tensor): { values: number[]; mask: number[] } =>
      tf.tidy(() => {
        const x = tf.tensor3d([1, 2, -1, 0.5, 2, -2, 1, 1, 0, 1, 3, -1, 2, 2, 1, -1], [2, 4, 2]);
        const options = { registry, rng: createRng(1), path: 'layer', masks: [mask] };
        const { outputs, masks } = callLayer(layer, [x], options);
        return { values: [...outputs[0]!.dataSync()], mask: [...masks[0]!.dataSync()] };
      });
    const wanted = call(tf.tensor2d([1, 1, 0, 1, 0, 1, 1, 1], [2, 4], 'bool'));
    expect(wanted.mask).toEqual([1, 1, 0, 1, 0, 1, 1, 1]);
    expect(call(tf.tensor2d([0.5, -1, 0, 2, 0, 7, 1e-3, 256], [2, 4]))).toEqual(wanted);
    expect(call(tf.tensor2d([5, -1, 0, 2, 0, 7, 1, 256], [2, 4], 'int32'))).toEqual(wanted);
    layer.dispose();
  });

  test.each([
    ['pooling', 'off', () => globalAveragePooling1d()],
    ['normalization', 'off', () => batchNormalization()],
    ['all steps', 'auto', () => simpleRNN({ units: 3, returnSequences: true })],
    ['a loop', 'off', () => lstm({ units: 3 })],
    ['a fused kernel', 'auto', () => lstm({ units: 3 })],
    ['both directions', 'off', () => bidirectional({ layer: gru({ units: 3 }) })],
  ] as const)('weights before a masking layer learn through %s', async (_what, fused, make) => {
    const model = sequential([dense({ units: 2 }), masking(), make()], { registry, seed: 1, fused });
    const [rows, steps] = [3, 4];
    const x = {
      shape: [rows, steps, 2],
      data: Float32Array.from({ length: 24 }, (_, i) => Math.max(0, ((i * 7) % 5) - 1)),
    };
    const output = await model.predict(x);
    const kernel = model.params[0]!;
    const before = [...kernel.tensor.dataSync()];
    model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
    const y = { shape: output.shape, data: new Float32Array(output.size).fill(0.5) };
    output.dispose();
    const { loss } = await model.trainOnBatch(x, y);
    expect(Number.isFinite(loss)).toBe(true);
    expect([...kernel.tensor.dataSync()]).not.toEqual(before);
    model.dispose();
  });
});

test('what is made without gradient is a constant, also when making it fails', async () => {
  await useBackend('cpu');
  tf.tidy(() => {
    const gate = (x: tf.Tensor): tf.Tensor =>
      withoutGradient(() => tf.cast(tf.greater(tf.mul(x, x), 1), 'float32'));
    const gradient = tf.grad((x: tf.Tensor) => tf.mul(x, gate(x)));
    expect([...gradient(tf.tensor1d([0.5, 2, -3])).dataSync()]).toEqual([0, 1, 1]);
    const fail = (): never => {
      throw new Error('no');
    };
    expect(() => withoutGradient(fail)).toThrowError('no');
    expect([
      ...tf
        .grad((x: tf.Tensor) => tf.mul(x, x))(tf.tensor1d([3]))
        .dataSync(),
    ]).toEqual([6]);
  });
});
