// The long products of Dense against double precision: odd sizes, many rows, every gradient; and the same bits by any threads.
import { useBackend } from '@ostinato/backend';
import { testKernel } from '@ostinato/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { guarded, unwritten } from '../test/guarded-memory.js';
import { randomValues, worst } from '../test/random-values.js';
import { denseKernel } from './dense-kernel.js';
import { KernelRuntime } from './kernel-runtime.js';
import { roundUp } from './sequence-blocks.js';

const runtime = new KernelRuntime({ threads: 1 });
const kernel = denseKernel(runtime);

beforeAll(async () => {
  await useBackend('cpu');
  await runtime.start();
});

interface Case {
  /** Axes of x before the last. */
  readonly lead: readonly number[];
  readonly inputSize: number;
  readonly units: number;
  readonly useBias?: boolean;
}

/** Output, and gradients of Σ dy·output for x, kernel and bias. */
type Results = readonly [output: ArrayLike<number>, ...gradients: ArrayLike<number>[]];

const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

function valuesOf({ lead, inputSize, units }: Case) {
  const rows = sizeOf(lead);
  return {
    rows,
    x: randomValues(rows * inputSize, 1),
    w: randomValues(inputSize * units, 2),
    b: randomValues(units, 3),
    dy: randomValues(rows * units, 4),
  };
}

function plain(given: Case): Results {
  const { inputSize, units, useBias = true } = given;
  const { rows, x, w, b, dy } = valuesOf(given);
  const y = new Float64Array(rows * units);
  const [dx, dw, db] = [x, w, b].map(({ length }) => new Float64Array(length)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  for (let r = 0; r < rows; r++) {
    for (let j = 0; j < units; j++) {
      const d = dy[r * units + j]!;
      let sum = useBias ? b[j]! : 0;
      db[j]! += d;
      for (let k = 0; k < inputSize; k++) {
        sum += x[r * inputSize + k]! * w[k * units + j]!;
        dx[r * inputSize + k]! += d * w[k * units + j]!;
        dw[k * units + j]! += d * x[r * inputSize + k]!;
      }
      y[r * units + j] = sum;
    }
  }
  return useBias ? [y, dx, dw, db] : [y, dx, dw];
}

function fused(given: Case, by = kernel): Results {
  const { lead, inputSize, units, useBias = true } = given;
  const { x, w, b, dy } = valuesOf(given);
  return tf.tidy(() => {
    const inputs = [tf.tensor(x, [...lead, inputSize]), tf.tensor2d(w, [inputSize, units])];
    if (useBias) inputs.push(tf.tensor1d(b));
    const run = (): tf.Tensor =>
      by.run({ x: inputs[0]!, kernel: inputs[1]!, bias: inputs[2] }, { inputSize, units, useBias });
    const { value, grads } = tf
      .engine()
      .gradients(() => tf.sum(tf.mul(run(), tf.tensor(dy, [...lead, units]))) as tf.Scalar, inputs);
    value.dispose();
    const output = run();
    expect(output.shape).toEqual([...lead, units]);
    return [output, ...grads].map((tensor) => tensor.dataSync().slice()) as unknown as tf.TensorContainer;
  }) as unknown as Results;
}

function check(given: Case): void {
  const expected = plain(given);
  const actual = fused(given);
  expect(actual.length).toBe(expected.length);
  expected.forEach((values, i) =>
    expect(
      worst(actual[i]!, values),
      `${['output', 'dx', 'dW', 'db'][i]} of ${JSON.stringify(given)}`,
    ).toBeLessThan(5e-6),
  );
}

describe('dense.product', () => {
  const SIZES = [1, 2, 3, 5, 7, 8, 31, 33, 64];
  test.each(SIZES)('is right for %i units, with other sizes of batch and input', (units) => {
    for (const inputSize of SIZES) check({ lead: [(units % 11) + 1], inputSize, units });
  });
  test.each([1, 2, 3, 4, 5, 63, 64, 65, 127, 128, 129, 1023, 1025, 2500])('is right for %i rows', (rows) => {
    check({ lead: [rows], inputSize: 5, units: 9 });
    check({ lead: [rows], inputSize: 12, units: 3, useBias: false });
  });
  test('takes any axes before the last', () => {
    check({ lead: [3, 7], inputSize: 5, units: 6 });
    check({ lead: [2, 3, 4], inputSize: 9, units: 1 });
    check({ lead: [0], inputSize: 3, units: 4 });
  });

  test('passes the conformance suite', async () => {
    const given: Case = { lead: [4, 3], inputSize: 5, units: 7 };
    const { x, w, b } = valuesOf(given);
    const config = { inputSize: 5, units: 7, useBias: true };
    const report = await testKernel(kernel, {
      config,
      inputs: () => ({ x: tf.tensor(x, [4, 3, 5]), kernel: tf.tensor2d(w, [5, 7]), bias: tf.tensor1d(b) }),
      reference: (inputs) => {
        const rows = tf.reshape(inputs.x, [12, 5]) as tf.Tensor2D;
        const product = tf.matMul(rows, inputs.kernel as tf.Tensor2D);
        return tf.reshape(tf.add(product, inputs.bias!), [4, 3, 7]);
      },
      refuses: [{ config: { ...config, inputSize: 0 }, reason: 'an empty last axis' }],
    });
    expect(report.skipped).toEqual([]);
  });

  test('gives the same bits every time, by one thread and by three, and leaves nothing behind', async () => {
    const given: Case = { lead: [1500], inputSize: 19, units: 21 };
    const first = fused(given);
    const { numTensors } = tf.memory();
    const { inUse, total } = runtime.memory();
    expect(inUse).toBe(0);
    for (let i = 0; i < 3; i++) expect(fused(given)).toEqual(first);
    expect(tf.memory().numTensors).toBe(numTensors);
    expect(runtime.memory()).toEqual({ inUse, total });
    const threaded = new KernelRuntime({ threads: 3 });
    await threaded.start();
    expect(fused(given, denseKernel(threaded))).toEqual(first);
    await threaded.stop();
  });

  test.each([1, 2, 3, 5, 7, 8, 9, 17])('writes nothing around its buffers with %i units', (units) => {
    for (const [rows, inputSize] of [
      [1, 1],
      [5, 3],
      [130, 9],
    ] as const) {
      guarded(runtime, (memory) => {
        const { wasm } = runtime;
        const x = memory.input('x', randomValues(rows * inputSize, 1));
        const dy = memory.input('dy', randomValues(rows * units, 2));
        const weights = memory.input('weights', randomValues(inputSize * units, 3));
        const panels = memory.output('panels', 4 * roundUp(units, 8) * (1 + inputSize));
        const out = memory.output('out', 4 * rows * units);
        wasm.packPanels(panels, 0, weights, 0, inputSize, 0, units, units);
        wasm.gemmRows(out, 4 * units, x, 4 * inputSize, inputSize, 0, 0, 0, panels, units, rows);
        const sumBytes = wasm.productSumsBytes(inputSize, units);
        const sums = memory.output('sums', sumBytes);
        const scratch = memory.output('scratch', wasm.productScratchBytes(rows, inputSize, units));
        wasm.productGradients(sums, scratch, dy, x, rows, inputSize, units);
        expect(memory.floats(out, rows * units).includes(unwritten), 'a value was not written').toBe(false);
        expect(memory.floats(sums, sumBytes / 4).includes(unwritten), 'a sum was not written').toBe(false);
      });
    }
  });
});
