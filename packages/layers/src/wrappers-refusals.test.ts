// What TimeDistributed, StackedRNNCells and the convolutional LSTMs refuse, and what they hand on.
import { useBackend } from '@ostinato/backend';
import { buildLayer, callLayer, createRegistry, createRng, type Layer, type Shape } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { bidirectional } from './bidirectional.js';
import { convLstm1d } from './conv-lstm-1d.js';
import { convLstm2d } from './conv-lstm-2d.js';
import { dense } from './dense.js';
import { embedding } from './embedding.js';
import { gru } from './gru.js';
import { gruCell } from './gru-cell.js';
import { layers } from './plugin.js';
import { rnn } from './rnn.js';
import { simpleRNNCell } from './simple-rnn-cell.js';
import { stackedRNNCells } from './stacked-rnn-cells.js';
import { timeDistributed } from './time-distributed.js';

const registry = createRegistry([layers]);
const options = { registry, rng: createRng(1), path: 'model/layer' };

beforeAll(() => useBackend('cpu'));

function built<L extends Layer>(layer: L, ...inputShapes: Shape[]): L {
  buildLayer(layer, { ...options, inputShapes });
  return layer;
}
const withCode = (code: string) => expect.objectContaining({ code });

const one = gruCell({ units: 3 });
const conv = (more: object) => () => convLstm2d({ filters: 2, kernelSize: 3, ...more } as never);
test.each<[string, () => unknown, string]>([
  ['TimeDistributed without a layer', () => timeDistributed({} as never), 'config-layer'],
  [
    'a layer in place of options, as Keras has it',
    () => bidirectional(gru({ units: 3 }) as never),
    'config-type',
  ],
  ['TimeDistributed of a cell', () => timeDistributed({ layer: one as never }), 'config-layer'],
  ['a stack of nothing', () => stackedRNNCells({ cells: [] }), 'config-cells'],
  ['a stack that is no list', () => stackedRNNCells({ cells: one as never }), 'config-cells'],
  ['a layer in a stack', () => stackedRNNCells({ cells: [one, gru({ units: 3 }) as never] }), 'config-cells'],
  ['a cell twice in a stack', () => stackedRNNCells({ cells: [one, one] }), 'config-cells'],
  ['no filters', conv({ filters: 0 }), 'config-filters'],
  ['no kernelSize', conv({ kernelSize: undefined }), 'config-kernel-size'],
  ['a kernelSize of three axes', conv({ kernelSize: [3, 3, 3] }), 'config-kernel-size'],
  ['strides of 0', conv({ strides: [1, 0] }), 'config-strides'],
  ['a padding of another name', conv({ padding: 'causal' }), 'config-padding'],
  ['channels first', conv({ dataFormat: 'channelsFirst' }), 'config-data-format'],
  ['another order of axes', conv({ dataFormat: 'last' }), 'config-data-format'],
  ['strides and a dilation', conv({ strides: 2, dilationRate: [1, 2] }), 'config-dilation-rate'],
  ['a dropout of 1', conv({ dropout: 1 }), 'config-dropout'],
  ['units', conv({ units: 3 }), 'config-unknown'],
])('refuses %s', (_what, make, code) => {
  expect(make).toThrowError(withCode(code));
});

test.each<[string, () => Layer, Shape[]]>([
  ['no steps', () => timeDistributed({ layer: dense({ units: 2 }) }), [[null, 4]]],
  ['vectors for images', () => convLstm2d({ filters: 2, kernelSize: 2 }), [[null, 5, 4]]],
  ['rows for pictures', () => convLstm2d({ filters: 2, kernelSize: 2 }), [[null, 5, 4, 3]]],
  ['pictures of unknown size', () => convLstm2d({ filters: 2, kernelSize: 2 }), [[null, 5, null, 4, 3]]],
  ['rows shorter than a window', () => convLstm1d({ filters: 2, kernelSize: 4 }), [[null, 5, 3, 2]]],
])('refuses inputs with %s', (_what, make, shapes) => {
  expect(() => built(make(), ...shapes)).toThrowError(withCode('shape-mismatch'));
});

describe('TimeDistributed', () => {
  test('gives each step its part of a mask with inner steps, and passes on which steps have any', () => {
    const layer = built(timeDistributed({ layer: gru({ units: 3 }) }), [null, null, null, 4]);
    const x = tf.ones([1, 2, 3, 4]);
    const mask = tf.tensor3d(
      [
        [
          [1, 1, 0],
          [0, 0, 0],
        ],
      ],
      [1, 2, 3],
      'bool',
    );
    const { outputs, masks } = callLayer(layer, [x], { ...options, masks: [mask] });
    expect([...masks[0]!.dataSync()]).toEqual([1, 0]);
    const [first, second] = tf.unstack(outputs[0]!, 1).map((step) => [...step.dataSync()]);
    expect(second).toEqual([0, 0, 0]);
    const inner = built(gru({ units: 3 }), [null, null, 4]);
    inner.params.forEach((param, i) => param.assign(tf.clone(layer.params[i]!.tensor)));
    const alone = callLayer(inner, [tf.ones([1, 2, 4])], options).outputs[0]!;
    alone.dataSync().forEach((value, i) => expect(value).toBeCloseTo(first![i]!, 6));
  });

  test('passes on the mask that a layer makes', () => {
    const layer = timeDistributed({ layer: embedding({ inputDim: 5, outputDim: 2, maskZero: true }) });
    built(layer, [null, null, null]);
    const ids = tf.tensor3d(
      [
        [
          [1, 0],
          [3, 4],
        ],
      ],
      [1, 2, 2],
      'int32',
    );
    const [mask] = callLayer(layer, [ids], options).masks;
    expect([mask!.shape, [...mask!.dataSync()]]).toEqual([
      [1, 2, 2],
      [1, 0, 1, 1],
    ]);
  });

  test('does not take a state over from one step to the next', () => {
    const layer = built(timeDistributed({ layer: gru({ units: 3 }) }), [null, null, null, 4]);
    const output = callLayer(layer, [tf.ones([2, 3, 5, 4])], options).outputs[0]!;
    const values = output.dataSync();
    expect(output.shape).toEqual([2, 3, 3]);
    values.forEach((value, i) => expect(value).toBe(values[i % 3]));
  });
});

test('the cells of a stack have paths and masks of dropout of their own', () => {
  const cells = [simpleRNNCell({ units: 4, dropout: 0.5 }), simpleRNNCell({ units: 4, dropout: 0.5 })];
  const layer = built(rnn({ cell: stackedRNNCells({ cells }), returnSequences: true }), [null, null, 4]);
  expect(layer.params.map(({ path }) => path.replace('model/layer/', ''))).toEqual(
    ['0', '1'].flatMap((cell) => ['kernel', 'recurrentKernel', 'bias'].map((name) => `${cell}/${name}`)),
  );
  // Identity kernels and no recurrence: a feature that the second cell drops is 0 at every step.
  for (const [i, param] of layer.params.entries())
    param.assign(i % 3 === 0 ? tf.eye(4) : tf.zeros([...param.shape]));
  const x = tf.ones([8, 3, 4]);
  const given = { ...options, training: true };
  const steps = tf.unstack(callLayer(layer, [x], given).outputs[0]!, 1).map((step) => [...step.dataSync()]);
  expect(steps[1]).toEqual(steps[0]);
  expect(steps[2]).toEqual(steps[0]);
  const kept = steps[0]!.filter((value) => value !== 0).length;
  expect(kept).toBeGreaterThan(0);
  expect(kept).toBeLessThan(14); // of 32, a quarter if the two cells drop apart from each other, else a half
});
