/** Reading, writing and hashing the weights of a model. */

import { OstinatoError, show, showShape } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import { type ArrayInput, toHostValues } from './data/host-array.js';
import type { PlacedParam } from './model/network.js';
import { createSha256 } from './sha256.js';

/** A weight's values under its path, e.g. `dense/kernel`. */
export interface NamedArray {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Copies of all weights, in model order, as they are when it is called. */
export function readWeights(params: readonly PlacedParam[]): Promise<NamedArray[]> {
  return readAll(params.map(({ path, param }) => [path, param.tensor] as const));
}

/** Copies of tensors, under their names. All are asked for at once: a training that goes on meanwhile does not get between them. */
export function readAll(
  tensors: readonly (readonly [name: string, tensor: tf.Tensor])[],
): Promise<NamedArray[]> {
  const reads = tensors.map(async ([name, tensor]) => {
    const shape = [...tensor.shape];
    return { name, shape, data: Float32Array.from((await tensor.data()) as Float32Array) };
  });
  return Promise.all(reads);
}

/**
 * Gives all weights new values, in model order; all or none.
 *
 * Throws   `weights-type`, `weights-count`, `shape-mismatch`
 */
export async function assignWeights(
  params: readonly PlacedParam[],
  values: readonly ArrayInput[],
  where: string,
): Promise<void> {
  if (!Array.isArray(values)) {
    throw new OstinatoError('weights-type', {
      where,
      what: 'The weights are not a list',
      expected: 'an array with one tensor or array for each weight, as getWeights() returns',
      received: show(values),
    });
  }
  if (values.length !== params.length) {
    throw new OstinatoError('weights-count', {
      where,
      what: 'The number of weights is not that of the model',
      expected: `${params.length}: ${params.map(({ path }) => path).join(', ')}`,
      received: `${values.length}`,
    });
  }
  const arrays: Float32Array[] = [];
  for (const [i, { path, param }] of params.entries()) {
    const { shape } = param;
    const array = await toHostValues(values[i]!, path, where);
    if (showShape(array.shape) !== showShape(shape)) {
      throw new OstinatoError('shape-mismatch', {
        where,
        what: `The values for ${path} have another shape`,
        expected: showShape(shape),
        received: showShape(array.shape),
      });
    }
    arrays.push(Float32Array.from(array.data));
  }
  params.forEach(({ param }, i) => {
    param.assign(tf.tensor(arrays[i]!, [...param.shape], 'float32'));
  });
}

/** SHA-256 of all weights in model order as little-endian f32, in hex: equal for equal weights, to the bit. */
export function hashWeights(weights: readonly NamedArray[]): string {
  const hash = createSha256();
  for (const { data } of weights) hash.update(littleEndianBytes(data));
  return hash.hex();
}

/** The values as little-endian f32, whatever the machine's order. */
export function littleEndianBytes(data: Float32Array): Uint8Array {
  if (new Uint8Array(Uint16Array.of(1).buffer)[0] === 1) {
    return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  }
  const view = new DataView(new ArrayBuffer(data.byteLength));
  data.forEach((value, i) => {
    view.setFloat32(4 * i, value, true);
  });
  return new Uint8Array(view.buffer);
}
