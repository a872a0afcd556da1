// The numbers of the same cell written for Keras 3 (goldens/rnn.json): outputs, states and every gradient.
import { readFileSync } from 'node:fs';
import { useBackend } from '@ostinato/backend';
import { buildLayer, callLayer, createRegistry, createRng, type Layer } from '@ostinato/core';
import { layers } from '@ostinato/layers';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { type MGUOptions, mgu, mguPlugin } from './index.js';

interface Numbers {
  readonly shape: number[];
  readonly values: number[];
}
interface Case {
  readonly name: string;
  readonly config: { cell: { layer: string; config: { units: number } } } & Omit<MGUOptions, 'units'>;
  readonly inputs: [Numbers];
  readonly mask?: Numbers;
  readonly initialStates?: Numbers[];
  readonly weights: Numbers[];
  readonly outputs: Numbers[];
  readonly lossWeights: Numbers[];
  readonly gradients: { inputs: Numbers[]; weights: Numbers[]; initialStates: Numbers[] };
}

const file = new URL('../../../goldens/rnn.json', import.meta.url);
const cases = (JSON.parse(readFileSync(file, 'utf8')) as { cases: Case[] }).cases.filter(
  ({ config }) => config.cell.layer === 'MinimalGatedUnitCell',
);
const registry = createRegistry([layers, mguPlugin]);

const tensor = ({ shape, values }: Numbers): tf.Tensor => tf.tensor(values, shape, 'float32');

/** The layer with the weights of the case. */
function make({ config: { cell, ...options }, inputs, weights }: Case): Layer {
  const layer = mgu({ ...cell.config, ...options });
  const inputShapes = [[null, ...inputs[0].shape.slice(1)]];
  buildLayer(layer, { registry, rng: createRng(1), path: 'mgu', inputShapes });
  expect(layer.params.map(({ shape }) => shape)).toEqual(weights.map(({ shape }) => shape));
  layer.params.forEach((param, i) => param.assign(tensor(weights[i]!)));
  return layer;
}

/** Runs inside `tidy`: outputs, and the gradients of Σ lossWeights · outputs. */
function run(layer: Layer, { inputs, mask, initialStates = [], lossWeights }: Case) {
  const given = [...inputs, ...initialStates].map(tensor);
  const masks = [mask ? tf.cast(tensor(mask), 'bool') : null, ...initialStates.map(() => null)];
  const call = () => callLayer(layer, given, { registry, rng: createRng(1), path: 'mgu', masks }).outputs;
  const loss = () =>
    call()
      .map((output, i) => tf.sum(tf.mul(output, tensor(lossWeights[i]!))))
      .reduce((sum, part) => tf.add(sum, part));
  const gradients = tf.grads(loss)([...given, ...layer.params.map((param) => param.tensor)]);
  return { outputs: call(), gradients };
}

function expectClose(actual: tf.Tensor | undefined, { shape, values }: Numbers, what: string): void {
  expect(actual?.shape, what).toEqual(shape);
  const found = actual!.dataSync();
  const scale = values.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  values.forEach((value, i) => expect(Math.abs(value - found[i]!) / scale, what).toBeLessThanOrEqual(1e-5));
}

test('Keras gave cases with masks, directions and states', () => {
  expect(cases.length).toBeGreaterThanOrEqual(5);
});

describe.each(['cpu', 'wasm'] as const)('on %s', (backend) => {
  beforeAll(() => useBackend(backend, { fallback: false }));

  test.each(cases.map((golden) => [golden.name, golden] as const))('%s', (_name, golden) => {
    const before = tf.memory().numTensors;
    const layer = make(golden);
    tf.tidy(() => {
      const { outputs, gradients } = run(layer, golden);
      expect(outputs.length).toBe(golden.outputs.length);
      golden.outputs.forEach((output, i) => expectClose(outputs[i], output, `output ${i}`));
      const { inputs, initialStates, weights } = golden.gradients;
      const expected = [...inputs, ...initialStates, ...weights];
      expect(gradients.length).toBe(expected.length);
      expected.forEach((gradient, i) => expectClose(gradients[i], gradient, `gradient ${i}`));
    });
    layer.dispose();
    expect(tf.memory().numTensors, 'tensors left behind').toBe(before);
  });
});
