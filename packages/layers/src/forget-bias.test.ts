// How the biases of LSTM and of its convolutional kin begin, gate by gate: i, f, c, o.
import { useBackend } from '@ostinato/backend';
import { buildLayer, createRegistry, createRng, type Layer, type Shape } from '@ostinato/core';
import { beforeAll, expect, test } from 'vitest';
import { convLstm1d } from './conv-lstm-1d.js';
import { convLstm2d } from './conv-lstm-2d.js';
import { lstm } from './lstm.js';
import { layers } from './plugin.js';

beforeAll(() => useBackend('cpu'));

const HALF = { name: 'constant', config: { value: 0.5 } } as never;
const conv = { filters: 2, kernelSize: 1 };
test.each<[string, () => Layer, Shape, number[]]>([
  ['LSTM', () => lstm({ units: 2 }), [null, null, 3], [0, 0, 1, 1, 0, 0, 0, 0]],
  ['ConvLSTM1D', () => convLstm1d(conv), [null, null, 4, 3], [0, 0, 1, 1, 0, 0, 0, 0]],
  [
    'ConvLSTM2D, other biases of a half',
    () => convLstm2d({ ...conv, biasInitializer: HALF }),
    [null, null, 4, 4, 3],
    [0.5, 0.5, 1, 1, 0.5, 0.5, 0.5, 0.5],
  ],
  [
    'ConvLSTM1D without unitForgetBias',
    () => convLstm1d({ ...conv, unitForgetBias: false }),
    [null, null, 4, 3],
    Array(8).fill(0),
  ],
])('%s', (_name, make, shape, bias) => {
  const layer = make();
  const registry = createRegistry([layers]);
  buildLayer(layer, { registry, rng: createRng(1), path: 'layer', inputShapes: [shape] });
  expect([...layer.params[2]!.tensor.dataSync()]).toEqual(bias);
  layer.dispose();
});
