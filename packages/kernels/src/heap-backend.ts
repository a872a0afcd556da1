/**
 * Tensors that live in the kernels' memory.
 *
 * To tfjs this is one more place where data can lie, as another backend's memory is; it is never registered as a
 * backend, and computes nothing. A fused kernel's outputs stay here and the next fused kernel reads them in place. When
 * an ordinary tfjs kernel wants one, tfjs moves the data over by itself (`engine.moveData`), and back the same way.
 *
 * Rows that were looked up in a table are written when somebody asks where they are: a kernel that can do with the table and the
 * ids asks for these instead (`lookupOf`), and the rows are never written at all.
 */

import { OstinatoError, showTensor } from '@ostinato/core';
import {
  type BackendValues,
  type DataId,
  type DataType,
  engine,
  KernelBackend,
  type Tensor,
} from '@tensorflow/tfjs-core';
import type { Heap } from './heap.js';

/** Rows of a table f32[rows, width] by ids i32[count]; both are held in memory as long as this is. */
export interface Lookup {
  readonly table: number;
  readonly ids: number;
  readonly rows: number;
  readonly width: number;
  readonly count: number;
}

interface Entry {
  /** 0: not written yet, and then there is a lookup. */
  start: number;
  lookup: Lookup | undefined;
  readonly length: number;
  readonly dtype: DataType;
  refCount: number;
}

/**
 * Storage for tensors in a `Heap`.
 *
 * Memory   the same reference counts as tfjs' own backends: data is freed when the last tensor of it is disposed
 */
export class HeapBackend extends KernelBackend {
  readonly heap: Heap;
  readonly #lookUp: (out: number, lookup: Lookup) => void;
  readonly #entries = new Map<DataId, Entry>();

  /** `lookUp` writes rows f32[count, width]. */
  constructor(heap: Heap, lookUp: (out: number, lookup: Lookup) => void) {
    super();
    this.heap = heap;
    this.#lookUp = lookUp;
  }

  /** A new tensor whose values are still to be written. */
  empty(shape: readonly number[], dtype: 'float32' | 'int32' | 'bool' = 'float32'): Tensor {
    const dataId = this.#store(lengthOf(shape), dtype, 1);
    return engine().makeTensorFromDataId(dataId, [...shape], dtype, this);
  }

  /** A new tensor f32[…shape of ids, width] of the rows of `table` that `ids` names. No id is looked at here: check them before. */
  rowsOf(table: Tensor, ids: Tensor): Tensor {
    const [rows, width] = table.shape as [number, number];
    const lookup = { table: this.addressOf(table), ids: this.addressOf(ids), rows, width, count: ids.size };
    this.heap.hold(lookup.table);
    this.heap.hold(lookup.ids);
    const dataId = {};
    this.#entries.set(dataId, { start: 0, lookup, length: ids.size * width, dtype: 'float32', refCount: 1 });
    return engine().makeTensorFromDataId(dataId, [...ids.shape, width], 'float32', this);
  }

  /** What a tensor of `rowsOf` stands for, until its values are written. */
  lookupOf(tensor: Tensor): Lookup | undefined {
    return this.#entries.get(tensor.dataId)?.lookup;
  }

  /** Address of a tensor's values, which are moved here first if they lie elsewhere. */
  addressOf(tensor: Tensor): number {
    const present = this.#entries.get(tensor.dataId);
    if (present) return this.#written(present);
    if (tensor.dtype !== 'float32' && tensor.dtype !== 'int32' && tensor.dtype !== 'bool') {
      throw new OstinatoError('dtype-mismatch', {
        where: '@ostinato/kernels',
        what: 'Kernels do not compute with tensors of this type',
        expected: 'float32, int32 or bool',
        received: showTensor(tensor),
      });
    }
    this.#makeSure(tensor.size, tensor.dtype);
    engine().moveData(this, tensor.dataId);
    return this.#written(this.#entry(tensor.dataId));
  }

  /** Whether a tensor's values lie here. */
  holds(tensor: Tensor): boolean {
    return this.#entries.has(tensor.dataId);
  }

  override write(values: BackendValues, shape: number[], dtype: DataType): DataId {
    this.#makeSure(lengthOf(shape), dtype);
    const dataId = this.#store(lengthOf(shape), dtype, 1);
    this.#fill(dataId, values);
    return dataId;
  }

  override move(
    dataId: DataId,
    values: BackendValues,
    shape: number[],
    dtype: DataType,
    refCount: number,
  ): void {
    this.#store(lengthOf(shape), dtype, refCount, dataId);
    this.#fill(dataId, values);
  }

  override readSync(dataId: DataId): BackendValues {
    return this.#view(this.#entry(dataId)).slice();
  }

  override async read(dataId: DataId): Promise<BackendValues> {
    return this.readSync(dataId);
  }

  override refCount(dataId: DataId): number {
    return this.#entries.get(dataId)?.refCount ?? 0;
  }

  override incRef(dataId: DataId): void {
    this.#entry(dataId).refCount++;
  }

  decRef(dataId: DataId): void {
    this.#entry(dataId).refCount--;
  }

  /** True when the data is gone, false while other tensors share it. */
  override disposeData(dataId: DataId, force = false): boolean {
    const entry = this.#entries.get(dataId);
    if (!entry) return true;
    entry.refCount--;
    if (!force && entry.refCount > 0) return false;
    if (entry.lookup) this.#release(entry.lookup);
    else this.heap.free(entry.start);
    this.#entries.delete(dataId);
    return true;
  }

  override numDataIds(): number {
    return this.#entries.size;
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

  /**
   * That so many values can be written: no round of workers is open, and there is room. tfjs gives values up where they are
   * before it hands them over, so what goes wrong has to go wrong before.
   */
  #makeSure(length: number, dtype: DataType): void {
    this.heap.beforeAccess();
    this.heap.free(this.heap.allocate(bytesOf(length, dtype)));
  }

  #store(length: number, dtype: DataType, refCount: number, dataId: DataId = {}): DataId {
    const start = this.heap.allocate(bytesOf(length, dtype));
    this.#entries.set(dataId, { start, lookup: undefined, length, dtype, refCount });
    return dataId;
  }

  /** Where the values are, which are there from now on. */
  #written(entry: Entry): number {
    const { lookup, length, dtype } = entry;
    if (!lookup) return entry.start;
    const start = this.heap.allocate(bytesOf(length, dtype));
    try {
      this.#lookUp(start, lookup);
    } catch (error) {
      this.heap.free(start);
      throw error;
    }
    entry.start = start;
    entry.lookup = undefined;
    this.#release(lookup);
    return start;
  }

  #release({ table, ids }: Lookup): void {
    this.heap.free(table);
    this.heap.free(ids);
  }

  #fill(dataId: DataId, values: BackendValues): void {
    this.#view(this.#entry(dataId)).set(values as Float32Array);
  }

  #view(entry: Entry): Float32Array | Int32Array | Uint8Array {
    const start = this.#written(entry);
    const { length, dtype } = entry;
    if (dtype === 'float32') return this.heap.floats(start, length);
    return dtype === 'int32' ? this.heap.integers(start, length) : this.heap.bytes(start, length);
  }

  #entry(dataId: DataId): Entry {
    const entry = this.#entries.get(dataId);
    if (entry) return entry;
    throw new OstinatoError('heap-tensor', {
      where: '@ostinato/kernels',
      what: 'A tensor was read whose data is not in this memory',
      fix: 'It was disposed, or belongs to kernels made by another createKernels()',
    });
  }
}

function bytesOf(length: number, dtype: DataType): number {
  return length * (dtype === 'bool' ? 1 : 4);
}

function lengthOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
