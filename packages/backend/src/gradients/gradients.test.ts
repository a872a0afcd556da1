import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { useBackend } from '../use-backend.js';
import { gradients } from './register-gradients.js';

type Op = (...inputs: tf.Tensor[]) => tf.Tensor | tf.Tensor[];
interface Case {
  /** The kernel whose gradient this is. */
  readonly kernel: string;
  readonly op: Op;
  readonly inputs: readonly Input[];
}
/** Shape, and the values' range or the values. */
type Input = readonly [shape: number[], values?: readonly number[] | { low: number; high: number }];

const any: Input = [[2, 3]];
const positive: Input = [[2, 3], { low: 0.4, high: 1.9 }];
const inside: Input = [[2, 3], { low: -0.8, high: 0.8 }];
const unary = (kernel: string, op: (x: tf.Tensor) => tf.Tensor, input: Input = any): Case => ({
  kernel,
  op: op as Op,
  inputs: [input],
});
/** Both ways of broadcasting, so that sums over stretched axes show. */
const binary = (
  kernel: string,
  op: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor,
  range = { low: 0.4, high: 1.9 },
): Case[] => [
  {
    kernel,
    op: op as Op,
    inputs: [
      [[2, 3], range],
      [[2, 3], range],
    ],
  },
  {
    kernel,
    op: op as Op,
    inputs: [
      [[2, 1, 3], range],
      [[4, 1], range],
    ],
  },
  {
    kernel,
    op: op as Op,
    inputs: [
      [[3], range],
      [[2, 3], range],
    ],
  },
];
const ids = (...values: number[]) => tf.tensor1d(values, 'int32');

const cases: readonly Case[] = [
  ...binary('Add', (a, b) => tf.add(a, b)),
  ...binary('Sub', (a, b) => tf.sub(a, b)),
  ...binary('Multiply', (a, b) => tf.mul(a, b)),
  ...binary('RealDiv', (a, b) => tf.div(a, b)),
  ...binary('SquaredDifference', (a, b) => tf.squaredDifference(a, b)),
  ...binary('Maximum', (a, b) => tf.maximum(a, b)),
  ...binary('Minimum', (a, b) => tf.minimum(a, b)),
  ...binary('Pow', (a, b) => tf.pow(a, b)),
  ...binary('Mod', (a, b) => tf.mod(tf.mul(a, 3), b), { low: 1.6, high: 1.9 }),
  ...binary('FloorDiv', (a, b) => tf.add(tf.floorDiv(tf.mul(a, 3), b), tf.mul(a, b)), {
    low: 1.6,
    high: 1.9,
  }),
  ...binary('Atan2', (a, b) => tf.atan2(a, b)),
  { kernel: 'Prelu', op: (x, alpha) => tf.prelu(x!, alpha!), inputs: [[[4, 3]], [[3]]] },
  { kernel: 'AddN', op: (...parts) => tf.addN(parts), inputs: [any, any, any] },
  unary('Identity', (x) => tf.clone(x)),
  unary('Cast', (x) => tf.cast(x, 'float32')),
  unary('Neg', (x) => tf.neg(x)),
  unary('Abs', (x) => tf.abs(x)),
  unary('Square', (x) => tf.square(x)),
  unary('Sqrt', (x) => tf.sqrt(x), positive),
  unary('Rsqrt', (x) => tf.rsqrt(x), positive),
  unary('Reciprocal', (x) => tf.reciprocal(x), positive),
  unary('Exp', (x) => tf.exp(x)),
  unary('Expm1', (x) => tf.expm1(x)),
  unary('Log', (x) => tf.log(x), positive),
  unary('Log1p', (x) => tf.log1p(x), positive),
  unary('Erf', (x) => tf.erf(x)),
  unary('Sin', (x) => tf.sin(x)),
  unary('Cos', (x) => tf.cos(x)),
  unary('Tan', (x) => tf.tan(x), inside),
  unary('Asin', (x) => tf.asin(x), inside),
  unary('Acos', (x) => tf.acos(x), inside),
  unary('Atan', (x) => tf.atan(x)),
  unary('Sinh', (x) => tf.sinh(x)),
  unary('Cosh', (x) => tf.cosh(x)),
  unary('Tanh', (x) => tf.tanh(x)),
  unary('Asinh', (x) => tf.asinh(x)),
  unary('Acosh', (x) => tf.acosh(x), [[2, 3], { low: 1.3, high: 2.5 }]),
  unary('Atanh', (x) => tf.atanh(x), inside),
  unary('Sign', (x) => tf.add(tf.sign(x), x)),
  unary('Step', (x) => tf.add(tf.step(x, 0.1), x)),
  unary('Floor', (x) => tf.add(tf.floor(x), x)),
  unary('Ceil', (x) => tf.add(tf.ceil(x), x)),
  unary('Round', (x) => tf.add(tf.round(x), x)),
  unary('Sigmoid', (x) => tf.sigmoid(x)),
  unary('Relu', (x) => tf.relu(x)),
  unary('Relu6', (x) => tf.relu6(x), [[6], [-1.5, -0.3, 0.4, 5.5, 6.5, 9]]),
  unary('LeakyRelu', (x) => tf.leakyRelu(x, 0.3)),
  unary('Elu', (x) => tf.elu(x)),
  unary('Selu', (x) => tf.selu(x)),
  unary('Softplus', (x) => tf.softplus(x)),
  unary('ClipByValue', (x) => tf.clipByValue(x, -0.5, 0.7)),
  unary('Softmax', (x) => tf.softmax(x)),
  unary('Sum', (x) => tf.sum(x)),
  unary('Sum', (x) => tf.sum(x, -1)),
  unary('Sum', (x) => tf.sum(x, [0, 2], true), [[2, 3, 4]]),
  unary('Mean', (x) => tf.mean(x)),
  unary('Mean', (x) => tf.mean(x, [1]), [[2, 3, 4]]),
  unary('Max', (x) => tf.max(x)),
  unary('Max', (x) => tf.max(x, [0, 2]), [[2, 3, 4]]),
  unary('Min', (x) => tf.min(x, -1, true)),
  unary('Prod', (x) => tf.prod(x)),
  unary('Prod', (x) => tf.prod(x, [0, 2]), [[2, 3, 2]]),
  unary('Prod', (x) => tf.prod(x, 1), [
    [2, 3],
    [0, 2, 3, 0, 0, 4],
  ]),
  unary('Cumsum', (x) => tf.cumsum(x, 1)),
  unary('Cumsum', (x) => tf.cumsum(x, 0, true, true)),
  unary('Reshape', (x) => tf.reshape(x, [3, 2])),
  unary('ExpandDims', (x) => tf.expandDims(x, 1)),
  unary('Transpose', (x) => tf.transpose(x, [1, 2, 0]), [[2, 3, 4]]),
  unary('Reverse', (x) => tf.reverse(x, 1), [[2, 3, 2]]),
  { kernel: 'Concat', op: (...parts) => tf.concat(parts, -1), inputs: [[[2, 1]], [[2, 3]], [[2, 2]]] },
  { kernel: 'Concat', op: (...parts) => tf.concat(parts, 0), inputs: [[[1, 2]], [[3, 2]]] },
  { kernel: 'SplitV', op: (x) => tf.split(x!, [1, 3, 1], 1), inputs: [[[2, 5]]] },
  { kernel: 'SplitV', op: (x) => tf.split(x!, [5], 1), inputs: [[[2, 5]]] },
  { kernel: 'Pack', op: (...parts) => tf.stack(parts, 1), inputs: [any, any, any] },
  { kernel: 'Unpack', op: (x) => tf.unstack(x!, 1), inputs: [[[2, 3, 2]]] },
  { kernel: 'Unpack', op: (x) => tf.unstack(x!, 1), inputs: [[[2, 1, 2]]] },
  unary('Slice', (x) => tf.slice(x, [1, 0, 2], [1, 3, 2]), [[2, 3, 5]]),
  unary('Slice', (x) => tf.slice(x, 1), [[3, 2]]),
  unary('Slice', (x) => tf.slice(x, [0, 1], [-1, 2]), [[3, 4]]),
  unary('PadV2', (x) =>
    tf.pad(
      x,
      [
        [1, 2],
        [0, 3],
      ],
      0.5,
    ),
  ),
  unary('Tile', (x) => tf.tile(x, [2, 1, 3]), [[2, 3, 2]]),
  unary('Tile', (x) => tf.broadcastTo(x, [4, 2, 3]), [[2, 1]]),
  { kernel: 'BatchMatMul', op: (a, b) => tf.matMul(a!, b!), inputs: [[[3, 2]], [[2, 5]]] },
  { kernel: 'BatchMatMul', op: (a, b) => tf.matMul(a!, b!, true, false), inputs: [[[2, 3]], [[2, 5]]] },
  { kernel: 'BatchMatMul', op: (a, b) => tf.matMul(a!, b!, false, true), inputs: [[[3, 2]], [[5, 2]]] },
  { kernel: 'BatchMatMul', op: (a, b) => tf.matMul(a!, b!, true, true), inputs: [[[2, 3]], [[5, 2]]] },
  { kernel: 'BatchMatMul', op: (a, b) => tf.matMul(a!, b!), inputs: [[[4, 3, 2]], [[1, 2, 5]]] },
  unary('GatherV2', (x) => tf.gather(x, ids(2, 0, 2, 2)), [[3, 4]]),
  unary('GatherV2', (x) => tf.gather(x, ids(2, 0, 2, 2), 1), [[2, 3, 2]]),
  unary(
    'GatherV2',
    (x) =>
      tf.gather(
        x,
        tf.tensor2d(
          [
            [0, 1, 1],
            [2, 2, 0],
          ],
          [2, 3],
          'int32',
        ),
      ),
    [[3, 2]],
  ),
  unary(
    'GatherV2',
    (x) =>
      tf.gather(
        x,
        tf.tensor2d(
          [
            [0, 1],
            [2, 2],
          ],
          [2, 2],
          'int32',
        ),
        1,
        1,
      ),
    [[2, 3, 2]],
  ),
  unary('UnsortedSegmentSum', (x) => tf.unsortedSegmentSum(x, ids(1, -1, 1, 7, 0), 3), [[5, 2]]),
  {
    kernel: 'Select',
    op: (t, e) => tf.where(tf.tensor2d([1, 0, 0, 1, 1, 0], [2, 3], 'bool'), t!, e!),
    inputs: [any, any],
  },
];

/** Decisions about the values that they then mask. */
const decisions: readonly Case[] = [
  ...(
    [
      ['Equal', tf.equal],
      ['NotEqual', tf.notEqual],
      ['Greater', tf.greater],
      ['GreaterEqual', tf.greaterEqual],
      ['Less', tf.less],
      ['LessEqual', tf.lessEqual],
    ] as const
  ).map(([kernel, op]) => unary(kernel, (x) => masked(op(x, 0.3), x))),
  unary('LogicalAnd', (x) => masked(tf.logicalAnd(tf.greater(x, 0), tf.less(x, 1)), x)),
  unary('LogicalOr', (x) => masked(tf.logicalOr(tf.greater(x, 1), tf.less(x, 0)), x)),
  unary('LogicalNot', (x) => masked(tf.logicalNot(tf.greater(x, 0)), x)),
  unary('IsNan', (x) => masked(tf.logicalNot(tf.isNaN(x)), x)),
  unary('IsInf', (x) => masked(tf.logicalNot(tf.isInf(x)), x)),
  unary('IsFinite', (x) => masked(tf.isFinite(x), x)),
  unary('All', (x) => masked(tf.all(tf.greater(x, -9), 1, true), x)),
  unary('Any', (x) => masked(tf.any(tf.greater(x, 1), 1, true), x)),
  unary('ArgMax', (x) => tf.mul(tf.cast(tf.argMax(x, 0), 'float32'), x)),
  unary('ArgMin', (x) => tf.mul(tf.cast(tf.argMin(x, 0), 'float32'), x)),
  unary('ZerosLike', (x) => tf.add(tf.zerosLike(x), x)),
  unary('OnesLike', (x) => tf.mul(tf.onesLike(x), x)),
  unary('OneHot', (x) => tf.mul(tf.oneHot(tf.argMax(x, 1), 3), x)),
];

function masked(mask: tf.Tensor, x: tf.Tensor): tf.Tensor {
  return tf.mul(tf.cast(mask, 'float32'), x);
}

/** Values from a fixed sequence, no two alike and none near a kink at 0. */
function valuesOf([shape, given]: Input, seed: number): number[] {
  if (Array.isArray(given)) return given as number[];
  const { low, high } = (given ?? { low: -1.7, high: 1.6 }) as { low: number; high: number };
  const size = shape.reduce((product, length) => product * length, 1);
  return Array.from({ length: size }, (_, i) => {
    const unit = ((i + 1) * 0.6180339887 + seed * 0.414213562) % 1;
    const value = low + (high - low) * unit;
    return Math.abs(value) < 0.08 ? 0.21 : value;
  });
}

/** Σ cᵢ·yᵢ with uneven c, so that misplaced gradients show. */
function weightedSum(outputs: tf.Tensor | tf.Tensor[]): tf.Scalar {
  const parts = (Array.isArray(outputs) ? outputs : [outputs]).map((y, k) => {
    const weights = Array.from({ length: y.size }, (_, i) => Math.sin(1 + i * 1.7 + k));
    return tf.sum(tf.mul(y, tf.tensor(weights, y.shape)));
  });
  return tf.addN(parts) as tf.Scalar;
}

function numericGradient(f: (values: number[][]) => number, at: number[][]): number[][] {
  const step = 1 / 128;
  return at.map((values, k) =>
    values.map((value, i) => {
      const moved = (to: number) => at.map((v, j) => (j === k ? v.map((old, n) => (n === i ? to : old)) : v));
      return (f(moved(value + step)) - f(moved(value - step))) / (2 * step);
    }),
  );
}

describe.each(['cpu', 'wasm'] as const)('gradients on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it.each([...cases, ...decisions].map((one, i) => ({ ...one, i })))('$kernel ($i)', ({ op, inputs }) => {
    const before = tf.memory().numTensors;
    const shapes = inputs.map(([shape]) => shape);
    const values = inputs.map(valuesOf);
    const loss = (...xs: tf.Tensor[]) => weightedSum(op(...xs));
    const found = tf.tidy(() =>
      tf
        .grads(loss)(values.map((v, k) => tf.tensor(v, shapes[k]!)))
        .map((g) => ({
          shape: g.shape,
          values: [...g.dataSync()],
        })),
    );
    const wanted = numericGradient(
      (vs) => tf.tidy(() => loss(...vs.map((v, k) => tf.tensor(v, shapes[k]!))).dataSync()[0]!),
      values,
    );
    found.forEach((gradient, k) => {
      expect(gradient.shape).toEqual(shapes[k]);
      gradient.values.forEach((value, i) => {
        const tolerance = 4e-3 * Math.max(1, Math.abs(wanted[k]![i]!));
        expect(Math.abs(value - wanted[k]![i]!), `input ${k}, value ${i}`).toBeLessThan(tolerance);
      });
    });
    expect(tf.memory().numTensors).toBe(before);
  });

  it('shares the gradient of an extreme among equals, and gives that of two equals to the first', () => {
    const x = tf.tensor2d([1, 3, 3, 2, 2, 2], [2, 3]);
    expect(
      [
        ...tf
          .grad((v: tf.Tensor) => tf.sum(tf.max(v, 1)))(x)
          .dataSync(),
      ].map((g) => g.toFixed(3)),
    ).toEqual(['0.000', '0.500', '0.500', '0.333', '0.333', '0.333']);
    const [a, b] = tf.grads((u: tf.Tensor, v: tf.Tensor) => tf.sum(tf.maximum(u, v)))([
      x,
      tf.fill([2, 3], 2),
    ]);
    expect([...a!.dataSync()]).toEqual([0, 1, 1, 1, 1, 1]);
    expect([...b!.dataSync()]).toEqual([1, 0, 0, 0, 0, 0]);
  });

  it('has gradients that have gradients', () => {
    for (const reduce of [tf.mean, tf.sum]) {
      const second = tf.grad((x) => tf.grad((y) => tf.square(reduce(tf.mul(y, y))) as tf.Tensor)(x));
      const n = reduce === tf.mean ? 4 : 1; // of (Σx²/n)²: Σ_j ∂²/∂x_i∂x_j = (8·x_i·Σx + 4·Σx²)/n²
      const [sum, squares] = [10, 30];
      second(tf.tensor1d([1, 2, 3, 4]))
        .dataSync()
        .forEach((value, i) => expect(value).toBeCloseTo((8 * (i + 1) * sum + 4 * squares) / n ** 2, 2));
    }
    const third = tf.grad((x) => tf.grad((y) => tf.grad((z) => tf.pow(z, 4))(y))(x));
    expect(third(tf.tensor1d([2])).dataSync()[0]).toBeCloseTo(48, 3);
  });
});

it('covers every gradient of this package', () => {
  const tested = new Set([...cases, ...decisions].map(({ kernel }) => kernel));
  expect(gradients.map(({ kernelName }) => kernelName).filter((name) => !tested.has(name))).toEqual([]);
});
