/**
 * Tensors that live in the kernels' memory.
 *
 * A fused kernel's outputs stay here and the next fused kernel reads them in place.
 *
 * Values that follow from others are written when somebody asks where they are: a kernel that can do with what they follow from asks
 * for that instead (`originOf`), and they are never written at all.
 */
import { OstinatoError, type StoredData, showTensor, TensorStorage } from '@ostinato/core';
import { type BackendValues, type DataId, type DataType, engine, type Tensor } from '@tensorflow/tfjs-core';
import type { Heap } from './heap.js';

/** What values follow from. */
export interface Origin {
  /** Blocks that are held in memory until the values are written, or gone. */
  readonly blocks: readonly number[];
  /** It is of use when the values are written, too: then it stays, with its blocks, as long as they do. */
  readonly stays: boolean;
  /** Writes the values, f32, from `out` on. */
  write(out: number): void;
  /** What the sum with values of `other` follows from, if that is better than to write both. */
  plus?(other: Origin): Origin | undefined;
}

/** Numbers that say of values whether they are finite: 0 where a part of them is, NaN where not. */
export interface Marks {
  readonly start: number;
  readonly count: number;
}

interface Entry extends StoredData {
  /** 0: not written yet, and then there is an origin. */
  start: number;
  origin: Origin | undefined;
  readonly length: number;
  readonly dtype: DataType;
  /** In the same block, behind the values. */
  readonly marks?: Marks;
  /** Blocks with the same values as another type. */
  copies?: { readonly dtype: DataType; readonly start: number }[];
}

/**
 * Storage for tensors in a `Heap`.
 *
 * Memory   the same reference counts as tfjs' own backends: data is freed when the last tensor of it is disposed
 */
export class HeapBackend extends TensorStorage<Entry> {
  readonly heap: Heap;

  constructor(heap: Heap) {
    super();
    this.heap = heap;
  }

  /** A new tensor whose values are still to be written. */
  empty(shape: readonly number[], dtype: 'float32' | 'int32' | 'bool' = 'float32'): Tensor {
    return this.tensorOf(this.#allocated(lengthOf(shape), dtype, 1), shape, dtype);
  }

  /** A new tensor of float32 whose values are still to be written, each of so many parts together with its mark. */
  marked(shape: readonly number[], parts: number): { readonly tensor: Tensor; readonly marks: Marks } {
    const length = lengthOf(shape);
    const start = this.heap.allocate(4 * (length + parts));
    const marks = { start: start + 4 * length, count: parts };
    const entry: Entry = { start, origin: undefined, length, dtype: 'float32', refCount: 1, marks };
    return { tensor: this.tensorOf(entry, shape, 'float32'), marks };
  }

  /** The marks of a tensor of `marked`, as long as its values are here. */
  marksOf(tensor: Tensor): Marks | undefined {
    return this.find(tensor.dataId)?.marks;
  }

  /** A new tensor of float32, whose values are written when they are wanted. */
  later(shape: readonly number[], origin: Origin): Tensor {
    for (const block of origin.blocks) this.heap.hold(block);
    const entry: Entry = { start: 0, origin, length: lengthOf(shape), dtype: 'float32', refCount: 1 };
    return this.tensorOf(entry, shape, 'float32');
  }

  /** Whether one of them was written already does not count: it must not change what a sum is made of. */
  override sumLater(a: DataId, b: DataId, shape: readonly number[]): Tensor | undefined {
    const [first, second] = [this.stored(a).origin, this.stored(b).origin];
    const sum = second && first?.plus?.(second);
    return sum && this.later(shape, sum);
  }

  /** What the values of a tensor of `later` follow from, as long as they are here; if it does not stay, until they are written. */
  originOf(tensor: Tensor): Origin | undefined {
    return this.find(tensor.dataId)?.origin;
  }

  /** Address of a tensor's values, in its type, which are moved here first if they lie elsewhere. */
  addressOf(tensor: Tensor): number {
    const entry = this.find(tensor.dataId) ?? this.#moved(tensor);
    return entry.dtype === tensor.dtype ? this.#written(entry) : this.#copyAs(tensor.dtype, entry);
  }

  #moved(tensor: Tensor): Entry {
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
    return this.stored(tensor.dataId);
  }

  /** tfjs' cpu backend casts to a wider type by another label on the same data, so what lies here may be of the narrower one. */
  #copyAs(dtype: DataType, entry: Entry): number {
    const known = entry.copies?.find((copy) => copy.dtype === dtype);
    if (known) return known.start;
    const copy = this.#allocated(entry.length, dtype, 1);
    this.#fill(copy, this.view(entry));
    entry.copies = [...(entry.copies ?? []), { dtype, start: copy.start }];
    return copy.start;
  }

  override settle(dataId: DataId): void {
    this.#written(this.stored(dataId));
  }

  override beside(values: BackendValues, shape: readonly number[], dtype: DataType): Tensor | undefined {
    if (values.length !== lengthOf(shape)) return undefined; // tfjs says what is wrong
    return engine().makeTensorFromDataId(this.write(values, [...shape], dtype), [...shape], dtype, this);
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

  protected override release({ start, origin, copies = [] }: Entry): void {
    if (start) this.heap.free(start);
    for (const copy of copies) this.heap.free(copy.start);
    this.#letGo(origin);
  }

  #letGo(origin: Origin | undefined): void {
    for (const block of origin?.blocks ?? []) this.heap.free(block);
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
    return { start, origin: undefined, length, dtype, refCount };
  }

  /** Where the values are, which are there from now on: they count as written when no call can fail any more. */
  #written(entry: Entry): number {
    const { origin, length, dtype } = entry;
    if (entry.start || !origin) return entry.start;
    this.heap.beforeAccess();
    const start = this.heap.allocate(bytesOf(length, dtype));
    try {
      origin.write(start);
      this.heap.beforeAccess();
    } catch (error) {
      this.heap.free(start);
      throw error;
    }
    entry.start = start;
    if (!origin.stays) {
      entry.origin = undefined;
      this.#letGo(origin);
    }
    return start;
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
