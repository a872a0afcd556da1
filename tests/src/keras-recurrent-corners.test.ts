// The recurrent layers against real Keras 3 where fused kernels have their corners, and dropout inside them: by fused
// kernels, which must not refuse, and by the reference loop.
import { useBackend } from '@ostinato/backend';
import {
  buildLayer,
  callLayer,
  createRegistry,
  createRng,
  type FusedPolicy,
  KernelChooser,
  type Layer,
  type Rng,
} from '@ostinato/core';
import { kernels } from '@ostinato/kernels';
import { layers } from '@ostinato/layers';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { expectClose, type Golden, readCases, tensor } from './golden.js';

interface Case {
  readonly name: string;
  readonly layer: 'SimpleRNN' | 'LSTM' | 'GRU';
  readonly config: Record<string, unknown>;
  readonly inputs: [Golden];
  readonly mask?: Golden;
  readonly initialStates?: Golden[];
  readonly weights: Golden[];
  readonly training: boolean;
  readonly dropoutMasks?: Golden[];
  readonly recurrentDropoutMasks?: Golden[];
  readonly outputs: Golden[];
  readonly outputMask?: Golden;
  readonly lossWeights: Golden[];
  readonly gradients: {
    readonly inputs: [Golden];
    readonly weights: Golden[];
    readonly initialStates: Golden[];
  };
}

const GATES = { SimpleRNN: [''], LSTM: ['/i', '/f', '/c', '/o'], GRU: ['/z', '/r', '/h'] };
const registry = createRegistry([layers, kernels]);

function make({ layer: name, config, inputs, weights }: Case): Layer {
  const layer = registry.layerFromJSON({ layer: `@ostinato/layers>${name}`, version: 1, config });
  const inputShapes = [[null, ...inputs[0].shape.slice(1)]];
  buildLayer(layer, { registry, rng: createRng(1), path: 'layer', inputShapes });
  expect(layer.params.map(({ shape }) => [...shape])).toEqual(weights.map(({ shape }) => shape));
  layer.params.forEach((param, i) => param.assign(tensor(weights[i]!)));
  return layer;
}

/** A stream whose parts, named as cells name their masks, draw what Keras was given; any other part is an error. */
function drawing({ layer, dropoutMasks = [], recurrentDropoutMasks = [] }: Case): Rng {
  const parts = new Map<string, Rng>();
  const put = (kind: string, masks: Golden[]): void =>
    masks.forEach((mask, i) => {
      const draws = mask.values[Symbol.iterator]();
      const uint32 = (): number => (draws.next().value ? 0xffffffff : 0);
      parts.set(`${kind}${masks.length > 1 ? GATES[layer][i] : ''}`, Object.assign(createRng(1), { uint32 }));
    });
  put('input', dropoutMasks);
  put('state', recurrentDropoutMasks);
  const split = (name: string | number): Rng => {
    const part = parts.get(String(name));
    if (!part) throw new Error(`the layer draws '${name}', for which Keras has no mask`);
    return part;
  };
  return Object.assign(createRng(1), { split });
}

function check(layer: Layer, golden: Case, policy: FusedPolicy): void {
  const inputs = [...golden.inputs, ...(golden.initialStates ?? [])].map(tensor);
  const masks = inputs.map((_, i) => (i === 0 && golden.mask ? tf.cast(tensor(golden.mask), 'bool') : null));
  const weights = layer.params.map((param) => param.tensor);
  let outputs: readonly tf.Tensor[] = [];
  const { grads } = tf.engine().gradients(
    () => {
      const { training } = golden;
      const chooser = new KernelChooser(registry.kernels, policy);
      const options = { registry, rng: drawing(golden), path: 'layer', masks, training, kernels: chooser };
      const result = callLayer(layer, inputs, options);
      outputs = result.outputs.map((output) => tf.keep(tf.clone(output)));
      expect(result.masks[0] === null, 'no mask').toBe(golden.outputMask === undefined);
      if (golden.outputMask) expectClose(tf.cast(result.masks[0]!, 'float32'), golden.outputMask, 'mask');
      return tf.addN(
        result.outputs.map((output, i) => tf.sum(tf.mul(output, tensor(golden.lossWeights[i]!)))),
      );
    },
    [...inputs, ...weights],
    undefined,
    true,
  );
  expect(outputs.length).toBe(golden.outputs.length);
  outputs.forEach((output, i) => expectClose(output, golden.outputs[i]!, `output ${i}`));
  tf.dispose([...outputs]);
  const { gradients } = golden;
  const expected = [...gradients.inputs, ...gradients.initialStates, ...gradients.weights];
  expect(grads.length).toBe(expected.length);
  const names = [
    'x',
    ...gradients.initialStates.map((_, i) => `state ${i}`),
    ...layer.params.map(({ name }) => name),
  ];
  expected.forEach((gradient, i) => {
    expectClose(grads[i] ?? tf.zeros(gradient.shape), gradient, `gradient of ${names[i]}`);
  });
}

describe.each(['cpu', 'wasm'] as const)('on %s', (backend) => {
  beforeAll(async () => {
    await useBackend(backend);
    await registry.ready();
  });

  describe.each([
    ['fused', true],
    ['reference', false],
  ] as const)('%s', (_way, fused) => {
    describe.each(['recurrent-corners', 'rnn-dropout'])('%s', (file) => {
      const cases = readCases<Case>(file).filter(({ layer }) => layer in GATES);
      test.each(cases.map((golden) => [golden.name, golden] as const))('%s', (_name, golden) => {
        const before = tf.memory().numTensors;
        const layer = make(golden);
        tf.tidy(() => check(layer, golden, fused ? 'required' : 'off'));
        layer.dispose();
        expect(tf.memory().numTensors, 'tensors left behind').toBe(before);
      });
    });
  });
});
