// Layers of several inputs against the numbers of real Keras 3: outputs, masks and all gradients, each input masked.
import { useBackend } from '@ostinato/backend';
import { buildLayer, callLayer, createRegistry, createRng, type Layer, type Rng } from '@ostinato/core';
import { kernels } from '@ostinato/kernels';
import { layers } from '@ostinato/layers';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { expectClose, type Golden, readCases, tensor } from './golden.js';

interface Case {
  readonly name: string;
  readonly layer: string;
  readonly config: Record<string, unknown>;
  readonly inputs: Golden[];
  readonly masks: (Golden | null)[];
  readonly weights: Golden[];
  readonly training: boolean;
  readonly kept?: Golden;
  readonly outputs: Golden[];
  readonly outputMasks: (Golden | null)[];
  readonly lossWeights: Golden[];
  readonly gradients: { readonly inputs: Golden[]; readonly weights: Golden[] };
}

const registries = { loop: createRegistry([layers]), fused: createRegistry([layers, kernels]) };
type Known = (typeof registries)[keyof typeof registries];

function make({ layer: name, config, inputs, weights }: Case, registry: Known): Layer {
  const layer = registry.layerFromJSON({ layer: `@ostinato/layers>${name}`, version: 1, config });
  const inputShapes = inputs.map(({ shape }) => [null, ...shape.slice(1)]);
  buildLayer(layer, { registry, rng: createRng(1), path: 'layer', inputShapes });
  expect(layer.params.map(({ shape }) => [...shape])).toEqual(weights.map(({ shape }) => shape));
  layer.params.forEach((param, i) => param.assign(tensor(weights[i]!)));
  return layer;
}

/** A stream whose draws keep what Keras kept. */
function drawing(kept: Golden | undefined): Rng {
  const draws = kept?.values[Symbol.iterator]();
  const rng = createRng(1);
  return draws ? Object.assign(rng, { uint32: () => (draws.next().value ? 0xffffffff : 0) }) : rng;
}

function check(layer: Layer, golden: Case, registry: Known): void {
  const inputs = golden.inputs.map(tensor);
  const masks = golden.masks.map((mask) => mask && tf.cast(tensor(mask), 'bool'));
  let outputs: readonly tf.Tensor[] = [];
  const { grads } = tf.engine().gradients(
    () => {
      const options = {
        registry,
        rng: drawing(golden.kept),
        path: 'layer',
        masks,
        training: golden.training,
      };
      const result = callLayer(layer, inputs, options);
      outputs = result.outputs.map((output) => tf.keep(tf.clone(output)));
      expect(result.masks.map((mask) => mask === null)).toEqual(
        golden.outputMasks.map((mask) => mask === null),
      );
      result.masks.forEach((mask, i) => {
        if (mask) expectClose(tf.cast(mask, 'float32'), golden.outputMasks[i]!, `mask ${i}`);
      });
      return tf.addN(
        result.outputs.map((output, i) => tf.sum(tf.mul(output, tensor(golden.lossWeights[i]!)))),
      );
    },
    [...inputs, ...layer.params.map((param) => param.tensor)],
    undefined,
    true,
  );
  expect(outputs.length).toBe(golden.outputs.length);
  outputs.forEach((output, i) => expectClose(output, golden.outputs[i]!, `output ${i}`));
  tf.dispose([...outputs]);
  const expected = [...golden.gradients.inputs, ...golden.gradients.weights];
  expect(grads.length).toBe(expected.length);
  expected.forEach((gradient, i) => {
    const what = i < inputs.length ? `input ${i}` : `weight ${layer.params[i - inputs.length]!.path}`;
    expectClose(grads[i] ?? tf.zeros(gradient.shape), gradient, `gradient of ${what}`);
  });
}

describe.each(['cpu', 'wasm'] as const)('on %s', (backend) => {
  beforeAll(async () => {
    await useBackend(backend);
    await registries.fused.ready();
  });

  describe.each(['merging', 'attention', 'multi-head-attention'])('%s', (file) => {
    test.each(readCases<Case>(file).map((golden) => [golden.name, golden] as const))(
      '%s',
      (_name, golden) => {
        const before = tf.memory().numTensors;
        for (const registry of Object.values(registries)) {
          const layer = make(golden, registry);
          tf.tidy(() => check(layer, golden, registry));
          layer.dispose();
        }
        expect(tf.memory().numTensors, 'tensors left behind').toBe(before);
      },
    );
  });
});
