/** What the kernels of one plugin share: their memory, the tensors in it, and the compiled functions. */
import { OstinatoError } from '@ostinato/core';
import { Heap } from './heap.js';
import { HeapBackend } from './heap-backend.js';
import { instantiateKernels, type WasmKernels } from './wasm-module.js';

/** The compiled functions that return nothing: what threads can be told to call. */
export type TaskName = {
  [Name in keyof WasmKernels]: WasmKernels[Name] extends (...values: never[]) => void ? Name : never;
}[keyof WasmKernels];

/** Which argument of a call is scratch memory, and how many bytes of it each thread has. */
export interface Scratch {
  readonly argument: number;
  readonly bytes: number;
}

/** Nothing is allocated or compiled before `start`. */
export class KernelRuntime {
  #storage: HeapBackend | undefined;
  #wasm: WasmKernels | undefined;
  #refusal: string | undefined;

  /** Compiles the kernels, once. An engine that cannot run them is no error: `refusal` then says so. */
  async start(): Promise<void> {
    if (this.#wasm || this.#refusal) return;
    const storage = new HeapBackend(new Heap());
    const wasm = typeof WebAssembly === 'object' ? await instantiateKernels(storage.heap.memory) : undefined;
    if (wasm) [this.#storage, this.#wasm] = [storage, wasm];
    else this.#refusal = 'this engine has no SIMD WebAssembly';
  }

  /** Why no kernel can run at all; undefined when they can, or when that is not known yet. */
  get refusal(): string | undefined {
    return this.#refusal;
  }

  /** The compiled functions. Throws `kernels-not-ready`. */
  get wasm(): WasmKernels {
    if (this.#wasm) return this.#wasm;
    throw notReady();
  }

  /** The tensors in the kernels' memory. Throws `kernels-not-ready`. */
  get storage(): HeapBackend {
    if (this.#storage) return this.#storage;
    throw notReady();
  }

  /** Bytes of the kernels' memory; zeros before `start`. */
  memory(): { readonly inUse: number; readonly total: number } {
    const heap = this.#storage?.heap;
    return { inUse: heap?.bytesInUse ?? 0, total: heap?.byteLength ?? 0 };
  }

  /** How many threads take part in `run`; scratch memory is needed once for each. */
  get threads(): number {
    return 1;
  }

  /**
   * Calls a compiled function once for each list of arguments, in any order and on any thread: the calls must not depend on
   * each other. Where `scratch` is given, its argument is the start of the scratch memory of all threads, and each call gets its
   * own thread's part of it.
   */
  run(name: TaskName, calls: readonly (readonly number[])[], _scratch?: Scratch): void {
    const kernel = this.wasm[name] as (...values: readonly number[]) => void;
    for (const values of calls) kernel(...values);
  }

  /** Runs `use` with a block of scratch memory, which is freed after. */
  withScratch<T>(bytes: number, use: (address: number) => T): T {
    const { heap } = this.storage;
    const address = heap.allocate(bytes);
    try {
      return use(address);
    } finally {
      heap.free(address);
    }
  }
}

function notReady(): OstinatoError {
  return new OstinatoError('kernels-not-ready', {
    where: '@ostinato/kernels',
    what: 'The kernels have not been compiled yet',
    fix: 'Await registry.ready() before calling layers by hand; models do it themselves',
  });
}
