// What Bidirectional refuses, what it hands to the layers inside it, and what it keeps.
import { useBackend } from '@ostinato/backend';
import {
  buildLayer,
  callLayer,
  createRegistry,
  createRng,
  definePlugin,
  type Kernel,
  KernelChooser,
  type Layer,
} from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { type BidirectionalOptions, bidirectional } from './bidirectional.js';
import { dense } from './dense.js';
import { gru } from './gru.js';
import { lstm } from './lstm.js';
import { layers } from './plugin.js';
import { rnn } from './rnn.js';
import { simpleRNN } from './simple-rnn.js';
import { SimpleRNNCell } from './simple-rnn-cell.js';

const registry = createRegistry([layers]);

beforeAll(() => useBackend('cpu'));

const options = { registry, rng: createRng(1), path: 'model/both' };
const built = <L extends Layer>(layer: L): L => {
  buildLayer(layer, { ...options, inputShapes: [[null, null, 4]] });
  return layer;
};

describe('refuses', () => {
  test.each([
    ['no layer', {}, 'config-layer'],
    ['a layer without direction', { layer: dense({ units: 3 }) }, 'config-layer'],
    ['a layer that reads backwards', { layer: lstm({ units: 3, goBackwards: true }) }, 'config-layer'],
    ['a merge mode of another name', { layer: lstm({ units: 3 }), mergeMode: 'add' }, 'config-merge-mode'],
    [
      'two layers of one direction',
      { layer: lstm({ units: 3 }), backwardLayer: lstm({ units: 3 }) },
      'config-backward-layer',
    ],
    [
      'a backward layer that puts out something else',
      { layer: lstm({ units: 3 }), backwardLayer: lstm({ units: 3, goBackwards: true, returnState: true }) },
      'config-backward-layer',
    ],
    ['a backward layer of 0', { layer: lstm({ units: 3 }), backwardLayer: 0 }, 'config-backward-layer'],
    ['a misspelt option', { layer: lstm({ units: 3 }), merge: 'sum' }, 'config-unknown'],
  ])('%s', (_what, given, code) => {
    expect(() => bidirectional(given as unknown as BidirectionalOptions)).toThrowError(
      expect.objectContaining({ code }),
    );
  });

  test('sizes that cannot be added up', () => {
    const backwardLayer = gru({ units: 5, goBackwards: true });
    const layer = bidirectional({ layer: gru({ units: 3 }), backwardLayer, mergeMode: 'sum' });
    expect(() => built(layer)).toThrowError(
      /\[model\/both\] The outputs of both directions do not fit together for mergeMode 'sum'\. Expected outputs of \[\?, 3\]/,
    );
  });

  test('an odd number of initial states', () => {
    const layer = built(bidirectional({ layer: gru({ units: 3 }) }));
    const given = [tf.zeros([2, 5, 4]), tf.zeros([2, 3])];
    expect(() => tf.tidy(() => callLayer(layer, given, options).outputs[0]!)).toThrowError(
      expect.objectContaining({ code: 'states-count' }),
    );
    tf.dispose(given);
    layer.dispose();
  });

  test('a cell to be copied that no plugin defines, and not one that need not be', () => {
    class Unlisted extends SimpleRNNCell {
      override readonly registeredName = 'somewhere>Unlisted' as never;
    }
    const one = (goBackwards: boolean) => rnn({ cell: new Unlisted({ units: 3 }), goBackwards });
    expect(() => built(bidirectional({ layer: one(false) }))).toThrowError(
      expect.objectContaining({ code: 'cell-unknown' }),
    );
    built(bidirectional({ layer: one(false), backwardLayer: one(true) })).dispose();
  });

  test('a layer that stands somewhere else', () => {
    const forward = built(gru({ units: 3 }));
    expect(() => built(bidirectional({ layer: forward }))).toThrowError(
      expect.objectContaining({ code: 'layer-built', message: expect.stringMatching('model/both/forward') }),
    );
    forward.dispose();
  });
});

test('a failed build can be tried again', () => {
  const layer = bidirectional({
    layer: gru({ units: 3 }),
    backwardLayer: gru({ units: 5, goBackwards: true, kernelInitializer: 'nothing' as never }),
  });
  const before = tf.memory().numTensors;
  for (const _attempt of [1, 2])
    expect(() => built(layer)).toThrowError(expect.objectContaining({ code: 'initializer-unknown' }));
  expect(tf.memory().numTensors).toBe(before);
});

test('the two directions have paths, weights and random streams of their own', () => {
  const layer = built(bidirectional({ layer: simpleRNN({ units: 3 }) }));
  expect(layer.params.map(({ path }) => path)).toEqual(
    ['forward', 'backward'].flatMap((part) =>
      ['kernel', 'recurrentKernel', 'bias'].map((name) => `model/both/${part}/${name}`),
    ),
  );
  const [forward, backward] = [layer.params[0]!, layer.params[3]!].map(({ tensor }) => tensor.dataSync());
  expect(forward).not.toEqual(backward);
  layer.dispose();
});

test('a layer inside that is not trainable keeps its weights', () => {
  const layer = built(bidirectional({ layer: simpleRNN({ units: 3, trainable: false }) }));
  expect(layer.params.map(({ trainable }) => trainable)).toEqual(Array(6).fill(false));
  layer.dispose();
});

test('each direction asks for its own kernel, and says why it has none', () => {
  const asked: unknown[] = [];
  const none: Kernel<'simpleRNN.sequence'> = {
    op: 'simpleRNN.sequence',
    refuse: ({ goBackwards, masked }) => {
      asked.push([goBackwards, masked]);
      return goBackwards ? 'backwards' : 'forwards';
    },
    run: () => {
      throw new Error('not to be run');
    },
  };
  const kernels = new KernelChooser([
    ...definePlugin({ name: 'test', version: '1.0.0', kernels: [none] }).kernels,
  ]);
  const layer = bidirectional({ layer: simpleRNN({ units: 3, returnSequences: true }) });
  buildLayer(layer, { ...options, kernels, inputShapes: [[null, null, 4]] });
  const [x, mask] = [tf.zeros([2, 5, 4]), tf.ones([2, 5], 'bool')];
  tf.tidy(() => callLayer(layer, [x], { ...options, kernels, masks: [mask] }).outputs[0]!);
  expect(asked).toEqual([
    [false, false],
    [true, false],
    [false, true],
    [true, true],
  ]);
  expect(kernels.choices()).toEqual([
    { path: 'model/both/forward', op: 'simpleRNN.sequence', route: 'reference', reason: 'forwards' },
    { path: 'model/both/backward', op: 'simpleRNN.sequence', route: 'reference', reason: 'backwards' },
  ]);
  tf.dispose([x, mask]);
  layer.dispose();
});

test('states are kept in both directions until they are reset', () => {
  const layer = built(bidirectional({ layer: gru({ units: 3, stateful: true }) }));
  const x = tf.ones([2, 3, 4]);
  const run = () => tf.tidy(() => callLayer(layer, [x], options).outputs[0]!.dataSync());
  const [first, second] = [run(), run()];
  for (const half of [0, 3]) expect(second[half]).not.toBe(first[half]);
  layer.resetStates();
  expect(run()).toEqual(first);
  const rows = tf.ones([1, 3, 4]);
  expect(() => tf.tidy(() => callLayer(layer, [rows], options).outputs[0]!)).toThrowError(
    expect.objectContaining({ code: 'stateful-batch' }),
  );
  layer.dispose();
  tf.dispose([x, rows]);
});

test('kept states can be taken out and put back: the next batch is then the same', () => {
  const layer = built(bidirectional({ layer: lstm({ units: 3, stateful: true }) }));
  const x = tf.randomUniform([2, 3, 4], -1, 1, 'float32', 5);
  const run = () => tf.tidy(() => callLayer(layer, [x], options).outputs[0]!.dataSync());
  expect(layer.keptStates().size).toBe(0);
  run();
  const names = ['forward/state_0', 'forward/state_1', 'backward/state_0', 'backward/state_1'];
  const states = new Map([...layer.keptStates()].map(([name, state]) => [name, tf.clone(state)]));
  expect([...states.keys()]).toEqual(names);
  const second = run();
  const before = tf.memory().numTensors;
  layer.keepStates(new Map([...states].reverse()));
  expect(tf.memory().numTensors).toBe(before);
  expect(run()).toEqual(second);
  const half = new Map([...states].slice(0, 1));
  expect(() => layer.keepStates(half)).toThrowError(expect.objectContaining({ code: 'states-count' }));
  layer.keepStates(new Map());
  expect(layer.keptStates().size).toBe(0);
  layer.dispose();
  tf.dispose([x, ...states.values()]);
});
