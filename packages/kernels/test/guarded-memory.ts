// Buffers in the kernels' memory with guards around them.
import { expect } from 'vitest';
import type { KernelRuntime } from '../src/kernel-runtime.js';

const GUARD_BYTES = 256;
const GUARD = 0xa5;

/** What a float reads as that nobody wrote. */
export const unwritten = new Float32Array(new Uint8Array(4).fill(GUARD).buffer)[0]!;

/** Buffers between guard bytes. `check` fails when a guard or an input has changed, and says which. */
export class Guarded {
  readonly #runtime: KernelRuntime;
  readonly #blocks: { name: string; start: number; bytes: number; before: Uint8Array | undefined }[] = [];

  constructor(runtime: KernelRuntime) {
    this.#runtime = runtime;
  }

  input(name: string, values: Float32Array | Int32Array | Uint8Array): number {
    const address = this.#place(name, values.byteLength);
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    this.#runtime.storage.heap.bytes(address, values.byteLength).set(bytes);
    this.#blocks.at(-1)!.before = bytes.slice();
    return address;
  }

  /** Filled with the bytes of the guards, so that a value nobody wrote shows. */
  output(name: string, bytes: number): number {
    return this.#place(name, bytes);
  }

  floats(address: number, length: number): Float32Array {
    return this.#runtime.storage.heap.floats(address, length).slice();
  }

  check(): void {
    const { heap } = this.#runtime.storage;
    for (const { name, start, bytes, before } of this.#blocks) {
      const all = heap.bytes(start, bytes + 2 * GUARD_BYTES);
      const around = [...all.subarray(0, GUARD_BYTES), ...all.subarray(GUARD_BYTES + bytes)];
      expect(
        around.every((byte) => byte === GUARD),
        `bytes around ${name}`,
      ).toBe(true);
      if (before) expect(all.subarray(GUARD_BYTES, GUARD_BYTES + bytes), name).toEqual(before);
    }
  }

  free(): void {
    for (const { start } of this.#blocks) this.#runtime.storage.heap.free(start);
  }

  #place(name: string, bytes: number): number {
    const { heap } = this.#runtime.storage;
    const start = heap.allocate(bytes + 2 * GUARD_BYTES);
    heap.bytes(start, bytes + 2 * GUARD_BYTES).fill(GUARD);
    this.#blocks.push({ name, start, bytes, before: undefined });
    return start + GUARD_BYTES;
  }
}

/** Runs `use` with guarded buffers, checks them and frees them. */
export function guarded(runtime: KernelRuntime, use: (memory: Guarded) => void): void {
  const memory = new Guarded(runtime);
  try {
    use(memory);
    memory.check();
  } finally {
    memory.free();
  }
}
