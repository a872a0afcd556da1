/** x·W + b over the last axis, with its gradients: the long products of Dense. */
import { type Kernel, primitive } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import type { KernelRuntime } from './kernel-runtime.js';
import { multiplyRows } from './multiply-rows.js';
import { withProductSums } from './product-sums.js';
import { addressIn, roundUp } from './sequence-blocks.js';

/** Multiplies in `runtime`'s memory: see `dense.product` in core. */
export function denseKernel(runtime: KernelRuntime): Kernel<'dense.product'> {
  return {
    op: 'dense.product',
    repeatable: true,
    refuse: ({ inputSize }) => runtime.refusal ?? (inputSize === 0 ? 'an empty last axis' : undefined),
    run({ x, kernel, bias }) {
      const tensors = bias ? [x, kernel, bias] : [x, kernel];
      const op = tf.customGrad((...given: (tf.Tensor | tf.GradSaveFunc)[]) => {
        const save = given.at(-1) as tf.GradSaveFunc;
        const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]): tf.Tensor[] =>
          primitive([dy, saved[0]!, saved[1]!], (...kept) => gradients(runtime, kept, bias !== undefined));
        const [value] = primitive([x, kernel, bias], (...read) => [product(runtime, ...read)]);
        save([x, kernel]); // when nothing can fail any more: nobody would dispose them
        return { value, gradFunc };
      });
      return op(...tensors);
    },
  };
}

/** From this number of rows on, packing W pays. The result is the same to the last bit. */
const PACKED_ROWS = 16;

function product(
  runtime: KernelRuntime,
  x: tf.Tensor,
  kernel: tf.Tensor,
  bias: tf.Tensor | undefined,
): tf.Tensor {
  const { storage, wasm } = runtime;
  const [inputSize, units] = kernel.shape as [number, number];
  const out = storage.empty([...x.shape.slice(0, -1), units]);
  const at = addressIn(runtime);
  const [to, from, weights, added] = [at(out), at(x), at(kernel), at(bias)];
  const rows = x.size / inputSize;
  if (rows < PACKED_ROWS) {
    wasm.fewRows(to, from, weights, added, rows, inputSize, units);
    return out;
  }
  runtime.withScratch(4 * roundUp(units, 8) * (1 + inputSize), (panels) => {
    wasm.packPanels(panels, added, weights, 0, inputSize, 0, units, units);
    multiplyRows(runtime, { out: to, from, panels }, [rows, inputSize, units]);
  });
  return out;
}

/** Gradients of x, kernel and, where there is one, bias. */
function gradients(
  runtime: KernelRuntime,
  [dy, x, kernel]: readonly [tf.Tensor, tf.Tensor, tf.Tensor],
  useBias: boolean,
): tf.Tensor[] {
  const { storage, wasm } = runtime;
  const [inputSize, units] = kernel.shape as [number, number];
  const [ofX, ofKernel] = [storage.empty(x.shape), storage.empty(kernel.shape)];
  const ofBias = useBias ? storage.empty([units]) : undefined;
  const at = addressIn(runtime);
  const [dx, dKernel, dBias] = [at(ofX), at(ofKernel), at(ofBias)];
  const [outer, from, weights] = [at(dy), at(x), at(kernel)];
  const rows = x.size / inputSize;
  runtime.withScratch(4 * roundUp(inputSize, 8) * (1 + units), (panels) => {
    wasm.packTransposedPanels(panels, weights, inputSize, units, 1, units, units);
    multiplyRows(runtime, { out: dx, from: outer, panels }, [rows, units, inputSize]);
  });
  withProductSums(runtime, { x: from, dy: outer }, [rows, inputSize, units], ({ sums, sumBytes, blocks }) => {
    const [row, outRow] = [4 * roundUp(units, 8), 4 * units];
    wasm.sumBlocks(dKernel, outRow, sums, sumBytes, row, blocks, inputSize, units);
    const biasSums = sums + roundUp(inputSize, 4) * row;
    if (dBias) wasm.sumBlocks(dBias, outRow, biasSums, sumBytes, row, blocks, 1, units);
  });
  return ofBias ? [ofX, ofKernel, ofBias] : [ofX, ofKernel];
}
