/** Masks of inverted dropout. */
import { checkProbability, primitive, type Rng } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';

/**
 * Zeros with probability `rate`, else 1/(1−rate), so that the expectation stays what it was.
 *
 * The masks of `Dropout` and of cells. It may be part of what is `Repeatable`: each step draws its own.
 *
 * Shapes   f32[…shape]
 * Units    rate is a probability in [0, 1)
 * Memory   returns a new tensor
 * Throws   `config-rate`
 */
export function dropoutMask(shape: readonly number[], rate: number, rng: Rng): tf.Tensor {
  checkProbability('dropoutMask', 'rate', rate);
  const [mask] = primitive([rng], (stream) => [drawMask([...shape], rate, stream)]);
  return mask;
}

function drawMask(shape: number[], rate: number, rng: Rng): tf.Tensor {
  const values = new Float32Array(shape.reduce((product, size) => product * size, 1));
  const kept = 1 / (1 - rate);
  const threshold = rate * 4294967296;
  for (let i = 0; i < values.length; i++) values[i] = rng.uint32() >= threshold ? kept : 0;
  return tf.tensor(values, shape, 'float32');
}
