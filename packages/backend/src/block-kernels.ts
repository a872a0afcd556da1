/**
 * Kernels that move values in blocks: Reverse along one axis, Concat, SplitV.
 *
 * tfjs' own compute an index for every value, or make a view for every row of a few values: a large part of a training
 * step that merges both directions of a recurrent layer. Not here: any arithmetic.
 */
import {
  backend_util,
  type KernelFunc,
  type NamedAttrMap,
  type NamedTensorInfoMap,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { type FilledBackend, storageOf } from './backend-storage.js';

/** Blocks of one length at even distances. */
interface Blocks {
  readonly length: number;
  readonly count: number;
  readonly fromStart: number;
  readonly fromStride: number;
  readonly toStart: number;
  readonly toStride: number;
}

/** From this length on a view and `set` are faster than a loop. */
const LONG = 64;

type Values = Float32Array | Int32Array | Uint8Array;

/** x with the order along one axis turned round; what else is asked of Reverse is left to tfjs. */
export function reverseInBlocks(name: FilledBackend): (native: KernelFunc) => KernelFunc {
  const storage = storageOf(name);
  return (native) => (args) => {
    const { x } = args.inputs as NamedTensorInfoMap & { x: TensorInfo };
    const axes = axesIn((args.attrs as NamedAttrMap).dims as number | number[], x.shape.length);
    if (axes.length !== 1 || x.dtype !== 'float32') return native(args);
    const [outer, steps, inner] = around(x.shape, axes[0]!);
    storage.values(args.backend, x); // brings it here
    return storage.output(args.backend, x.shape, x.dtype, (to) => {
      const from = storage.values(args.backend, x);
      for (let i = 0; i < outer; i++) {
        const [fromStart, toStart] = [i * steps * inner, ((i + 1) * steps - 1) * inner];
        copyBlocks(from, to, {
          length: inner,
          count: steps,
          fromStart,
          fromStride: inner,
          toStart,
          toStride: -inner,
        });
      }
    });
  };
}

/** Tensors side by side along an axis. */
export function concatInBlocks(name: FilledBackend): (native: KernelFunc) => KernelFunc {
  const storage = storageOf(name);
  return (native) => (args) => {
    const parts = args.inputs as unknown as readonly TensorInfo[];
    const [first] = parts;
    const [axis] = axesIn((args.attrs as NamedAttrMap).axis as number, first!.shape.length);
    if (axis === undefined || parts.some(({ dtype }) => dtype !== 'float32')) return native(args);
    const [count, , inner] = around(first!.shape, axis);
    const sizes = parts.map(({ shape }) => shape[axis]!);
    const whole = sizes.reduce((sum, size) => sum + size, 0);
    const shape = first!.shape.map((size, i) => (i === axis ? whole : size));
    for (const part of parts) storage.values(args.backend, part); // brings them here
    return storage.output(args.backend, shape, 'float32', (to) => {
      let toStart = 0;
      for (const [i, part] of parts.entries()) {
        const length = sizes[i]! * inner;
        const from = storage.values(args.backend, part);
        copyBlocks(from, to, {
          length,
          count,
          fromStart: 0,
          fromStride: length,
          toStart,
          toStride: whole * inner,
        });
        toStart += length;
      }
    });
  };
}

/** A tensor cut along an axis. */
export function splitInBlocks(name: FilledBackend): (native: KernelFunc) => KernelFunc {
  const storage = storageOf(name);
  return (native) => (args) => {
    const { x } = args.inputs as NamedTensorInfoMap & { x: TensorInfo };
    const { numOrSizeSplits, axis: given } = args.attrs as unknown as {
      numOrSizeSplits: number | number[];
      axis: number;
    };
    const [axis] = axesIn(given, x.shape.length);
    if (axis === undefined || x.dtype !== 'float32') return native(args);
    const [count, size, inner] = around(x.shape, axis);
    storage.values(args.backend, x); // brings it here
    let start = 0;
    return backend_util.prepareSplitSize(x as never, numOrSizeSplits, axis).map((part) => {
      const fromStart = start * inner;
      start += part;
      const shape = x.shape.map((length, i) => (i === axis ? part : length));
      const length = part * inner;
      return storage.output(args.backend, shape, 'float32', (to) =>
        copyBlocks(storage.values(args.backend, x), to, {
          length,
          count,
          fromStart,
          fromStride: size * inner,
          toStart: 0,
          toStride: length,
        }),
      );
    });
  };
}

function copyBlocks(from: Values, to: Values, blocks: Blocks): void {
  const { length, count, fromStart, fromStride, toStart, toStride } = blocks;
  for (let block = 0; block < count; block++) {
    const [source, target] = [fromStart + block * fromStride, toStart + block * toStride];
    if (length >= LONG) to.set(from.subarray(source, source + length), target);
    else for (let i = 0; i < length; i++) to[target + i] = from[source + i]!;
  }
}

/** Sizes before, at and after an axis. */
function around(shape: readonly number[], axis: number): [number, number, number] {
  const size = (part: readonly number[]): number => part.reduce((product, length) => product * length, 1);
  return [size(shape.slice(0, axis)), shape[axis]!, size(shape.slice(axis + 1))];
}

function axesIn(axes: number | readonly number[], rank: number): number[] {
  return ([] as number[])
    .concat(axes)
    .map((axis) => (axis < 0 ? axis + rank : axis))
    .filter((axis) => axis < rank);
}
