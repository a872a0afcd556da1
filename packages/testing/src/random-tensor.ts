/** Input tensors for tests, from a seed. */
import { OstinatoError, type Rng } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';

export type InputDtype = 'float32' | 'int32';

/** f32 in [−1, 1), away from 0 where many functions have a kink; or i32 in [0, limit). */
export function randomTensor(shape: readonly number[], dtype: InputDtype, rng: Rng, limit = 5): tf.Tensor {
  const size = shape.reduce((product, length) => product * length, 1);
  if (dtype === 'int32') {
    return tf.tensor(
      Int32Array.from({ length: size }, () => rng.int(limit)),
      [...shape],
      'int32',
    );
  }
  const values = Float32Array.from({ length: size }, () => {
    const value = rng.uniform(-0.95, 0.95);
    return value < 0 ? value - 0.05 : value + 0.05;
  });
  return tf.tensor(values, [...shape], 'float32');
}

/** Throws `testing-backend` unless a tfjs backend runs that can compute gradients. */
export function checkBackend(where: string): void {
  if (tf.getBackend() && tf.getGradient('Add')) return;
  throw new OstinatoError('testing-backend', {
    where,
    what: tf.getBackend() ? 'The gradients of tfjs are not registered' : 'No tfjs backend runs',
    fix: "Call await useBackend('cpu') of @ostinato/backend first, e.g. in beforeAll",
  });
}
