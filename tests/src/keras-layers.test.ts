// Every layer against the numbers of real Keras 3: outputs, states, masks and all gradients.
import { useBackend } from '@ostinato/backend';
import { buildLayer, callLayer, createRegistry, createRng, type Layer } from '@ostinato/core';
import { kernels } from '@ostinato/kernels';
import { layers } from '@ostinato/layers';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { expectClose, type Golden, readCases, tensor } from './golden.js';

interface Call {
  readonly resetStatesBefore?: boolean;
  readonly inputs: Golden[];
  readonly mask?: Golden;
  readonly initialStates?: Golden[];
  readonly outputs: Golden[];
  readonly outputMask?: Golden;
  readonly lossWeights: Golden[];
  readonly gradients: { inputs: (Golden | null)[]; weights: Golden[]; initialStates: Golden[] };
}
interface Case extends Call {
  readonly name: string;
  readonly layer: string;
  readonly config: Record<string, unknown>;
  readonly inputShape: number[];
  readonly weights: Golden[];
  readonly calls?: Call[];
}

// The minimal gated unit among the cases of `rnn` is tested where it stands: examples/custom-layer.
const FILES = [
  'simple-rnn',
  'lstm',
  'gru',
  'rnn',
  'bidirectional',
  'stacked-rnn-cells',
  'time-distributed',
  'conv-lstm',
  'embedding',
  'dense',
  'masking',
  'flatten',
  'layer-normalization',
  'conv-1d',
  'pooling-1d',
  'shaping',
];
const registry = createRegistry([layers, kernels]);
const plain = createRegistry([layers]);

/** Layers and cells inside a golden config carry Keras' class name; ours are read under their qualified one. */
function ourConfig(config: Record<string, unknown>): Record<string, unknown> {
  if (config.dataFormat === 'channels_first') return { ...config, dataFormat: 'channelsFirst' };
  return Object.fromEntries(Object.entries(config).map(([key, value]) => [key, ourPart(value)]));
}

function ourPart(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ourPart);
  const { layer, config } = (value ?? {}) as { layer?: unknown; config?: Record<string, unknown> };
  if (typeof layer !== 'string' || !config) return value;
  const kind = layer.endsWith('Cell') || layer.endsWith('Cells') ? 'cell' : 'layer';
  return { [kind]: `@ostinato/layers>${layer}`, version: 1, config: ourConfig(config) };
}

function make(
  { layer: name, config, inputShape, weights }: Case,
  from: typeof registry | typeof plain,
): Layer {
  const layer = from.layerFromJSON({
    layer: `@ostinato/layers>${name}`,
    version: 1,
    config: ourConfig(config),
  });
  buildLayer(layer, {
    registry: from,
    rng: createRng(1),
    path: 'layer',
    inputShapes: [[null, ...inputShape.slice(1)]],
  });
  expect(layer.params.map(({ shape }) => [...shape])).toEqual(weights.map(({ shape }) => shape));
  layer.params.forEach((param, i) => param.assign(tensor(weights[i]!)));
  return layer;
}

function check(layer: Layer, call: Call, from: typeof registry | typeof plain): void {
  if (call.resetStatesBefore) layer.resetStates();
  tf.tidy(() => {
    const inputs = call.inputs.map(tensor);
    const states = (call.initialStates ?? []).map(tensor);
    const masks = [call.mask ? tf.cast(tensor(call.mask), 'bool') : null, ...states.map(() => null)];
    const run = () =>
      callLayer(layer, [...inputs, ...states], { registry: from, rng: createRng(1), path: 'layer', masks });
    const floats = inputs.filter(({ dtype }) => dtype === 'float32');
    let outputs: readonly tf.Tensor[] = [];
    const { grads } = tf.engine().gradients(
      () => {
        const result = run();
        outputs = result.outputs.map((output) => tf.keep(tf.clone(output)));
        expect(result.masks[0] === null).toBe(call.outputMask === undefined);
        if (call.outputMask) expectClose(tf.cast(result.masks[0]!, 'float32'), call.outputMask, 'mask');
        const parts = result.outputs.map((output, i) => tf.sum(tf.mul(output, tensor(call.lossWeights[i]!))));
        return parts.reduce((sum, part) => tf.add(sum, part)) as tf.Scalar;
      },
      [...floats, ...layer.params.map((param) => param.tensor), ...states],
      undefined,
      true,
    );
    expect(outputs.length).toBe(call.outputs.length);
    outputs.forEach((output, i) => expectClose(output, call.outputs[i]!, `output ${i}`));
    for (const output of outputs) output.dispose();
    const { inputs: ofInputs, weights, initialStates } = call.gradients;
    const expected = [...ofInputs.filter((golden) => golden !== null), ...weights, ...initialStates];
    expect(grads.length).toBe(expected.length);
    expected.forEach((golden, i) => {
      expectClose(
        grads[i] ?? tf.zeros(golden.shape),
        golden,
        `gradient ${i} of ${ofInputs.length} inputs, ${weights.length} weights, states`,
      );
    });
  });
}

describe.each(['cpu', 'wasm'] as const)('on %s', (backend) => {
  beforeAll(async () => {
    await useBackend(backend);
    await registry.ready();
  });

  describe.each([
    ['fused where it can be', registry],
    ['reference loop', plain],
  ] as const)('%s', (_way, from) => {
    for (const file of FILES) {
      describe(file, () => {
        test.each(
          readCases<Case>(file)
            .filter(({ name }) => !name.includes('minimal-gated-unit'))
            .map((golden) => [golden.name, golden] as const),
        )('%s', (_name, golden) => {
          const before = tf.memory().numTensors;
          const layer = make(golden, from);
          for (const call of golden.calls ?? [golden]) check(layer, call, from);
          layer.dispose();
          expect(tf.memory().numTensors, 'tensors left behind').toBe(before);
        });
      });
    }
  });
});
