/**
 * Tensors that live in the kernels' memory.
 *
 * A fused kernel's outputs stay here and the next fused kernel reads them in place.
 *
 * Rows that were looked up in a table are written when somebody asks where they are: a kernel that can do with the table and the
 * ids asks for these instead (`lookupOf`), and the rows are never written at all.
 */
import { OstinatoError, type StoredData, showTensor, TensorStorage } from '@ostinato/core';
import type { BackendValues, DataId, DataType, Tensor } from '@tensorflow/tfjs-core';
import type { Heap } from './heap.js';

/** Rows of a table f32[rows, width] by ids i32[count]; both are held in memory as long as this is. */
export interface Lookup {
  readonly table: number;
  readonly ids: number;
  readonly rows: number;
  readonly width: number;
  readonly count: number;
}

interface Entry extends StoredData {
  /** 0: not written yet, and then there is a lookup. */
  start: number;
  lookup: Lookup | undefined;
  readonly length: number;
  readonly dtype: DataType;
}

/**
 * Storage for tensors in a `Heap`.
 *
 * Memory   the same reference counts as tfjs' own backends: data is freed when the last tensor of it is disposed
 */
export class HeapBackend extends TensorStorage<Entry> {
  readonly heap: Heap;
  readonly #lookUp: (out: number, lookup: Lookup) => void;

  /** `lookUp` writes rows f32[count, width]. */
  constructor(heap: Heap, lookUp: (out: number, lookup: Lookup) => void) {
    super();
    this.heap = heap;
    this.#lookUp = lookUp;
  }

  /** A new tensor whose values are still to be written. */
  empty(shape: readonly number[], dtype: 'float32' | 'int32' | 'bool' = 'float32'): Tensor {
    return this.tensorOf(this.#allocated(lengthOf(shape), dtype, 1), shape, dtype);
  }

  /** A new tensor f32[…shape of ids, width] of the rows of `table` that `ids` names. No id is looked at here: check them before. */
  rowsOf(table: Tensor, ids: Tensor): Tensor {
    const [rows, width] = table.shape as [number, number];
    const lookup = { table: this.addressOf(table), ids: this.addressOf(ids), rows, width, count: ids.size };
    this.heap.hold(lookup.table);
    this.heap.hold(lookup.ids);
    const entry: Entry = { start: 0, lookup, length: ids.size * width, dtype: 'float32', refCount: 1 };
    return this.tensorOf(entry, [...ids.shape, width], 'float32');
  }

  /** What a tensor of `rowsOf` stands for, until its values are written. */
  lookupOf(tensor: Tensor): Lookup | undefined {
    return this.find(tensor.dataId)?.lookup;
  }

  /** Address of a tensor's values, which are moved here first if they lie elsewhere. */
  addressOf(tensor: Tensor): number {
    const present = this.find(tensor.dataId);
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
    this.moveHere(tensor);
    return this.#written(this.stored(tensor.dataId));
  }

  override write(values: BackendValues, shape: number[], dtype: DataType): DataId {
    this.#makeSure(lengthOf(shape), dtype);
    const entry = this.#allocated(lengthOf(shape), dtype, 1);
    this.#fill(entry, values);
    return this.store(entry);
  }

  override move(
    dataId: DataId,
    values: BackendValues,
    shape: number[],
    dtype: DataType,
    refCount: number,
  ): void {
    const entry = this.#allocated(lengthOf(shape), dtype, refCount);
    this.store(entry, dataId);
    this.#fill(entry, values);
  }

  protected override release({ start, lookup }: Entry): void {
    if (lookup) this.#letGo(lookup);
    else this.heap.free(start);
  }

  /**
   * That so many values can be written: no round of workers is open, and there is room. tfjs gives values up where they are
   * before it hands them over, so what goes wrong has to go wrong before.
   */
  #makeSure(length: number, dtype: DataType): void {
    this.heap.beforeAccess();
    this.heap.free(this.heap.allocate(bytesOf(length, dtype)));
  }

  #allocated(length: number, dtype: DataType, refCount: number): Entry {
    const start = this.heap.allocate(bytesOf(length, dtype));
    return { start, lookup: undefined, length, dtype, refCount };
  }

  /** Where the values are, which are there from now on. A lookup is given up when its rows are written, and no call can fail any more. */
  #written(entry: Entry): number {
    const { lookup, length, dtype } = entry;
    if (!lookup) return entry.start;
    this.heap.beforeAccess();
    const start = this.heap.allocate(bytesOf(length, dtype));
    try {
      this.#lookUp(start, lookup);
      this.heap.beforeAccess();
    } catch (error) {
      this.heap.free(start);
      throw error;
    }
    entry.start = start;
    entry.lookup = undefined;
    this.#letGo(lookup);
    return start;
  }

  #letGo({ table, ids }: Lookup): void {
    this.heap.free(table);
    this.heap.free(ids);
  }

  #fill(entry: Entry, values: BackendValues): void {
    this.view(entry).set(values as Float32Array);
  }

  protected override view(entry: Entry): Float32Array | Int32Array | Uint8Array {
    const start = this.#written(entry);
    const { length, dtype } = entry;
    if (dtype === 'float32') return this.heap.floats(start, length);
    return dtype === 'int32' ? this.heap.integers(start, length) : this.heap.bytes(start, length);
  }
}

function bytesOf(length: number, dtype: DataType): number {
  return length * (dtype === 'bool' ? 1 : 4);
}

function lengthOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
