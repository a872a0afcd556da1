/**
 * Tensors whose values lie where no tfjs backend keeps them: in a fused kernel's own memory, or in host memory as they came.
 *
 * To tfjs a storage is one more place where data can lie; it is never registered as a backend, and computes nothing. When an
 * ordinary tfjs kernel wants the values, tfjs moves them over by itself (`engine.moveData`).
 */
import {
  type BackendValues,
  type DataId,
  type DataType,
  engine,
  KernelBackend,
  type Tensor,
  type TensorInfo,
  tensor,
  util,
} from '@tensorflow/tfjs-core';
import { OstinatoError } from './errors.js';

/** What a storage knows of one tensor's data. */
export interface StoredData {
  refCount: number;
}

/**
 * Counts who refers to what is stored, as tfjs' own backends do.
 *
 * Memory   data is released when the last tensor of it is disposed
 */
export abstract class TensorStorage<Data extends StoredData> extends KernelBackend {
  readonly #stored = new Map<DataId, Data>();

  /** The values as they lie, for somebody who copies them at once. */
  protected abstract view(data: Data): BackendValues;

  /** Gives up what `data` takes. */
  protected abstract release(data: Data): void;

  /** Has values written that are only written when they are wanted. Throws what writing them does. */
  settle(_dataId: DataId): void {}

  /** A new tensor of the sum of two whose values lie here, if that can be left to be written when it is wanted, as they are. */
  sumLater(_a: DataId, _b: DataId, _shape: readonly number[]): Tensor | undefined {
    return undefined;
  }

  /** A new tensor of `values` here, where that spares them a way; undefined if this storage makes none. */
  beside(_values: BackendValues, _shape: readonly number[], _dtype: DataType): Tensor | undefined {
    return undefined;
  }

  /** Whether a tensor's values lie here. */
  holds(tensor: Tensor): boolean {
    return this.#stored.has(tensor.dataId);
  }

  override refCount(dataId: DataId): number {
    return this.#stored.get(dataId)?.refCount ?? 0;
  }

  override incRef(dataId: DataId): void {
    this.stored(dataId).refCount++;
  }

  decRef(dataId: DataId): void {
    this.stored(dataId).refCount--;
  }

  /** True when the data is gone, false while other tensors share it. */
  override disposeData(dataId: DataId, force = false): boolean {
    const data = this.#stored.get(dataId);
    if (!data) return true;
    data.refCount--;
    if (!force && data.refCount > 0) return false;
    this.#stored.delete(dataId);
    this.release(data);
    return true;
  }

  /** A copy: whoever reads values may write to what it gets. */
  override readSync(dataId: DataId): BackendValues {
    return (this.view(this.stored(dataId)) as Float32Array).slice();
  }

  override async read(dataId: DataId): Promise<BackendValues> {
    return this.readSync(dataId);
  }

  override numDataIds(): number {
    return this.#stored.size;
  }

  override memory(): { unreliable: boolean } {
    return { unreliable: false };
  }

  override floatPrecision(): 32 {
    return 32;
  }

  override epsilon(): number {
    return 1e-7;
  }

  override timerAvailable(): boolean {
    return false;
  }

  /** Moves a tensor's values here, without a copy on the way if another storage has them: tfjs' own way makes one. */
  protected moveHere(tensor: Tensor): void {
    const info = engine().state.tensorInfo.get(tensor.dataId)!;
    if (!(info.backend instanceof TensorStorage)) {
      engine().moveData(this, tensor.dataId);
      return;
    }
    const source = info.backend as TensorStorage<StoredData>;
    const data = source.stored(tensor.dataId);
    this.move(tensor.dataId, source.view(data), info.shape, info.dtype, data.refCount);
    source.disposeData(tensor.dataId, true);
    info.backend = this;
  }

  /** Undefined for what lies elsewhere. */
  protected find(dataId: DataId): Data | undefined {
    return this.#stored.get(dataId);
  }

  protected stored(dataId: DataId): Data {
    const data = this.#stored.get(dataId);
    if (data) return data;
    throw new OstinatoError('stored-tensor', {
      where: this.constructor.name,
      what: 'A tensor was asked for whose values are not here',
      fix: 'It was disposed, or its values were moved: ask its backend, not a storage that had them once',
    });
  }

  protected store(data: Data, dataId: DataId = {}): DataId {
    this.#stored.set(dataId, data);
    return dataId;
  }

  /** A new tensor of `data`. */
  protected tensorOf(data: Data, shape: readonly number[], dtype: DataType): Tensor {
    return engine().makeTensorFromDataId(this.store(data), [...shape], dtype, this);
  }
}

/** Has a tensor's values written now, if its storage would only do so when they are wanted. Throws what that does. */
export function settleValues(tensor: Tensor): void {
  const storage = engine().state.tensorInfo.get(tensor.dataId)?.backend;
  if (storage instanceof TensorStorage) storage.settle(tensor.dataId);
}

/**
 * A new tensor of `values` in the shape of `near`, in the kernels' memory if that is there, else with tfjs: what reads both finds both.
 *
 * Memory   tfjs may keep the array itself: leave it alone
 * Throws   as `tensor` does, when there are more or fewer values than the shape has
 */
export function tensorBeside(
  near: Tensor,
  values: Float32Array | Int32Array | Uint8Array,
  dtype: DataType,
): Tensor {
  const storage = engine().state.tensorInfo.get(near.dataId)?.backend;
  const made = storage instanceof TensorStorage ? storage.beside(values, near.shape, dtype) : undefined;
  return made ?? tensor(values, near.shape, dtype);
}

/** The sum of two tensors of one shape, if their storage can leave it to be written when it is wanted. Memory: returns a new tensor. */
export function sumLater(a: TensorInfo, b: TensorInfo): Tensor | undefined {
  const { tensorInfo } = engine().state;
  const storage = tensorInfo.get(a.dataId)?.backend;
  if (!(storage instanceof TensorStorage) || tensorInfo.get(b.dataId)?.backend !== storage) return undefined;
  return util.arraysEqual(a.shape, b.shape) ? storage.sumLater(a.dataId, b.dataId, a.shape) : undefined;
}
