/** Numbers of any type as the f32 that layers compute with. */
import * as tf from '@tensorflow/tfjs-core';

/** Integers and booleans are numbers to a layer, as in Keras. Memory: returns the tensor itself where it is f32. */
export function asFloats(x: tf.Tensor): tf.Tensor {
  return x.dtype === 'float32' ? x : tf.cast(x, 'float32');
}
