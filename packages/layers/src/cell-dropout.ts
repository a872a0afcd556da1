/**
 * Dropout in cells, as Keras 3 means it: masks are drawn once for each sequence and kept for all its steps.
 *
 * A cell without recurrent dropout draws one mask for its inputs. LSTM and GRU with recurrent dropout draw a mask for
 * each gate, for inputs and for states alike.
 */
import type { StepContext } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import { dropoutMask } from './dropout-mask.js';

/** A sequence [batch, steps, …] times one mask [batch, 1, …]. */
export function dropInputOnce(x: tf.Tensor, rate: number, context: StepContext, name = 'input'): tf.Tensor {
  if (!context.training || rate === 0) return x;
  const shape = [x.shape[0]!, 1, ...x.shape.slice(2)];
  return tf.mul(
    x,
    context.once(`dropout/${name}`, () => dropoutMask(shape, rate, context.rng.split(name))),
  );
}

/** A state [batch, …] times one mask of its shape. */
export function dropStateOnce(h: tf.Tensor, rate: number, context: StepContext, name = 'state'): tf.Tensor {
  if (!context.training || rate === 0) return h;
  return tf.mul(
    h,
    context.once(`dropout/${name}`, () => dropoutMask(h.shape, rate, context.rng.split(name))),
  );
}
