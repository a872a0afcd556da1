/**
 * The memory that kernels compute in, and its allocator.
 *
 * One `WebAssembly.Memory`, apart from that of tfjs' wasm backend, so that it can be shared with workers. The first
 * free block that is large enough is taken, and blocks are merged when freed: a training step asks for the same sizes every time and finds room
 * for them. Taking the smallest that fits left more holes, and let weights, which are new tensors after each step, wander on.
 * Not here: tensors (`heap-backend.ts`).
 */
import { OstinatoError, show } from '@ostinato/core';

/** Blocks start at multiples of this: a cache line. */
const ALIGNMENT = 64;
const PAGE_BYTES = 65536;
/** One page short of 4 GiB: the address behind the last byte is a 32-bit number, too. */
const MAX_PAGES = 65535;
/** 256 MiB: with less than that it is not worth starting. */
const LEAST_PAGES = 4096;

interface Block {
  start: number;
  size: number;
}

interface UsedBlock {
  readonly size: number;
  holders: number;
}

/** A memory that workers can share; where there is none, or no room for 4 GiB of addresses, the nearest thing. */
export function createMemory(): WebAssembly.Memory {
  if (typeof SharedArrayBuffer !== 'function')
    return new WebAssembly.Memory({ initial: 1, maximum: MAX_PAGES });
  for (let maximum = MAX_PAGES; ; maximum = Math.floor(maximum / 2)) {
    try {
      return new WebAssembly.Memory({ initial: 1, maximum, shared: true });
    } catch (error) {
      if (maximum <= LEAST_PAGES) throw error;
    }
  }
}

/** Whether workers can share a memory. */
export function isShared(memory: WebAssembly.Memory): boolean {
  return typeof SharedArrayBuffer === 'function' && memory.buffer instanceof SharedArrayBuffer;
}

/**
 * Memory and allocator in one.
 *
 * Units    sizes and addresses in bytes; addresses run to 4 GiB and are plain positive numbers
 * Throws   `heap-exhausted` when the memory cannot grow; `heap-size` for what is no size; `heap-address` for an address that is not in use
 */
export class Heap {
  readonly memory: WebAssembly.Memory;
  /** Called before a view is given out: whoever computes in this memory then has to be done. */
  beforeAccess: () => void = () => {};
  readonly #used = new Map<number, UsedBlock>();
  /** In the order of their addresses; no two touch. */
  readonly #free: Block[] = [];
  #end: number;
  #bytesInUse = 0;
  #floats: Float32Array;
  #integers: Int32Array;
  #bytes: Uint8Array;

  /** Blocks lie above `base`; what is below belongs to the wasm module. */
  constructor(memory: WebAssembly.Memory = createMemory(), base = 1024) {
    this.memory = memory;
    this.#end = roundUp(base);
    this.#floats = new Float32Array(memory.buffer);
    this.#integers = new Int32Array(memory.buffer);
    this.#bytes = new Uint8Array(memory.buffer);
  }

  /** Bytes handed out and not freed, rounding included. */
  get bytesInUse(): number {
    return this.#bytesInUse;
  }

  /** Size of the memory. It never shrinks. */
  get byteLength(): number {
    return this.memory.buffer.byteLength;
  }

  /** The address of a new block of at least `size` bytes, whose content is whatever was there. */
  allocate(size: number): number {
    if (!(size >= 0)) throw noSize(size);
    const wanted = Math.max(ALIGNMENT, roundUp(size));
    const start = this.#take(wanted) ?? this.#extend(wanted);
    this.#used.set(start, { size: wanted, holders: 1 });
    this.#bytesInUse += wanted;
    return start;
  }

  /** One holder more for a block, which stays in use until each has freed it. */
  hold(start: number): void {
    this.#blockAt(start).holders++;
  }

  free(start: number): void {
    const block = this.#blockAt(start);
    block.holders--;
    if (block.holders > 0) return;
    this.#used.delete(start);
    this.#bytesInUse -= block.size;
    this.#give({ start, size: block.size });
  }

  /** A view of `length` floats. Valid until the next allocation. */
  floats(start: number, length: number): Float32Array {
    this.beforeAccess();
    this.#refresh();
    return this.#floats.subarray(start / 4, start / 4 + length);
  }

  /** A view of `length` 32-bit integers. Valid until the next allocation. */
  integers(start: number, length: number): Int32Array {
    this.beforeAccess();
    return this.settledIntegers(start, length);
  }

  /** The same while others compute, for values that none of them writes. */
  settledIntegers(start: number, length: number): Int32Array {
    this.#refresh();
    return this.#integers.subarray(start / 4, start / 4 + length);
  }

  /** A view of `length` bytes. Valid until the next allocation. */
  bytes(start: number, length: number): Uint8Array {
    this.beforeAccess();
    this.#refresh();
    return this.#bytes.subarray(start, start + length);
  }

  #blockAt(start: number): UsedBlock {
    const block = this.#used.get(start);
    if (block) return block;
    throw new OstinatoError('heap-address', {
      where: '@ostinato/kernels heap',
      what: 'No block in use starts at this address',
      received: show(start),
    });
  }

  #refresh(): void {
    if (
      this.#floats.buffer === this.memory.buffer &&
      this.#floats.byteLength === this.memory.buffer.byteLength
    )
      return;
    this.#floats = new Float32Array(this.memory.buffer);
    this.#integers = new Int32Array(this.memory.buffer);
    this.#bytes = new Uint8Array(this.memory.buffer);
  }

  /** The start of the first free block that fits, cut to size. */
  #take(wanted: number): number | undefined {
    const place = this.#free.findIndex(({ size }) => size >= wanted);
    if (place < 0) return undefined;
    const block = this.#free[place]!;
    const { start } = block;
    if (block.size === wanted) this.#free.splice(place, 1);
    else {
      block.start += wanted;
      block.size -= wanted;
    }
    return start;
  }

  /** Puts a block back, merged with the neighbours it touches. */
  #give(block: Block): void {
    let low = 0;
    let high = this.#free.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#free[middle]!.start < block.start) low = middle + 1;
      else high = middle;
    }
    const before = this.#free[low - 1];
    const after = this.#free[low];
    const joinsBefore = before !== undefined && before.start + before.size === block.start;
    const joinsAfter = after !== undefined && block.start + block.size === after.start;
    if (joinsBefore) {
      before.size += block.size + (joinsAfter ? after.size : 0);
      if (joinsAfter) this.#free.splice(low, 1);
    } else if (joinsAfter) {
      after.start = block.start;
      after.size += block.size;
    } else this.#free.splice(low, 0, block);
  }

  /** A block at the end, which begins in the last free block if that touches the end. */
  #extend(wanted: number): number {
    const last = this.#free.at(-1);
    const start = last && last.start + last.size === this.#end ? last.start : this.#end;
    this.#grow(start + wanted, wanted);
    if (start !== this.#end) this.#free.pop();
    this.#end = start + wanted;
    return start;
  }

  #grow(needed: number, asked: number): void {
    const pages = Math.ceil((needed - this.byteLength) / PAGE_BYTES);
    if (pages <= 0) return;
    try {
      this.memory.grow(pages);
    } catch (cause) {
      throw new OstinatoError('heap-exhausted', {
        where: '@ostinato/kernels heap',
        what: `There is no room for ${showBytes(asked)}`,
        expected: `at most ${showBytes(MAX_PAGES * PAGE_BYTES)} in all, as far as the machine has them`,
        received: `a request on top of ${showBytes(this.#bytesInUse)} in use`,
        fix: 'Use smaller batches or shorter sequences, and dispose tensors that are no longer needed',
        cause,
      });
    }
  }
}

function noSize(received: unknown): OstinatoError {
  return new OstinatoError('heap-size', {
    where: '@ostinato/kernels heap',
    what: 'This is not a number of bytes',
    received: show(received),
  });
}

function roundUp(size: number): number {
  return Math.ceil(size / ALIGNMENT) * ALIGNMENT;
}

function showBytes(bytes: number): string {
  return bytes < 1e6 ? `${bytes} bytes` : `${(bytes / 1e6).toFixed(1)} MB`;
}
