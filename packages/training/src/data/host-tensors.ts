/** Tensors over arrays in host memory, which nobody copies until a kernel wants them in its own memory. */
import { type StoredData, TensorStorage } from '@ostinato/core';
import type { BackendValues, DataId, Tensor } from '@tensorflow/tfjs-core';
import type { HostArray } from './host-array.js';

interface Values extends StoredData {
  readonly values: Float32Array | Int32Array;
}

class HostTensors extends TensorStorage<Values> {
  of({ data, shape }: HostArray): Tensor {
    const dtype = data instanceof Int32Array ? 'int32' : 'float32';
    return this.tensorOf({ values: data, refCount: 1 }, shape, dtype);
  }

  override readSync(dataId: DataId): BackendValues {
    return this.stored(dataId).values;
  }

  protected override release(): void {}
}

const storage = /* @__PURE__ */ new HostTensors();

/**
 * A tensor of an array.
 *
 * The ids of a batch otherwise went through three copies on their way into the kernels' memory: into that of tfjs' wasm backend, out
 * of it, and over.
 *
 * Memory   shares the array's memory as long as no kernel has moved it: leave the array alone while the tensor is in use
 */
export function hostTensor(array: HostArray): Tensor {
  return storage.of(array);
}
