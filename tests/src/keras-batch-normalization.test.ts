// BatchNormalization against Keras 3: outputs and gradients in and out of training, its moving statistics, and a model.
import { readFileSync } from 'node:fs';
import { useBackend } from '@ostinato/backend';
import {
  buildLayer,
  type CallContext,
  callLayer,
  createRegistry,
  createRng,
  type Layer,
  type Param,
} from '@ostinato/core';
import { batchNormalization, dense, layers } from '@ostinato/layers';
import { modelFromBytes, sequential, sgd } from '@ostinato/training';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';

interface Golden {
  readonly shape: number[];
  readonly values: number[];
}
interface Call {
  readonly training: boolean;
  readonly inputs: [Golden];
  readonly mask?: Golden;
  readonly outputs: [Golden];
  readonly lossWeights: [Golden];
  readonly gradients: { readonly inputs: [Golden]; readonly weights: Golden[] };
  readonly movingMean: Golden;
  readonly movingVariance: Golden;
}
interface Case {
  readonly name: string;
  readonly config: Record<string, unknown>;
  readonly inputShape: number[];
  readonly weights: Golden[];
  readonly calls: Call[];
}
interface Model {
  readonly weights: Golden[];
  readonly steps: {
    readonly x: Golden;
    readonly y: Golden;
    readonly loss: number;
    readonly weights: Golden[];
  }[];
  readonly predict: { readonly x: Golden; readonly output: Golden };
}

const goldens = JSON.parse(
  readFileSync(new URL('../../goldens/batch-normalization.json', import.meta.url), 'utf8'),
) as { cases: Case[]; model: Model };
const registry = createRegistry([layers]);

const tensor = ({ shape, values }: Golden): tf.Tensor => tf.tensor(values, shape, 'float32');
const host = ({ shape, values }: Golden) => ({ shape, data: Float32Array.from(values) });

function expectClose(actual: tf.Tensor | { data: Float32Array }, golden: Golden, what: string): void {
  const values = actual instanceof tf.Tensor ? actual.dataSync() : actual.data;
  expect(values.length, what).toBe(golden.values.length);
  const scale = golden.values.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  golden.values.forEach((value, i) => {
    expect(Math.abs(value - values[i]!) / scale, `${what}, value ${i}`).toBeLessThanOrEqual(1e-5);
  });
}

function build({ config, inputShape, weights }: Case): Layer {
  const layer = registry.layerFromJSON({ layer: '@ostinato/layers>BatchNormalization', version: 1, config });
  buildLayer(layer, {
    registry,
    rng: createRng(1),
    path: 'layer',
    inputShapes: [[null, ...inputShape.slice(1)]],
  });
  layer.params.forEach((param, i) => param.assign(tensor(weights[i]!)));
  return layer;
}

/** One call with its gradients; then its new statistics are taken. */
function check(layer: Layer, call: Call): void {
  const asked = new Map<Param, tf.Tensor>();
  const update: CallContext['update'] = (param, next) => {
    asked.set(param, tf.keep(tf.tidy(() => next(param.tensor))));
  };
  const learnt = layer.params.filter(({ trainable }) => trainable);
  tf.tidy(() => {
    const x = tensor(call.inputs[0]);
    const masks = [call.mask ? tf.cast(tensor(call.mask), 'bool') : null];
    const options = { registry, rng: createRng(1), path: 'layer', training: call.training, masks, update };
    const loss = (): tf.Tensor => {
      const output = callLayer(layer, [x], options).outputs[0]!;
      expectClose(output, call.outputs[0], 'output');
      return tf.sum(tf.mul(output, tensor(call.lossWeights[0])));
    };
    const { grads } = tf.engine().gradients(loss, [x, ...learnt.map((param) => param.tensor)]);
    const expected = [call.gradients.inputs[0], ...call.gradients.weights];
    expect(grads.length).toBe(expected.length);
    expected.forEach((golden, i) => {
      expectClose(grads[i]!, golden, `gradient ${i}`);
    });
  });
  for (const [param, value] of asked) param.assign(value);
  const [mean, variance] = layer.params.slice(-2);
  expectClose(mean!.tensor, call.movingMean, 'moving mean');
  expectClose(variance!.tensor, call.movingVariance, 'moving variance');
}

describe.each(['cpu', 'wasm'] as const)('on %s', (backend) => {
  beforeAll(async () => {
    await useBackend(backend, { fallback: false });
  });

  test.each(goldens.cases.map((golden) => [golden.name, golden] as const))('%s', (_name, golden) => {
    const before = tf.memory().numTensors;
    const layer = build(golden);
    for (const call of golden.calls) check(layer, call);
    layer.dispose();
    expect(tf.memory().numTensors, 'tensors left behind').toBe(before);
  });

  test('a model that is trained step by step has the weights of Keras, and keeps them on file', async () => {
    const { weights, steps, predict } = goldens.model;
    const model = sequential(
      [dense({ units: 5, activation: 'tanh' }), batchNormalization({ momentum: 0.9 }), dense({ units: 1 })],
      { registry, inputShape: [4] },
    );
    model.compile({ optimizer: sgd({ learningRate: 0.1 }), loss: 'mse' });
    await model.setWeights(weights.map(host));
    for (const { x, y, loss, weights: after } of steps) {
      const logs = await model.trainOnBatch(host(x), host(y));
      expect(logs.loss).toBeCloseTo(loss, 5);
      (await model.getWeights()).forEach((weight, i) => {
        expectClose(weight, after[i]!, weight.name);
      });
    }
    const output = await model.predict(host(predict.x));
    expectClose(output, predict.output, 'prediction');
    output.dispose();

    const lines: string[] = [];
    model.summary({ print: (line) => lines.push(line) });
    expect(lines).toContain(' Trainable params: 41 (164.00 B)');
    expect(lines).toContain(' Non-trainable params: 10 (40.00 B)');
    const copy = await modelFromBytes(await model.toBytes(), { registry });
    expect(await copy.weightsSha256()).toBe(await model.weightsSha256());
    model.dispose();
    copy.dispose();
  });
});
