// Layers of several inputs: the conformance suite, and what they say to inputs that do not fit together.
import { useBackend } from '@ostinato/backend';
import { buildLayer, callLayer, createRegistry, createRng, type Layer } from '@ostinato/core';
import { testLayer } from '@ostinato/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { add, concatenate, layers, multiply } from './index.js';

const registry = createRegistry([layers]);
beforeAll(() => useBackend('cpu'));

const pair = [
  [3, 5, 4],
  [3, 5, 4],
];
const stretched = [
  [3, 5, 4],
  [3, 1, 4],
  [3, 4],
];

describe('conformance', () => {
  test.each([
    ['Add', () => add(), pair, [3, 5, 4]],
    ['Add of one', () => add(), [[3, 5, 4]], [3, 5, 4]],
    ['Add, stretched', () => add({ name: 'sum' }), stretched, [3, 5, 4]],
    ['Multiply', () => multiply(), pair, [3, 5, 4]],
    ['Multiply, stretched', () => multiply(), stretched, [3, 5, 4]],
    [
      'Concatenate',
      () => concatenate(),
      [
        [3, 5, 4],
        [3, 5, 2],
      ],
      [3, 5, 6],
    ],
    [
      'Concatenate, along steps',
      () => concatenate({ axis: 1 }),
      [
        [3, 5, 4],
        [3, 2, 4],
        [3, 1, 4],
      ],
      [3, 8, 4],
    ],
    [
      'Concatenate, vectors',
      () => concatenate({ axis: 1 }),
      [
        [3, 5],
        [3, 2],
      ],
      [3, 7],
    ],
  ] as const)('%s', async (_name, make, inputShapes, output) => {
    const { checked, skipped } = await testLayer({
      registry,
      make: make as () => Layer,
      inputShapes,
      expected: { outputShapes: [output], params: {} },
    });
    expect(checked.length).toBeGreaterThan(8);
    expect(skipped.every(({ reason }) => reason.length > 0)).toBe(true);
  });
});

const call = (layer: Layer, ...inputs: tf.Tensor[]) =>
  callLayer(layer, inputs, { registry, rng: createRng(1), path: 'model/merge' }).outputs[0]!;

describe('bad inputs', () => {
  test.each([add, multiply])('%o names the two that do not fit, when built and when called', (make) => {
    const message =
      '[model/merge] Input 0 [?, 5, 4] and input 2 [?, 3, 4] do not fit together. Expected one batch, and from the last axis on equal sizes or 1; received [?, 5, 4] and [?, 1, 4] and [?, 3, 4]. (shape-mismatch)';
    const inputShapes = [
      [null, 5, 4],
      [null, 1, 4],
      [null, 3, 4],
    ];
    expect(() =>
      buildLayer(make(), { registry, rng: createRng(1), path: 'model/merge', inputShapes }),
    ).toThrowError(message);
    const inputs = [5, 1, 3].map((steps) => tf.ones([2, steps, 4]));
    expect(() => call(make(), ...inputs)).toThrowError(message.replaceAll('?', '2'));
    expect(() => call(make(), tf.ones([2, 3]), tf.ones([1, 3]))).toThrowError(
      /Input 0 \[2, 3\] and input 1 \[1, 3\] do not fit together/,
    );
    expect(() => call(make())).toThrowError('(inputs-count)');
  });

  test('concatenate names the first that does not fit', () => {
    expect(() =>
      call(concatenate(), tf.ones([2, 5, 4]), tf.ones([2, 5, 1]), tf.ones([2, 3, 4])),
    ).toThrowError(
      '[model/merge] Input 0 [2, 5, 4] and input 2 [2, 3, 4] do not fit together. Expected inputs whose sizes are equal but along axis -1; received [2, 5, 4] and [2, 5, 1] and [2, 3, 4]. (shape-mismatch)',
    );
    expect(() => call(concatenate({ axis: 2 }), tf.ones([2, 5]), tf.ones([2, 5]))).toThrowError(
      /Input 0 \[2, 5\] has no axis 2 behind the batch/,
    );
    expect(() => call(concatenate({ axis: -3 }), tf.ones([2, 5, 4]))).toThrowError('(shape-mismatch)');
    expect(() => call(concatenate())).toThrowError('(inputs-count)');
  });

  test.each([0, 1.5, '1', null, Number.NaN])('concatenate refuses the axis %o', (axis) => {
    const make = () => concatenate({ axis: axis as never });
    if (axis === null) expect(make().axis).toBe(-1);
    else expect(make).toThrowError('(config-axis)');
  });

  test('a misspelt option', () => {
    expect(() => add({ nam: 'x' } as never)).toThrowError('(config-unknown)');
    expect(() => multiply({ axis: 1 } as never)).toThrowError('(config-unknown)');
    expect(() => concatenate({ axes: 1 } as never)).toThrowError("Did you mean 'axis'?");
  });
});

test('sizes that are not known beforehand stay open where they must', () => {
  expect(
    add().outputShapes([
      [null, null, 4],
      [null, 1, 4],
    ]),
  ).toEqual([[null, null, 4]]);
  expect(
    add().outputShapes([
      [null, null, 1],
      [null, 7, 4],
    ]),
  ).toEqual([[null, 7, 4]]);
  expect(
    concatenate({ axis: 1 }).outputShapes([
      [null, null, 4],
      [null, 7, null],
    ]),
  ).toEqual([[null, null, 4]]);
  expect(
    concatenate().outputShapes([
      [null, null, 4],
      [null, 7, 2],
    ]),
  ).toEqual([[null, 7, 6]]);
});
