// Attention in its kinds: the conformance suite, dropout, and what it says to inputs that do not fit together.
import { useBackend } from '@ostinato/backend';
import { buildLayer, callLayer, createRegistry, createRng, type Layer, type Shape } from '@ostinato/core';
import { testLayer } from '@ostinato/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { dropoutMask } from './dropout-mask.js';
import { additiveAttention, attention, layers, multiHeadAttention } from './index.js';

const registry = createRegistry([layers]);
beforeAll(() => useBackend('cpu'));

const own = [[3, 5, 4]];
const crossed = [
  [3, 5, 4],
  [3, 7, 4],
];
const keyed = [
  [3, 5, 4],
  [3, 7, 2],
  [3, 7, 4],
];

describe('conformance', () => {
  test.each([
    ['Attention', () => attention(), crossed],
    [
      'Attention, everything on',
      () =>
        attention({
          useScale: true,
          scoreMode: 'concat',
          dropout: 0.3,
          useCausalMask: true,
          returnAttentionScores: true,
          name: 'look',
        }),
      keyed,
    ],
    ['Attention to itself', () => attention({ useScale: true, useCausalMask: true }), own],
    ['AdditiveAttention', () => additiveAttention(), crossed],
    [
      'AdditiveAttention, everything on',
      () =>
        additiveAttention({
          useScale: false,
          dropout: 0.3,
          useCausalMask: true,
          returnAttentionScores: true,
        }),
      keyed,
    ],
    ['AdditiveAttention to itself', () => additiveAttention({ useCausalMask: true }), own],
    ['MultiHeadAttention', () => multiHeadAttention({ numHeads: 3, keyDim: 2 }), crossed],
    [
      'MultiHeadAttention, everything on',
      () =>
        multiHeadAttention({
          numHeads: 2,
          keyDim: 3,
          valueDim: 5,
          useBias: false,
          outputShape: [2, 3],
          attentionAxes: 1,
          slidingWindow: 3,
          useGate: true,
          dropout: 0.3,
          useCausalMask: true,
          returnAttentionScores: true,
          kernelRegularizer: 'l2',
          kernelInitializer: 'heNormal',
          trainable: false,
        }),
      keyed,
    ],
    ['MultiHeadAttention to itself', () => multiHeadAttention({ numHeads: 2, keyDim: 3, valueDim: 1 }), own],
    [
      'MultiHeadAttention along one of two axes',
      () => multiHeadAttention({ numHeads: 2, keyDim: 3, attentionAxes: -2, returnAttentionScores: true }),
      [[3, 2, 5, 4]],
    ],
  ] as const)('%s', async (_name, make, inputShapes) => {
    const { checked, skipped } = await testLayer({ registry, make: make as () => Layer, inputShapes });
    expect(checked.length).toBeGreaterThan(8);
    expect(skipped.every(({ reason }) => reason.length > 0)).toBe(true);
  });
});

const build = (layer: Layer, ...inputShapes: Shape[]): Layer => {
  buildLayer(layer, { registry, rng: createRng(1), path: 'model/look', inputShapes });
  return layer;
};
const call = (layer: Layer, inputs: tf.Tensor[], training = false) =>
  callLayer(layer, inputs, { registry, rng: createRng(1), path: 'model/look', training }).outputs;

describe.each([attention, additiveAttention])('%o', (make) => {
  test('drops weights while it trains, and hands out what is left of them', () => {
    tf.tidy(() => {
      const [query, value] = [
        tf.randomNormal([2, 5, 3], 0, 1, 'float32', 1),
        tf.randomNormal([2, 7, 3], 0, 1, 'float32', 2),
      ];
      const layer = build(make({ dropout: 0.4, returnAttentionScores: true }), [null, 5, 3], [null, 7, 3]);
      const [, weights] = call(layer, [query, value]);
      const [output, dropped] = call(layer, [query, value], true);
      const expected = tf.mul(weights!, dropoutMask([2, 5, 7], 0.4, createRng(1)));
      expect(dropped!.dataSync()).toEqual(expected.dataSync());
      expect(output!.dataSync()).toEqual(tf.matMul(expected, value).dataSync());
      expect([...dropped!.dataSync()].filter((weight) => weight === 0).length).toBeGreaterThan(10);
      layer.dispose();
    });
  });

  test('names the two inputs that do not fit, when built and when called', () => {
    const message =
      '[model/look] The query [?, 5, 3] and the key [?, 7, 2] do not fit together. Expected as many features in both; received query [?, 5, 3], value [?, 7, 4], key [?, 7, 2]. (shape-mismatch)';
    expect(() => build(make(), [null, 5, 3], [null, 7, 4], [null, 7, 2])).toThrowError(message);
    const layer = build(make({ useScale: false }), [null, null, null], [null, null, null]);
    const inputs = [tf.ones([2, 5, 3]), tf.ones([2, 7, 4]), tf.ones([2, 7, 2])];
    expect(() => call(layer, inputs)).toThrowError(message.replaceAll('?', '2'));
    expect(() => call(layer, [tf.ones([2, 5, 3]), tf.ones([1, 7, 3])])).toThrowError(
      /The query \[2, 5, 3\] and the value \[1, 7, 3\] do not fit together. Expected as many rows in both/,
    );
    expect(() => call(layer, [tf.ones([2, 5, 3]), tf.ones([2, 7, 3]), tf.ones([2, 6, 3])])).toThrowError(
      /The value \[2, 7, 3\] and the key \[2, 6, 3\] do not fit together. Expected as many rows and steps in both/,
    );
    expect(() => call(layer, [tf.ones([2, 5, 3]), tf.ones([2, 3])])).toThrowError(
      /The value is not a batch of sequences. .*value \[2, 3\]/,
    );
  });

  test('refuses no inputs and four', () => {
    const layer = make();
    expect(() => layer.outputShapes([])).toThrowError('(inputs-count)');
    expect(() =>
      layer.outputShapes([
        [2, 3, 4],
        [2, 3, 4],
        [2, 3, 4],
        [2, 3, 4],
      ]),
    ).toThrowError(/The number of inputs is not that of attention. .*received 4/);
  });

  test('refuses options it cannot have', () => {
    expect(() => make({ dropout: 1 })).toThrowError('(config-dropout)');
    expect(() => make({ useCausalMask: 1 as never })).toThrowError('(config-use-causal-mask)');
    expect(() => make({ returnAttentionScores: 'yes' as never })).toThrowError(
      '(config-return-attention-scores)',
    );
    expect(() => make({ useScale: null as never })).toThrowError('(config-use-scale)');
    expect(() => make({ causal: true } as never)).toThrowError('(config-unknown)');
  });
});

test('attention refuses a score mode that is none', () => {
  expect(() => attention({ scoreMode: 'cosine' as never })).toThrowError(
    "Expected one of 'dot', 'concat'; received 'cosine'",
  );
});

test('additive attention says when the query has other features than its weight', () => {
  const layer = build(additiveAttention(), [null, 5, 3]);
  expect(() => call(layer, [tf.ones([2, 5, 4])])).toThrowError(
    '[model/look] The shape of the query does not fit. Expected [?, ?, 3]; received f32[2, 5, 4]. (shape-mismatch)',
  );
  expect(() => build(additiveAttention(), [null, 5, null])).toThrowError('(shape-mismatch)');
});

describe('multi-head attention', () => {
  const make = (more: object = {}) => multiHeadAttention({ numHeads: 2, keyDim: 3, ...more });
  const of = (...shape: number[]) => tf.ones(shape);

  test('has the weights of Keras, in its order', () => {
    const layer = build(
      make({ valueDim: 5, useGate: true, outputShape: [2, 7] }),
      [null, 5, 4],
      [null, 6, 2],
    );
    expect(layer.params.map(({ path, shape }) => [path.replace('model/look/', ''), shape])).toEqual([
      ['query/kernel', [4, 2, 3]],
      ['query/bias', [2, 3]],
      ['key/kernel', [2, 2, 3]],
      ['key/bias', [2, 3]],
      ['gate/kernel', [4, 2, 5]],
      ['gate/bias', [2, 5]],
      ['value/kernel', [2, 2, 5]],
      ['value/bias', [2, 5]],
      ['attentionOutput/kernel', [2, 5, 2, 7]],
      ['attentionOutput/bias', [2, 7]],
    ]);
    expect(
      layer.outputShapes([
        [null, 5, 4],
        [null, 6, 2],
      ]),
    ).toEqual([[null, 5, 2, 7]]);
    layer.dispose();
  });

  test('names the inputs that do not fit', () => {
    expect(() => build(make(), [null, 5, 4], [null, 7, 4], [null, 6, 4])).toThrowError(
      '[model/look] The value [?, 7, 4] and the key [?, 6, 4] do not fit together. Expected as many rows and steps in both; received query [?, 5, 4], value [?, 7, 4], key [?, 6, 4]. (shape-mismatch)',
    );
    expect(() => build(make(), [null, 5, 4], [null, 4])).toThrowError(
      /The value \[\?, 4\] is not what heads can look over.*received \[\?, 5, 4\] and \[\?, 4\]/,
    );
    expect(() => build(make(), [null, 5, 4], [null, 7, null])).toThrowError(
      /The number of features of the value is not known|The number of features of the key is not known/,
    );
    expect(() => build(make({ attentionAxes: 1 }), [null, 5, 2, 4], [null, 7, 3, 4])).toThrowError(
      /The query \[\?, 5, 2, 4\] and the value \[\?, 7, 3, 4\] do not fit together/,
    );
    const layer = build(make(), [null, 5, 4], [null, 6, 2]);
    expect(() => call(layer, [of(2, 5, 4), of(2, 6, 3)])).toThrowError(
      /The shape of the key does not fit. Expected \[2, 6, 2\]; received f32\[2, 6, 3\]/,
    );
    expect(() => call(layer, [of(2, 5, 4), of(1, 6, 2)])).toThrowError(
      /The query \[2, 5, 4\] and the value \[1, 6, 2\] do not fit together/,
    );
    layer.dispose();
  });

  test.each([[0], [-1], [3], [[1, 3]]])(
    'attention axes %o do not exist between batch and features',
    (axes) => {
      expect(() => build(make({ attentionAxes: axes }), [null, 5, 2, 4])).toThrowError(
        /`attentionAxes` does not fit the inputs. Expected axes between the batch and the features of inputs with 4 axes/,
      );
    },
  );

  test('refuses masks, a causal mask and a window where steps have several axes', () => {
    expect(() => build(make({ useCausalMask: true }), [null, 5, 2, 4])).toThrowError(
      /`useCausalMask` needs one axis of steps/,
    );
    expect(() => build(make({ slidingWindow: 2 }), [null, 5, 2, 4])).toThrowError(
      /`slidingWindow` needs one axis of steps/,
    );
    const layer = build(make(), [null, 5, 2, 4]);
    const masks = [tf.ones([3, 5], 'bool')];
    const options = { registry, rng: createRng(1), path: 'model/look', masks };
    expect(() => callLayer(layer, [of(3, 5, 2, 4)], options)).toThrowError('(mask-unsupported)');
    layer.dispose();
  });

  test.each([
    [{ numHeads: 0 }, 'config-num-heads'],
    [{ keyDim: 1.5 }, 'config-key-dim'],
    [{ valueDim: -1 }, 'config-value-dim'],
    [{ outputShape: [] }, 'config-output-shape'],
    [{ outputShape: [2, 0] }, 'config-output-shape'],
    [{ outputShape: '3' }, 'config-output-shape'],
    [{ attentionAxes: [1, 1] }, 'config-attention-axes'],
    [{ attentionAxes: 'steps' }, 'config-attention-axes'],
    [{ attentionAxes: false }, 'config-attention-axes'],
    [{ slidingWindow: 0 }, 'config-sliding-window'],
    [{ useGate: 1 }, 'config-use-gate'],
    [{ useBias: null }, 'config-use-bias'],
    [{ dropout: 1 }, 'config-dropout'],
    [{ heads: 2 }, 'config-unknown'],
  ])('refuses %o', (options, code) => {
    expect(() => make(options)).toThrowError(`(${code})`);
  });

  test('asks for its options', () => {
    expect(() => (multiHeadAttention as () => unknown)()).toThrowError('(config-type)');
    expect(() => multiHeadAttention({} as never)).toThrowError('(config-num-heads)');
  });
});
