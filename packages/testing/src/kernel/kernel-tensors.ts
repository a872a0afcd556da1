/** The tensors inside a kernel's inputs and outputs, whatever the operation's record looks like. */
import * as tf from '@tensorflow/tfjs-core';

/** A tensor and where it stands: `recurrentKernel`, `initialStates.1`, or `output` for a lone one. */
export interface Placed {
  readonly place: string;
  readonly tensor: tf.Tensor;
}

export function tensorsIn(value: unknown, place = ''): Placed[] {
  if (value instanceof tf.Tensor) return [{ place: place || 'output', tensor: value }];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => tensorsIn(inner, place ? `${place}.${key}` : key));
}

/** The same record with another tensor at one place. */
export function withTensor<T>(value: T, place: string, tensor: tf.Tensor): T {
  const [key, ...rest] = place.split('.') as [string, ...string[]];
  const copy = (Array.isArray(value) ? [...value] : { ...value }) as Record<string, unknown>;
  copy[key] = rest.length === 0 ? tensor : withTensor(copy[key], rest.join('.'), tensor);
  return copy as T;
}

/** The values, copied. */
export function valuesOf(tensor: tf.Tensor): Float32Array {
  return Float32Array.from(tensor.dataSync());
}

export function disposeAll(value: unknown): void {
  tf.dispose(tensorsIn(value).map(({ tensor }) => tensor));
}
