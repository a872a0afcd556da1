/** x·W + b over the last axis, with its gradients: the long products of Dense. */
import type { Kernel } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import type { KernelRuntime } from './kernel-runtime.js';
import { addressIn, roundUp } from './sequence-blocks.js';
import { splitRange } from './split-range.js';

/** Multiplies in `runtime`'s memory: see `dense.product` in core. */
export function denseKernel(runtime: KernelRuntime): Kernel<'dense.product'> {
  return {
    op: 'dense.product',
    refuse: ({ inputSize }) => runtime.refusal ?? (inputSize === 0 ? 'an empty last axis' : undefined),
    run({ x, kernel, bias }) {
      const tensors = bias ? [x, kernel, bias] : [x, kernel];
      const op = tf.customGrad((...given: (tf.Tensor | tf.GradSaveFunc)[]) => {
        const save = given.at(-1) as tf.GradSaveFunc;
        save([x, kernel]);
        const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]): tf.Tensor[] =>
          gradients(runtime, dy, saved[0]!, saved[1]!, bias !== undefined);
        return { value: product(runtime, x, kernel, bias), gradFunc };
      });
      return op(...tensors);
    },
  };
}

/** Rows in a block, or a multiple of that: enough work for a call of its own. */
const BLOCK_ROWS = 64;
/** Blocks whose sums for W are kept apart, at most. Part of the result, as `BLOCK_ROWS` is: never per machine. */
const SUMMED_BLOCKS = 16;
/** From this number of rows on, packing W pays. The result is the same to the last bit. */
const PACKED_ROWS = 16;
/** Blocks of a product, whose size is no part of the result. */
const BLOCKS = 256;

function product(
  runtime: KernelRuntime,
  x: tf.Tensor,
  kernel: tf.Tensor,
  bias: tf.Tensor | undefined,
): tf.Tensor {
  const { storage, wasm } = runtime;
  const [inputSize, units] = kernel.shape as [number, number];
  const out = storage.empty([...x.shape.slice(0, -1), units]);
  const [to, from, weights, added] = [out, x, kernel, bias].map(addressIn(runtime)) as Four;
  const rows = x.size / inputSize;
  if (rows < PACKED_ROWS) {
    wasm.fewRows(to, from, weights, added, rows, inputSize, units);
    return out;
  }
  runtime.withScratch(4 * roundUp(units, 8) * (1 + inputSize), (panels) => {
    wasm.packPanels(panels, added, weights, 0, inputSize, 0, units, units);
    multiply(runtime, to, from, panels, [rows, inputSize, units]);
  });
  return out;
}

type Four = [number, number, number, number];

/** f32[rows, depth] times panels of `columns` columns. */
function multiply(
  runtime: KernelRuntime,
  out: number,
  from: number,
  panels: number,
  [rows, depth, columns]: readonly [number, number, number],
): void {
  const [outRow, row] = [4 * columns, 4 * depth];
  const calls = splitRange(rows, BLOCKS, BLOCK_ROWS).map(([first, end]) => [
    ...[out + first * outRow, outRow],
    ...[from + first * row, row, depth, 0, 0, 0],
    ...[panels, columns, end - first],
  ]);
  runtime.run('gemmRows', calls);
}

/** Gradients of x, kernel and, where there is one, bias. */
function gradients(
  runtime: KernelRuntime,
  dy: tf.Tensor,
  x: tf.Tensor,
  kernel: tf.Tensor,
  useBias: boolean,
): tf.Tensor[] {
  const { storage, wasm } = runtime;
  const [inputSize, units] = kernel.shape as [number, number];
  const results = [x.shape, kernel.shape, ...(useBias ? [[units]] : [])].map((shape) => storage.empty(shape));
  const [dx, dKernel, dBias = 0] = results.map(addressIn(runtime)) as [number, number, number?];
  const [outer, from, weights] = [dy, x, kernel].map(addressIn(runtime)) as [number, number, number];
  const rows = x.size / inputSize;
  runtime.withScratch(4 * roundUp(inputSize, 8) * (1 + units), (panels) => {
    wasm.packTransposedPanels(panels, weights, inputSize, units, 1, units, units);
    multiply(runtime, dx, outer, panels, [rows, units, inputSize]);
  });
  sumProducts(runtime, [dKernel, dBias], outer, from, [rows, inputSize, units]);
  return results;
}

/** Σ xᵀ·dy and Σ dy over all rows, block by block; an address of 0: not wanted. */
function sumProducts(
  runtime: KernelRuntime,
  [dKernel, dBias]: readonly [number, number],
  dy: number,
  x: number,
  [rows, inputSize, units]: readonly [number, number, number],
): void {
  const { wasm, threads } = runtime;
  const blocks = splitRange(rows, SUMMED_BLOCKS, BLOCK_ROWS);
  const blockRows = Math.max(1, ...blocks.map(([first, end]) => end - first));
  const sumBytes = wasm.productSumsBytes(inputSize, units);
  const bytes = roundUp(wasm.productScratchBytes(blockRows, inputSize, units));
  runtime.withScratch(threads * bytes + blocks.length * sumBytes, (scratch) => {
    const sums = scratch + threads * bytes;
    const calls = blocks.map(([first, end], block) => [
      ...[sums + block * sumBytes, scratch],
      ...[dy + 4 * first * units, x + 4 * first * inputSize, end - first, inputSize, units],
    ]);
    runtime.run('productGradients', calls, { argument: 1, bytes });
    const [row, outRow] = [4 * roundUp(units, 8), 4 * units];
    wasm.sumBlocks(dKernel, outRow, sums, sumBytes, row, blocks.length, inputSize, units);
    const ofBias = sums + roundUp(inputSize, 4) * row;
    if (dBias) wasm.sumBlocks(dBias, outRow, ofBias, sumBytes, row, blocks.length, 1, units);
  });
}
