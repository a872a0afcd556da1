/** Tensors over arrays in host memory, which nobody copies until a kernel wants them in its own memory. */
import { type StoredData, TensorStorage } from '@ostinato/core';
import type { BackendValues, Tensor } from '@tensorflow/tfjs-core';
import type { HostArray } from './host-array.js';

interface Values extends StoredData {
  values: Float32Array | Int32Array;
}

class HostTensors extends TensorStorage<Values> {
  of({ data, shape }: HostArray): Tensor {
    const dtype = data instanceof Int32Array ? 'int32' : 'float32';
    return this.tensorOf({ values: data, refCount: 1 }, shape, dtype);
  }

  /** Disposes it; what clones are left have the values for themselves. */
  letGo(tensor: Tensor): void {
    const data = this.find(tensor.dataId);
    if (data && data.refCount > 1) data.values = data.values.slice();
    tensor.dispose();
  }

  protected override view({ values }: Values): BackendValues {
    return values;
  }

  protected override release(): void {}
}

const storage = /* @__PURE__ */ new HostTensors();

/**
 * A tensor of an array; `disposeHostTensor` is for when the array may change.
 *
 * The ids of a batch otherwise went through three copies on their way into the kernels' memory: into that of tfjs' wasm backend, out
 * of it, and over.
 *
 * Memory   shares the array's memory until a kernel moves it: leave the array alone meanwhile. What `data()` gives is a copy
 */
export function hostTensor(array: HostArray): Tensor {
  return storage.of(array);
}

/** Disposes it. A clone that somebody keeps, and no kernel has moved, gets a copy of the array. */
export function disposeHostTensor(tensor: Tensor): void {
  storage.letGo(tensor);
}
