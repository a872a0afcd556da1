/** What the kernels of one plugin share: their memory, the tensors in it, and the compiled functions. */
import { OstinatoError } from '@ostinato/core';
import { Heap } from './heap.js';
import { HeapBackend } from './heap-backend.js';
import { wantedThreads } from './thread.js';
import { compileKernels, instantiateKernels, type WasmKernels } from './wasm-module.js';
import { type Call, callKernel, startPool, type WorkerPool } from './worker-pool.js';

/** The compiled functions that return nothing: what threads can be told to call. */
export type TaskName = {
  [Name in keyof WasmKernels]: WasmKernels[Name] extends (...values: never[]) => void ? Name : never;
}[keyof WasmKernels];

/** Which argument of a call is scratch memory, and how many bytes of it each thread has: a multiple of 64. */
export interface Scratch {
  readonly argument: number;
  readonly bytes: number;
}

/** How many threads take part, and why not more. */
export interface ThreadsReport {
  readonly wanted: number | 'auto';
  /** The calling thread included. */
  readonly count: number;
  /** Present when there are fewer than wanted. */
  readonly reason?: string;
}

/** The compiled functions that return something, but for those named …Bytes, which tell sizes and look at no memory. */
type Reading = {
  [Name in keyof WasmKernels]: ReturnType<WasmKernels[Name]> extends void
    ? never
    : Exclude<Name, `${string}Bytes`>;
}[keyof WasmKernels];
const READING: Readonly<Record<Reading, true>> = { findInvalidId: true, occurringRows: true };

/** Nothing is allocated, compiled or started before `start`. */
export class KernelRuntime {
  readonly #wanted: number | 'auto';
  #storage: HeapBackend | undefined;
  /** As compiled, and for calls by this thread: those come after what the workers do. */
  #compiled: WasmKernels | undefined;
  #wasm: WasmKernels | undefined;
  #starting: Promise<void> | undefined;
  #refusal: string | undefined;
  #pool: WorkerPool | undefined;
  #reason: string | undefined;

  /** Throws `config-threads`. */
  constructor({ threads = 'auto' }: { readonly threads?: number | 'auto' } = {}) {
    wantedThreads(threads);
    this.#wanted = threads;
  }

  /** Compiles the kernels and starts the workers, once. An engine that cannot run them is no error: `refusal` then says so. */
  start(): Promise<void> {
    this.#starting ??= this.#start();
    return this.#starting;
  }

  async #start(): Promise<void> {
    const module = typeof WebAssembly === 'object' ? await this.#compile() : undefined;
    if (!module) {
      this.#refusal = 'this engine has no SIMD WebAssembly';
      return;
    }
    const { memory } = this.storage.heap;
    const names = Object.keys(this.wasm);
    const workers = wantedThreads(this.#wanted) - 1;
    const { pool, reason } = await startPool({ workers, module, memory, names });
    this.#pool = pool;
    this.#reason = reason;
    if (pool) this.storage.heap.beforeAccess = () => pool.join();
  }

  async #compile(): Promise<WebAssembly.Module | undefined> {
    const storage = new HeapBackend(new Heap());
    const module = await compileKernels(storage.heap.memory);
    if (!module) return undefined;
    this.#storage = storage;
    this.#compiled = instantiateKernels(module, storage.heap.memory);
    this.#wasm = this.#inTurn(this.#compiled);
    return module;
  }

  /** Ends the workers. Calls after that run on the caller's thread. */
  async stop(): Promise<void> {
    await this.#starting;
    await this.#pool?.stop();
  }

  /** Threads at this moment; one before `start`. */
  threadsReport(): ThreadsReport {
    const reason = this.#pool?.reason ?? this.#reason;
    return {
      wanted: this.#wanted,
      count: this.#pool?.size ?? 1,
      ...(reason === undefined ? {} : { reason }),
    };
  }

  /** Why no kernel can run at all; undefined when they can, or when that is not known yet. */
  get refusal(): string | undefined {
    return this.#refusal;
  }

  /**
   * The compiled functions, whose calls begin when every `run` is done. Those that return nothing may return before that: like
   * `run`, they are made up for by whatever reads or writes the memory. Throws `kernels-not-ready`.
   */
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

  /** How many threads may take part in `run`: scratch memory is needed once for each. */
  get threads(): number {
    return this.#pool?.places ?? 1;
  }

  /** Into how many calls work is cut that can be cut anywhere: more than threads, as the calling one comes late. */
  get pieces(): number {
    return this.threads === 1 ? 1 : 2 * this.threads;
  }

  /**
   * Calls a compiled function once for each list of arguments, in any order and on any thread: the calls must not depend on
   * each other. Where `scratch` is given, its argument is the start of the scratch memory of all threads, and each call gets its
   * own thread's part of it.
   *
   * Workers may be at it still when this returns. Whatever reads or writes the memory waits for them by itself: the views
   * that the heap gives out, the functions of `wasm`, and the next `run`. Freed blocks may be handed out again before that.
   */
  run(name: TaskName, calls: readonly (readonly number[])[], scratch?: Scratch): void {
    if (!this.#compiled) throw notReady();
    const kernel = this.#compiled[name] as Call;
    if (this.#pool && this.#pool.size > 1 && calls.length > 1) {
      this.#pool.run(name, kernel, calls, scratch);
      return;
    }
    for (const values of calls) this.#call(name, kernel, values);
  }

  #call(name: string, kernel: Call, values: readonly number[]): void {
    if (this.#pool) this.#pool.call(name, kernel, values);
    else callKernel(name, kernel, values);
  }

  /** The same functions, each called after what is open; but for those that only tell sizes. */
  #inTurn(compiled: WasmKernels): WasmKernels {
    const functions: Record<string, unknown> = {};
    for (const [name, value] of Object.entries(compiled)) {
      if (typeof value !== 'function') continue;
      const kernel = value as Call;
      if (name.endsWith('Bytes'))
        functions[name] = bytesOf(value as (...values: readonly number[]) => number);
      else if (name in READING) {
        functions[name] = (...values: readonly number[]): unknown => {
          this.#pool?.join();
          return callKernel(name, value as (...values: readonly number[]) => unknown, values);
        };
      } else functions[name] = (...values: readonly number[]): void => this.#call(name, kernel, values);
    }
    return functions as unknown as WasmKernels;
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

/** As sizes in JavaScript are, without a sign. */
function bytesOf(kernel: (...values: readonly number[]) => number): (...values: readonly number[]) => number {
  return (...values) => kernel(...values) >>> 0;
}

function notReady(): OstinatoError {
  return new OstinatoError('kernels-not-ready', {
    where: '@ostinato/kernels',
    what: 'The kernels have not been compiled yet',
    fix: 'Await registry.ready() before calling layers by hand; models do it themselves',
  });
}
