/**
 * Adds the rows of a tensor up by segment: the gradient of a lookup.
 *
 * tfjs has no such kernel on wasm, and on cpu one that reads every row once per segment. Here each row is read once.
 */
import type { KernelFunc, NamedAttrMap, NamedTensorInfoMap, TensorInfo } from '@tensorflow/tfjs-core';
import { type FilledBackend, storageOf } from './backend-storage.js';

/**
 * sums[s] = Σ x[i] over the i with segmentIds[i] = s
 *
 * Shapes   x [...ids, ...inner] · segmentIds i32[...ids] → [numSegments, ...inner], f32 or i32
 * Differs  nothing from TensorFlow: an id outside [0, numSegments) drops its row; rows are added in ascending order,
 *          so that the same input gives the same bits
 */
export function unsortedSegmentSumKernel(backendName: FilledBackend): KernelFunc {
  const storage = storageOf(backendName);
  return ({ inputs, attrs, backend }) => {
    const { x, segmentIds } = inputs as NamedTensorInfoMap & { x: TensorInfo; segmentIds: TensorInfo };
    const count = (attrs as NamedAttrMap).numSegments as number;
    const inner = x.shape.slice(segmentIds.shape.length);
    const dtype = x.dtype === 'float32' ? 'float32' : 'int32';
    for (const input of [x, segmentIds]) storage.values(backend, input); // brings them here
    return storage.output(backend, [count, ...inner], dtype, (sums) =>
      addRows(sums, storage.values(backend, x), storage.values(backend, segmentIds), count),
    );
  };
}

type Values = Float32Array | Int32Array | Uint8Array;

function addRows(sums: Values, x: Values, segmentIds: Values, count: number): void {
  sums.fill(0);
  if (segmentIds.length === 0) return;
  const width = x.length / segmentIds.length;
  for (let row = 0; row < segmentIds.length; row++) {
    const segment = segmentIds[row]!;
    if (segment < 0 || segment >= count) continue;
    const from = row * width;
    const to = segment * width;
    for (let k = 0; k < width; k++) sums[to + k]! += x[from + k]!;
  }
}
