// Layers of several inputs: the conformance suite, and what they say to inputs that do not fit together.
import { useBackend } from '@ostinato/backend';
import { buildLayer, callLayer, createRegistry, createRng, type Layer } from '@ostinato/core';
import { testLayer } from '@ostinato/testing';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
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

describe.each(['cpu', 'wasm'] as const)('masks of merged inputs on %s', (backend) => {
  beforeAll(() => useBackend(backend));
  afterAll(() => useBackend('cpu'));

  type Given = readonly [shape: number[], maskShape?: number[], mask?: number[]];
  const merge = (layer: Layer, ...given: readonly Given[]) => {
    const inputs = given.map(([shape]) => tf.ones(shape));
    const masks = given.map(([, shape, values]) => (shape ? tf.tensor(values!, shape, 'bool') : null));
    const { outputs, masks: made } = callLayer(layer, inputs, {
      registry,
      rng: createRng(1),
      path: 'model/merge',
      masks,
    });
    return { output: outputs[0]!, mask: made[0] };
  };

  test.each([
    [
      'steps behind each other',
      1,
      [1, 1, 2, 1],
      [1, 1, 2],
      [0, 1],
      [1, 1, 2, 1],
      undefined,
      [],
      [1, 2, 2],
      [0, 1, 1, 1],
    ],
    [
      'inner steps side by side',
      2,
      [1, 1, 2, 2],
      [1, 1, 2],
      [0, 1],
      [1, 1, 1, 2],
      [1, 1, 1],
      [0],
      [1, 1, 3],
      [0, 1, 0],
    ],
    [
      'features of masked and plain',
      -1,
      [1, 2, 2, 1],
      [1, 2, 2],
      [0, 1, 1, 0],
      [1, 2, 2, 3],
      undefined,
      [],
      [1, 2, 2],
      [1, 1, 1, 1],
    ],
    [
      'features of masked and masked',
      3,
      [1, 2, 2, 1],
      [1, 2, 2],
      [0, 1, 1, 0],
      [1, 2, 2, 3],
      [1, 2],
      [1, 0],
      [1, 2, 2],
      [1, 1, 1, 0],
    ],
    ['rows', -1, [2, 1], [2], [1, 0], [2, 3], [2], [0, 0], [2], [1, 0]],
    [
      'inner steps, masks of steps',
      2,
      [1, 2, 2, 1],
      [1, 2],
      [0, 1],
      [1, 2, 3, 1],
      [1, 2],
      [0, 0],
      [1, 2],
      [0, 1],
    ],
  ] as const)('concatenate: %s', (_what, axis, a, aMask, aValues, b, bMask, bValues, shape, wanted) => {
    const first: Given = [[...a], [...aMask], [...aValues]];
    const second: Given = bMask ? [[...b], [...bMask], [...bValues]] : [[...b]];
    const { mask } = merge(concatenate({ axis }), first, second);
    expect([mask!.dtype, mask!.shape, [...mask!.dataSync()]]).toEqual(['bool', shape, wanted]);
  });

  test.each([add, multiply])('%o: the mask of an input with fewer axes goes where its axes go', (make) => {
    const long: Given = [
      [2, 1, 4, 3],
      [2, 1],
      [0, 1],
    ];
    const short: Given = [
      [2, 4, 1],
      [2, 4],
      [1, 0, 0, 1, 0, 0, 1, 0],
    ];
    const { output, mask } = merge(make(), long, short);
    expect([mask!.shape, [...mask!.dataSync()]]).toEqual([
      [2, 1, 4],
      [1, 0, 0, 1, 1, 1, 1, 1],
    ]);
    expect(output.shape).toEqual([2, 1, 4, 3]);
  });

  test('a mask is stretched as its input is', () => {
    const { mask } = merge(
      add(),
      [
        [1, 3, 1, 2],
        [1, 3, 1],
        [1, 0, 1],
      ],
      [
        [1, 3, 2, 2],
        [1, 3],
        [0, 0, 1],
      ],
    );
    expect([mask!.shape, [...mask!.dataSync()]]).toEqual([
      [1, 3, 2],
      [1, 1, 0, 0, 1, 1],
    ]);
  });
});

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
