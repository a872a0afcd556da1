/**
 * What the windows of a convolution or a pooling see, as ordinary tensors.
 *
 * tfjs' own convolutions and poolings have no gradients on wasm. Pad, slice and concat have, so a convolution is a
 * product with these patches, and a pooling takes an extreme or a mean over these slices.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { WindowPlan } from './windows.js';

/**
 * For each place of the windows all that they see there, side by side: what a kernel [...sizes, channels, filters] is
 * multiplied with once it is seen as [sizes · channels, filters].
 *
 * Shapes   x f32[batch, ...lengths, channels], one window for each length → f32[batch, ...counts, sizes · channels]
 * Memory   call it inside `tidy`
 *
 * @example
 * patches(x, [planWindow(x.shape[1], { size: 3, stride: 1, dilation: 1, padding: 'same' }, path)]);
 */
export function patches(x: tf.Tensor, windows: readonly WindowPlan[]): tf.Tensor {
  const slices = windowSlices(x, windows);
  return slices.length === 1 ? slices[0]! : tf.concat(slices, x.rank - 1);
}

/**
 * For each cell of the window what it sees at all places; cells in row-major order.
 *
 * Shapes   x f32[batch, ...lengths, channels], one window for each length → sizes × f32[batch, ...counts, channels]
 * Memory   call it inside `tidy`
 */
export function windowSlices(x: tf.Tensor, windows: readonly WindowPlan[], padValue = 0): tf.Tensor[] {
  let slices = [padded(x, windows, padValue)];
  for (const [i, window] of windows.entries()) {
    const cells = Array.from({ length: window.size }, (_, cell) => cell);
    slices = slices.flatMap((slice) => cells.map((cell) => everyStride(slice, i + 1, window, cell)));
  }
  return slices;
}

/** With room before, and after for the last window and the steps between it and the next, which are cut off. */
function padded(x: tf.Tensor, windows: readonly WindowPlan[], value: number): tf.Tensor {
  const pads = windows.map(({ size, stride, dilation, count, before }, i): [number, number] => [
    before,
    Math.max(0, (size - 1) * dilation + count * stride - before - x.shape[i + 1]!),
  ]);
  const none = pads.every(([before, after]) => before + after === 0);
  return none ? x : tf.pad(x, [[0, 0], ...pads, [0, 0]], value);
}

/** The steps that one cell of the window sees: slices and reshapes alone, which have gradients everywhere. */
function everyStride(x: tf.Tensor, axis: number, window: WindowPlan, cell: number): tf.Tensor {
  const { count, stride, dilation } = window;
  const run = sliceAxis(x, axis, cell * dilation, count * stride);
  if (stride === 1) return run;
  const [before, after] = [x.shape.slice(0, axis), x.shape.slice(axis + 1)];
  const firsts = sliceAxis(tf.reshape(run, [...before, count, stride, ...after]), axis + 1, 0, 1);
  return tf.reshape(firsts, [...before, count, ...after]);
}

function sliceAxis(x: tf.Tensor, axis: number, start: number, length: number): tf.Tensor {
  if (start === 0 && length === x.shape[axis]) return x;
  const begin = x.shape.map((_, i) => (i === axis ? start : 0));
  return tf.slice(
    x,
    begin,
    x.shape.map((size, i) => (i === axis ? length : size)),
  );
}
