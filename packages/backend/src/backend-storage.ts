/** How the two backends that this package completes keep values, as a kernel of theirs sees it. */
import type { DataType, KernelBackend, TensorInfo } from '@tensorflow/tfjs-core';

/** The backends that get kernels from here. */
export type FilledBackend = 'cpu' | 'wasm';

type Values = Float32Array | Int32Array | Uint8Array;

/** Reading inputs and making outputs inside a kernel. */
export interface BackendStorage {
  /**
   * The values themselves, not a copy; valid until the next output is made, or the values of a tensor are asked for the
   * first time: where those lie in another storage, they are brought here, and a heap may grow. So a kernel asks for
   * all its inputs once before it makes an output.
   */
  values(backend: unknown, tensor: TensorInfo): Values;
  /** A new tensor whose values `fill` writes; it may ask for inputs' values. */
  output(backend: unknown, shape: number[], dtype: DataType, fill: (values: Values) => void): TensorInfo;
}

/** What is used of tfjs' cpu backend. */
interface CpuBackend extends KernelBackend {
  readonly data: { get(dataId: object): { values: Values } };
  makeTensorInfo(shape: number[], dtype: DataType, values: Values): TensorInfo;
}

const cpu: BackendStorage = {
  values: (backend, { dataId }) => (backend as CpuBackend).data.get(dataId).values,
  output: (backend, shape, dtype, fill) => {
    const size = shape.reduce((product, length) => product * length, 1);
    const values = dtype === 'float32' ? new Float32Array(size) : new Int32Array(size);
    fill(values);
    return (backend as CpuBackend).makeTensorInfo(shape, dtype, values);
  },
};

/** What is used of tfjs' wasm backend. */
interface WasmBackend extends KernelBackend {
  typedArrayFromHeap(tensor: TensorInfo): Values;
  makeOutput(shape: number[], dtype: DataType): TensorInfo;
}

const wasm: BackendStorage = {
  values: (backend, tensor) => (backend as WasmBackend).typedArrayFromHeap(tensor),
  output: (backend, shape, dtype, fill) => {
    const tensor = (backend as WasmBackend).makeOutput(shape, dtype); // may grow the heap: views are taken after it
    fill((backend as WasmBackend).typedArrayFromHeap(tensor));
    return tensor;
  },
};

export function storageOf(name: FilledBackend): BackendStorage {
  return name === 'cpu' ? cpu : wasm;
}
