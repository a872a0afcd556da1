// What layers say when they are given something wrong, word by word where the words help.
import { useBackend } from '@ostinato/backend';
import {
  buildLayer,
  callLayer,
  createRegistry,
  createRng,
  input,
  isOstinatoError,
  type Layer,
  type Shape,
} from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  activation,
  attention,
  bidirectional,
  concatenate,
  dense,
  dropout,
  embedding,
  flatten,
  globalAveragePooling1d,
  gru,
  gruCell,
  layerNormalization,
  layers,
  lstm,
  lstmCell,
  masking,
  multiHeadAttention,
  rnn,
  simpleRNN,
  simpleRNNCell,
  stackedRNNCells,
  timeDistributed,
} from './index.js';

const registry = createRegistry([layers]);
beforeAll(() => useBackend('cpu'));

const build = (layer: Layer, shape: Shape): Layer => {
  buildLayer(layer, { registry, rng: createRng(1), path: 'model/layer', inputShapes: [shape] });
  return layer;
};
const call = (layer: Layer, ...inputs: tf.Tensor[]) =>
  callLayer(layer, inputs, { registry, rng: createRng(1), path: 'model/layer' }).outputs[0]!;

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (isOstinatoError(error)) return error.code;
    throw error;
  }
  return 'nothing was thrown';
}

test.each([
  [null, 0, 3],
  [null, 4, 0],
])('a recurrent layer wants steps and features: not [%s, %s, %s]', (...shape) => {
  expect(() => build(gru({ units: 3 }), shape)).toThrow(
    /with at least one step and one feature; received .* \(shape-mismatch\)/,
  );
});

test('a recurrent layer behind one that gives its last step alone: what is missing is named first', () => {
  expect(() => build(lstm({ units: 3 }), [null, 3])).toThrow(
    'received [?, 3]. If a recurrent layer is before it, give that `returnSequences: true`; ' +
      'if what comes in are numbers of words, put an embedding() before it; else add an axis for features. (shape-mismatch)',
  );
});

describe('bad options', () => {
  const wrong: [string, string, () => unknown][] = [
    ['units of −2', 'config-units', () => lstm({ units: -2 })],
    ['units of 2.5', 'config-units', () => dense({ units: 2.5 })],
    ['no units', 'config-units', () => gru({} as never)],
    [
      'returnSequences of null',
      'config-return-sequences',
      () => lstm({ units: 3, returnSequences: null as never }),
    ],
    ['dropout of 1', 'config-dropout', () => simpleRNN({ units: 3, dropout: 1 })],
    [
      'recurrentDropout of NaN',
      'config-recurrent-dropout',
      () => simpleRNN({ units: 3, recurrentDropout: Number.NaN }),
    ],
    ['a rate of −0.1', 'config-rate', () => dropout({ rate: -0.1 })],
    ['useBias of 1', 'config-use-bias', () => lstm({ units: 3, useBias: 1 as never })],
    [
      'returnSequences of "yes"',
      'config-return-sequences',
      () => gru({ units: 3, returnSequences: 'yes' as never }),
    ],
    ['a misspelt option', 'config-unknown', () => simpleRNN({ units: 3, returnSequence: true } as never)],
    ['no inputDim', 'config-input-dim', () => embedding({ outputDim: 3 } as never)],
    ['a maskValue that nothing equals', 'config-mask-value', () => masking({ maskValue: Number.NaN })],
    ['no cell', 'config-cell', () => rnn({} as never)],
    ['no activation', 'config-activation', () => activation({} as never)],
    ['a name with a slash', 'config-name', () => dense({ units: 1, name: 'a/b' })],
  ];
  test.each(wrong)('%s: %s', (_what, code, run) => {
    expect(codeOf(run)).toBe(code);
  });

  const factories = { activation, dense, dropout, embedding, flatten, gru, lstm, masking, rnn, simpleRNN };
  test.each(Object.entries(factories))('%s: null or 7 in place of options', (name, factory) => {
    for (const options of [null, 7] as never[]) {
      expect(() => factory(options)).toThrowError(
        new RegExp(
          `^\\[@ostinato/layers>${name}\\] .*an object with options; received ${options}. \\(config-type\\)$`,
          'i',
        ),
      );
    }
  });

  test.each([activation, dense, dropout, embedding, rnn, simpleRNNCell, lstmCell, gruCell])(
    '%o without options',
    (factory) => {
      expect(codeOf(() => (factory as () => unknown)())).toBe('config-type');
    },
  );

  test.each([simpleRNN, lstm, gru])('%o without options asks for units', (factory) => {
    expect(codeOf(() => (factory as () => unknown)())).toBe('config-units');
  });

  test.each([[3], ['3'], [{}], [[0]], [[-1, 2]], [[1.5]], [['4']], [[undefined]], [[Number.NaN]]])(
    'a noiseShape of %o',
    (noiseShape) => {
      const make = () => dropout({ rate: 0.5, noiseShape: noiseShape as never });
      expect(codeOf(make)).toBe('config-noise-shape');
    },
  );

  test('a noiseShape says what it may be; null stands for the size of the input', () => {
    expect(() => dropout({ rate: 0.5, noiseShape: [null, 0] })).toThrowError(
      '[@ostinato/layers>Dropout] `noiseShape` is not a list of sizes. Expected for each axis a positive integer or null, or null for all of them; received [null,0]. (config-noise-shape)',
    );
    expect(dropout({ rate: 0.5, noiseShape: [null, 1, 4] }).noiseShape).toEqual([null, 1, 4]);
    expect(dropout({ rate: 0.5, noiseShape: null }).noiseShape).toBeNull();
  });

  test('a misspelt option names the nearest one', () => {
    expect(() => simpleRNN({ units: 3, returnSequence: true } as never)).toThrowError(
      /Did you mean 'returnSequences'\?/,
    );
  });

  test('an unknown activation names the nearest one, when the layer is built', () => {
    const layer = simpleRNN({ units: 3, activation: 'tanhh' as never });
    expect(() => build(layer, [null, 4, 2])).toThrowError(
      /\[model\/layer\] No activation is called 'tanhh'.*Did you mean 'tanh'\? \(activation-unknown\)/,
    );
  });
});

describe('bad inputs', () => {
  test('a matrix where sequences are expected says what to put before', () => {
    expect(() => build(lstm({ units: 3 }), [null, 4])).toThrowError(
      /expected.*\[batch, steps, features\].*embedding\(\).*\(shape-mismatch\)/i,
    );
  });

  test('an id outside the table says which row, which position, which value', () => {
    const layer = build(embedding({ inputDim: 10, outputDim: 3 }), [null, 4]);
    const ids = tf.tensor(
      [
        [1, 2, 3, 4],
        [5, 6, 10, 8],
      ],
      [2, 4],
      'int32',
    );
    expect(() => tf.tidy(() => call(layer, ids))).toThrowError(
      /id 10 at row 1, position 2.*0 to 9.*\(embedding-id\)/,
    );
    expect(codeOf(() => tf.tidy(() => call(layer, tf.tensor([[-1]], [1, 1], 'int32'))))).toBe('embedding-id');
    const samples = { data: Float32Array.of(0, 9, 3, 1.5), shape: [2, 2] };
    expect(() => layer.checkInput?.(samples, 'embedding')).toThrowError(/id 1.5 at row 1, position 1/);
    expect(codeOf(() => tf.tidy(() => call(layer, tf.tensor([[true]], [1, 1], 'bool'))))).toBe(
      'dtype-mismatch',
    );
  });

  test('initial states that do not fit', () => {
    const layer = build(lstm({ units: 3 }), [null, 4, 2]);
    const x = tf.zeros([2, 4, 2]);
    expect(codeOf(() => call(layer, x, tf.zeros([2, 3])))).toBe('states-count');
    expect(codeOf(() => call(layer, x, tf.zeros([2, 3]), tf.zeros([1, 3])))).toBe('shape-mismatch');
  });

  test('another batch size for a stateful layer, until its states are reset', () => {
    const layer = build(gru({ units: 3, stateful: true }), [null, 4, 2]);
    tf.tidy(() => call(layer, tf.ones([2, 4, 2])));
    expect(codeOf(() => call(layer, tf.ones([3, 4, 2])))).toBe('stateful-batch');
    layer.resetStates();
    expect(tf.tidy(() => call(layer, tf.ones([3, 4, 2]))).shape).toEqual([3, 3]);
    layer.dispose();
  });

  test.each<[string, Layer]>([
    ['lstm', lstm({ units: 3 })],
    ['bidirectional', bidirectional({ layer: gru({ units: 3 }) })],
    ['globalAveragePooling1d', globalAveragePooling1d()],
    ['attention', attention()],
    ['multiHeadAttention', multiHeadAttention({ numHeads: 1, keyDim: 3 })],
  ])('%s: a mask of other steps; numbers in place of truth values are masks', (_, layer) => {
    build(layer, [null, 4, 2]);
    tf.tidy(() => {
      const x = tf.reshape(tf.linspace(-1, 1, 16), [2, 4, 2]);
      const masked = (mask: tf.Tensor): Float32Array => {
        const options = { registry, rng: createRng(1), path: 'model/layer', masks: [mask] };
        return callLayer(layer, [x], options).outputs[0]!.dataSync() as Float32Array;
      };
      for (const shape of [[2, 3], [3, 4], [8], [2, 4, 2]])
        expect(() => masked(tf.ones(shape, 'bool'))).toThrowError(
          /The shape of the mask does not fit. Expected \[2, 4\]; received bool\[.*\(shape-mismatch\)/,
        );
      const numbers = tf.tensor2d([0, 1, 1, 0, 1, 1, 1, 0], [2, 4]);
      expect(masked(numbers)).toEqual(masked(tf.cast(numbers, 'bool')));
    });
    layer.dispose();
  });

  test('a cell in two layers', () => {
    const [cell, x] = [lstmCell({ units: 3 }), [null, 4, 2]];
    const first = build(rnn({ cell }), x);
    const both = [rnn({ cell }), rnn({ cell: stackedRNNCells({ cells: [gruCell({ units: 2 }), cell] }) })];
    for (const layer of both)
      expect(() => build(layer, x)).toThrowError(/stands in another layer already.*\(cell-built\)/);
    first.dispose();
    build(both[1]!, x).dispose();
  });

  test('building twice', () => {
    const layer = build(dense({ units: 3 }), [null, 4]);
    expect(codeOf(() => build(layer, [null, 4]))).toBe('layer-built');
  });
});

describe('the reference loop', () => {
  test('costs a linear number of kernels in the number of steps, forward and backward', () => {
    const layer = build(simpleRNN({ units: 3 }), [null, null, 2]);
    const bytes = (steps: number): number => {
      const x = tf.ones([2, steps, 2]);
      const before = tf.memory().numBytes;
      let peak = 0;
      tf.tidy(() => {
        tf.engine().gradients(
          () => {
            const sum = tf.sum(call(layer, x)) as tf.Scalar;
            peak = tf.memory().numBytes - before;
            return sum;
          },
          layer.params.map((param) => param.tensor),
        );
      });
      return peak;
    };
    expect(bytes(80) / bytes(20)).toBeLessThan(4.5);
  });
});

test('symbols that a layer would leave unread are refused', () => {
  const [x, h] = [input({ shape: [5, 3] }), input({ shape: [2] })];
  const single = [
    dense({ units: 2 }),
    dropout({ rate: 0.5 }),
    flatten(),
    layerNormalization(),
    timeDistributed({ layer: dense({ units: 2 }) }),
  ];
  for (const layer of single) {
    expect(() => layer.apply([x, x])).toThrow(
      /more symbols than it takes. Expected 1; received 2: .*inputs-count/,
    );
  }
  const [g, l] = [gru({ units: 2 }), lstm({ units: 2 })];
  expect([g.apply([x, h]).shape, l.apply([x, h, h]).shape]).toEqual([
    [null, 2],
    [null, 2],
  ]);
  expect(() => g.apply([x, h, h])).toThrow(/Expected 2; received 3/);
  expect(() => l.apply([x, h, h, h])).toThrow(/Expected 3; received 4/);
  expect(concatenate().apply([h, h, h, h]).shape).toEqual([null, 8]);
});
