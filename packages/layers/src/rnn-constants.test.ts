// Constants of rnn(): every step of a cell of one's own sees them. Numbers from Keras' loop.
import { readFileSync } from 'node:fs';
import { useBackend } from '@ostinato/backend';
import {
  type BuildContext,
  buildLayer,
  Cell,
  callLayer,
  createRegistry,
  createRng,
  defineCell,
  definePlugin,
  type JsonObject,
  type Layer,
  type Param,
  type Step,
  type StepContext,
} from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { bidirectional } from './bidirectional.js';
import { layers } from './plugin.js';
import { type RNN, rnn } from './rnn.js';
import { stackedRNNCells } from './stacked-rnn-cells.js';

interface Golden {
  readonly shape: number[];
  readonly values: number[];
}
interface Case {
  readonly name: string;
  readonly config: { units: number; contextSize: number; returnSequences: boolean; goBackwards?: boolean };
  readonly inputs: Golden[];
  readonly mask?: Golden;
  readonly initialStates: Golden[];
  readonly weights: Golden[];
  readonly outputs: Golden[];
  readonly lossWeights: Golden[];
  readonly gradients: { inputs: Golden[]; weights: Golden[]; initialStates: Golden[] };
}

const { cases } = JSON.parse(
  readFileSync(new URL('../../../goldens/rnn-constants.json', import.meta.url), 'utf8'),
) as { cases: Case[] };

/** h' = tanh([x, c]·W + h·R + b) with a constant c. */
class ContextCell extends Cell {
  readonly registeredName = 'plugin-test>ContextCell';
  readonly units: number;
  readonly outputShape: readonly number[];
  readonly stateShapes: readonly (readonly number[])[];

  constructor({ units }: { readonly units: number }) {
    super();
    this.units = units;
    this.outputShape = [units];
    this.stateShapes = [[units]];
  }

  build({ inputShapes: [step, constant], param }: BuildContext): void {
    const initializer = 'glorotUniform';
    this.params = [
      param('kernel', [step![1]! + constant![1]!, this.units], { initializer }),
      param('recurrentKernel', [this.units, this.units], { initializer }),
      param('bias', [this.units], { initializer: 'zeros' }),
    ];
  }

  step(x: tf.Tensor, [h]: readonly tf.Tensor[], { constants: [c] }: StepContext): Step {
    const [kernel, recurrentKernel, bias] = this.params.map(({ tensor }) => tensor as tf.Tensor2D);
    const seen = tf.concat([x, c!], 1) as tf.Tensor2D;
    const sum = tf.add(tf.matMul(seen, kernel!), tf.matMul(h as tf.Tensor2D, recurrentKernel!));
    const output = tf.tanh(tf.add(sum, bias!));
    return { output, states: [output] };
  }

  getConfig(): JsonObject {
    return { units: this.units };
  }
}

const contextCellSpec = defineCell({
  name: 'plugin-test>ContextCell',
  create: (options: { readonly units: number }) => new ContextCell(options),
});
const registry = createRegistry([
  layers,
  definePlugin({ name: 'plugin-test', version: '1.0.0', cells: [contextCellSpec] }),
]);
const options = { registry, rng: createRng(1), path: 'layer' };
const tensor = ({ shape, values }: Golden): tf.Tensor => tf.tensor(values, shape);

function built<L extends Layer>(layer: L, ...constants: number[]): L {
  const inputShapes = [[null, null, 4], ...constants.map((size) => [null, size])];
  buildLayer(layer, { ...options, inputShapes });
  return layer;
}
const contextRNN = (more: Partial<Case['config']> = {}): RNN => {
  const { units = 3, contextSize: _size, ...driver } = more;
  return rnn({ cell: new ContextCell({ units }), numConstants: 1, returnState: true, ...driver });
};

describe.each(['cpu', 'wasm'] as const)('on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  test.each(cases.map((golden) => [golden.name, golden] as const))('%s', (_name, golden) => {
    const before = tf.memory().numTensors;
    const layer = built(contextRNN(golden.config), golden.config.contextSize);
    layer.params.forEach((param: Param, i) => param.assign(tensor(golden.weights[i]!)));
    tf.tidy(() => {
      const inputs = [...golden.inputs, ...golden.initialStates].map(tensor);
      const masks = [golden.mask ? tf.cast(tensor(golden.mask), 'bool') : null, null, null];
      const run = () => callLayer(layer, inputs, { ...options, masks }).outputs;
      const loss = () =>
        tf.addN(
          run().map((output, i) => tf.sum(tf.mul(output, tensor(golden.lossWeights[i]!)))),
        ) as tf.Scalar;
      run().forEach((output, i) => expectClose(output, golden.outputs[i]!));
      const sources = [...inputs, ...layer.params.map((param) => param.tensor)];
      const { grads } = tf.engine().gradients(loss, sources, undefined, true);
      const { inputs: ofInputs, initialStates, weights } = golden.gradients;
      [...ofInputs, ...initialStates, ...weights].forEach((gradient, i) => expectClose(grads[i]!, gradient));
    });
    layer.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

function expectClose(actual: tf.Tensor, golden: Golden): void {
  expect(actual.shape).toEqual(golden.shape);
  const values = actual.dataSync();
  const scale = Math.max(1, ...golden.values.map(Math.abs));
  for (const [i, value] of golden.values.entries())
    expect(Math.abs(values[i]! - value) / scale).toBeLessThanOrEqual(1e-5);
}

describe('constants', () => {
  beforeAll(() => useBackend('cpu'));

  const value = (layer: Layer, inputs: readonly tf.Tensor[]): Float32Array =>
    tf.tidy(() => callLayer(layer, inputs, options).outputs[0]!.dataSync() as Float32Array);

  test('reach both directions and every cell of a stack', () => {
    const cells = [new ContextCell({ units: 3 }), new ContextCell({ units: 2 })];
    const stack = rnn({ cell: stackedRNNCells({ cells }), numConstants: 1 });
    const layer = built(bidirectional({ layer: stack }), 2);
    const [x, one, two] = [tf.zeros([1, 5, 4]), tf.ones([1, 2]), tf.fill([1, 2], 2)];
    const [first, second] = [value(layer, [x, one]), value(layer, [x, two])];
    first.forEach((number, i) => expect(number).not.toBe(second[i]));
    const states = [3, 2, 3, 2].map((size) => tf.zeros([1, size]));
    expect(value(layer, [x, ...states, one])).toEqual(first);
    tf.dispose([x, one, two, ...states]);
    layer.dispose();
  });

  test('are part of the config, and of no config without them', () => {
    const layer = contextRNN();
    const json = registry.layerToJSON(layer);
    expect(json.config).toMatchObject({ numConstants: 1 });
    expect((registry.layerFromJSON(json) as RNN).options.numConstants).toBe(1);
    const without = rnn({ cell: new ContextCell({ units: 3 }) });
    expect(registry.layerToJSON(without).config).not.toHaveProperty('numConstants');
  });

  test('that are missing are an error', () => {
    expect(() => built(contextRNN())).toThrowError(expect.objectContaining({ code: 'constants-count' }));
    const layer = built(contextRNN(), 2);
    const x = tf.zeros([1, 5, 4]);
    expect(() => value(layer, [x])).toThrowError(expect.objectContaining({ code: 'constants-count' }));
    x.dispose();
    layer.dispose();
  });

  test.each([-1, 1.5, '1'])('cannot be %s in number', (numConstants) => {
    expect(() =>
      rnn({ cell: new ContextCell({ units: 3 }), numConstants: numConstants as number }),
    ).toThrowError(expect.objectContaining({ code: 'config-num-constants' }));
  });
});
