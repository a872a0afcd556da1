/** The ends of a sequence of outputs: its last step, what stands behind it, and the masked steps before the first that counts. */
import { primitive, type SequenceConfig } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import type { KernelRuntime } from './kernel-runtime.js';

/**
 * The last step of a sequence, without moving the sequence out of the kernels' memory.
 *
 * Shapes   y f32[batch, steps, units] → f32[batch, units]
 */
export function lastStep({ storage }: KernelRuntime, y: tf.Tensor): tf.Tensor {
  const [batch, steps, units] = y.shape as [number, number, number];
  const { heap } = storage;
  const forward = (sequence: tf.Tensor): [tf.Tensor] => {
    const value = storage.empty([batch, units]);
    const [from, to] = [storage.addressOf(sequence), storage.addressOf(value)];
    for (let row = 0; row < batch; row++) {
      const step = heap.floats(from + 4 * ((row + 1) * steps - 1) * units, units);
      heap.floats(to + 4 * row * units, units).set(step);
    }
    return [value];
  };
  const backward = (dy: tf.Tensor): [tf.Tensor] => {
    const dSequence = storage.empty([batch, steps, units]);
    const [source, target] = [storage.addressOf(dy), storage.addressOf(dSequence)];
    heap.floats(target, batch * steps * units).fill(0);
    for (let row = 0; row < batch; row++) {
      const step = heap.floats(source + 4 * row * units, units);
      heap.floats(target + 4 * ((row + 1) * steps - 1) * units, units).set(step);
    }
    return [dSequence];
  };
  const op = tf.customGrad((sequence) => {
    const [value] = primitive([sequence as tf.Tensor], forward);
    return { value, gradFunc: (dy: tf.Tensor) => primitive([dy], backward)[0] };
  });
  return op(y);
}

/**
 * A part of a tensor as a tensor of its own, without moving the whole out of the kernels' memory.
 *
 * Shapes   whole f32[…] → f32[...shape], its values from `first` on
 */
export function partOf(
  { storage }: KernelRuntime,
  whole: tf.Tensor,
  first: number,
  shape: readonly number[],
): tf.Tensor {
  const length = shape.reduce((product, size) => product * size, 1);
  const { heap } = storage;
  const { shape: ofWhole, size } = whole;
  const forward = (all: tf.Tensor): [tf.Tensor] => {
    const value = storage.empty(shape);
    const from = storage.addressOf(all) + 4 * first;
    heap.floats(storage.addressOf(value), length).set(heap.floats(from, length));
    return [value];
  };
  const backward = (dy: tf.Tensor): [tf.Tensor] => {
    const dAll = storage.empty(ofWhole);
    const [source, target] = [storage.addressOf(dy), storage.addressOf(dAll)];
    heap.floats(target, size).fill(0);
    heap.floats(target + 4 * first, length).set(heap.floats(source, length));
    return [dAll];
  };
  const op = tf.customGrad((all) => {
    const [value] = primitive([all as tf.Tensor], forward);
    return { value, gradFunc: (dy: tf.Tensor) => primitive([dy], backward)[0] };
  });
  return op(whole);
}

/**
 * Zeros in place of the initial state that stands in the output before the first step that counts: there Keras has put nothing
 * out yet. Only needed where an initial state was given.
 *
 * Shapes   output f32[batch, steps, units] or f32[batch, units] · mask bool[batch, steps] → as output
 */
export function silenceLeadingSteps(output: tf.Tensor, mask: tf.Tensor, config: SequenceConfig): tf.Tensor {
  const ones = tf.cast(mask, 'float32'); // tfjs' wasm backend aborts when it reverses booleans
  const begun = tf.greater(tf.cumsum(config.goBackwards ? tf.reverse(ones, 1) : ones, 1), 0);
  const counts = config.returnSequences ? tf.expandDims(begun, -1) : tf.any(mask, 1, true);
  return tf.where(counts, output, tf.zeros(output.shape));
}
