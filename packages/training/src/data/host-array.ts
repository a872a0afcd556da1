/**
 * What users give as data, brought to one form: a typed array with a shape, in memory of the host.
 *
 * Batches are cut from it; see `batch-reader.ts`. Not here: what a loss expects of its targets.
 */
import { OstinatoError, type Shape, show, showShape } from '@ostinato/core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { flattenNested, type NestedNumbers } from './nested-numbers.js';

/** Typed arrays whose values are f32 or i32, or go into them. */
export type NumericArray =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array;

/** A typed array with its shape: what `@ostinato/datasets` returns. */
export interface ShapedArray {
  readonly data: NumericArray;
  readonly shape: readonly number[];
}

/**
 * Data with the samples along the first axis: a tensor, a typed array with a shape, a typed array alone (one number a
 * sample), or nested arrays. Integer arrays become i32, others f32.
 */
export type ArrayInput = Tensor | ShapedArray | NumericArray | NestedNumbers;

/** Row-major values in a typed array that tfjs takes as it is. */
export interface HostArray {
  readonly data: Float32Array | Int32Array;
  readonly shape: readonly number[];
}

/**
 * Brings data into one form. Reads tensors and leaves them to the caller; copies only where the type must change.
 *
 * Throws   `input-type`, `input-dtype`, `input-ragged`, `input-shape`, `input-empty`, `input-disposed`
 */
export async function toHostArray(input: ArrayInput, name: string, where: string): Promise<HostArray> {
  const array = await toHostValues(input, name, where);
  const size = array.shape.reduce((product, length) => product * length, 1);
  if (array.shape.length === 0 || size === 0) {
    throw new OstinatoError('input-empty', {
      where,
      what: `\`${name}\` holds no samples`,
      expected: 'at least one row with at least one value',
      received: showShape(array.shape),
    });
  }
  return array;
}

/** The same for values that are no samples, such as a weight: a single number of shape [] is among them. */
export async function toHostValues(input: ArrayInput, name: string, where: string): Promise<HostArray> {
  if (isTensor(input)) return readTensor(input, name, where);
  if (isNumericArray(input)) return { data: toDeviceType(input, name, where), shape: [input.length] };
  if (Array.isArray(input)) return flattenNested(input as NestedNumbers, name, where);
  if (isShapedArray(input)) return readShaped(input, name, where);
  throw new OstinatoError('input-type', {
    where,
    what: `\`${name}\` is not data`,
    expected: 'a tensor, a typed array, { data, shape } or nested arrays of numbers',
    received: ArrayBuffer.isView(input) || typeof input !== 'object' ? show(input) : nameOf(input),
  });
}

function nameOf(value: object | null): string {
  return value === null ? 'null' : `an object with ${Object.keys(value).join(', ') || 'no fields'}`;
}

async function readTensor(tensor: Tensor, name: string, where: string): Promise<HostArray> {
  if (tensor.isDisposed) {
    throw new OstinatoError('input-disposed', {
      where,
      what: `\`${name}\` is a tensor that has been disposed`,
    });
  }
  if (tensor.dtype !== 'float32' && tensor.dtype !== 'int32' && tensor.dtype !== 'bool') {
    throw new OstinatoError('input-dtype', {
      where,
      what: `\`${name}\` is not made of numbers`,
      expected: 'a tensor of float32, int32 or bool',
      received: tensor.dtype,
    });
  }
  const values = await tensor.data();
  const data = values instanceof Uint8Array ? Int32Array.from(values) : (values as Float32Array | Int32Array);
  return { data, shape: tensor.shape };
}

function readShaped({ data, shape }: ShapedArray, name: string, where: string): HostArray {
  const size = shape.every((length) => Number.isInteger(length) && length >= 0)
    ? shape.reduce((product, length) => product * length, 1)
    : Number.NaN;
  if (size !== data.length) {
    throw new OstinatoError('input-shape', {
      where,
      what: `The shape of \`${name}\` does not fit its data`,
      expected: `sizes whose product is ${data.length}`,
      received: showShape(shape as Shape),
    });
  }
  return { data: toDeviceType(data, name, where), shape: [...shape] };
}

function toDeviceType(data: NumericArray, name: string, where: string): Float32Array | Int32Array {
  if (data instanceof Float32Array || data instanceof Int32Array) return data;
  if (data instanceof Float64Array) return Float32Array.from(data);
  if (data instanceof Uint32Array) {
    const large = data.findIndex((value) => value > 0x7fffffff);
    if (large >= 0) {
      throw new OstinatoError('input-dtype', {
        where,
        what: `\`${name}\` holds a number that int32 does not`,
        expected: 'numbers up to 2147483647',
        received: `${data[large]} at position ${large}`,
      });
    }
  }
  return Int32Array.from(data);
}

export function isTensor(input: unknown): input is Tensor {
  return typeof input === 'object' && input !== null && 'dataId' in input && 'dtype' in input;
}

function isNumericArray(input: unknown): input is NumericArray {
  return (
    ArrayBuffer.isView(input) &&
    !(input instanceof DataView) &&
    typeof (input as unknown as ArrayLike<unknown>)[0] !== 'bigint' &&
    !/^Big/.test(input.constructor.name)
  );
}

function isShapedArray(input: unknown): input is ShapedArray {
  if (typeof input !== 'object' || input === null) return false;
  const { data, shape } = input as Partial<ShapedArray>;
  return isNumericArray(data) && Array.isArray(shape);
}

/** The type of tensor that such values become. */
export function dtypeOf(data: Float32Array | Int32Array): 'float32' | 'int32' {
  return data instanceof Int32Array ? 'int32' : 'float32';
}

/**
 * The values in the type that a model asks for; as they are when it asks for none.
 *
 * Throws   `dtype-mismatch` for fractions where whole numbers are wanted
 */
export function asDtype(
  array: HostArray,
  dtype: 'float32' | 'int32' | undefined,
  name: string,
  where: string,
): HostArray {
  const { data, shape } = array;
  if (dtype === undefined || dtypeOf(data) === dtype) return array;
  if (dtype === 'float32') return { data: Float32Array.from(data), shape };
  const at = data.findIndex((value) => value !== (value | 0));
  if (at < 0) return { data: Int32Array.from(data), shape };
  throw new OstinatoError('dtype-mismatch', {
    where,
    what: `The input '${name}' is made of whole numbers, and the data are not`,
    expected: 'int32, or whole numbers as float32',
    received: `${data[at]} in row ${Math.floor(at / (data.length / shape[0]!))}`,
  });
}
