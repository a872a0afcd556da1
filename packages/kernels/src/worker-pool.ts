/**
 * Workers that share the kernels' memory and take calls off a board, together with the thread that posts them.
 *
 * Started once; asleep between rounds. The thread that posts a round goes on at once and takes part when it needs the
 * results: what it does in between costs the workers no time, and calls that it makes by itself in between wait in a queue. The result does not depend on how many there are, so a pool
 * that loses workers goes on with the rest, and says so. Only a worker that is lost amid a call costs that call: then an
 * error is thrown, and from there on the calling thread works alone.
 */
import { OstinatoError } from '@ostinato/core';
import type { Scratch } from './kernel-runtime.js';
import { LOOKS, MAX_ARGUMENTS, PLACE, TaskBoard } from './task-board.js';
import { startThread, type Thread, threadsRefusal } from './thread.js';
import { workerSource } from './worker-source.js';

/** Milliseconds in which a worker has to report that it is ready. */
const START_LIMIT = 10_000;
/**
 * A worker is given up when the caller has waited this many times its own slowest call of a kernel, and never before this many milliseconds: the
 * caller's calls may have been short, of a smaller layer or of padding, and a call of a large layer takes half a minute. Nothing but time tells a
 * worker that is dead from one that is slow, as nobody hears events while waiting; so one that is dead costs minutes, and the other its results.
 */
const PATIENCE_FACTOR = 100;
const LEAST_PATIENCE = 300_000;

export interface PoolOptions {
  /** Workers beside the calling thread. */
  readonly workers: number;
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  /** The functions that may be called, by index. */
  readonly names: readonly string[];
  /** For tests: the worker's program, and the patience in milliseconds. */
  readonly source?: string;
  readonly patience?: number;
}

export type Call = (...values: readonly number[]) => void;

/** A round that is posted, and of which nobody has waited for the end. */
interface OpenRound {
  readonly name: string;
  readonly kernel: Call;
  readonly calls: readonly (readonly number[])[];
}

/** A call by the caller's own thread, for the time when the open round is done. */
interface QueuedCall {
  readonly name: string;
  readonly kernel: Call;
  readonly values: readonly number[];
}

/** Memory   the board's 72 KB, and one instance of the module per worker */
export class WorkerPool {
  readonly #board = new TaskBoard();
  readonly #names: readonly string[];
  readonly #patience: number | undefined;
  readonly #workers: number;
  #threads: Thread[] = [];
  #alive = 0;
  #reason: string | undefined;
  #open: OpenRound | undefined;
  #queue: QueuedCall[] = [];
  /** Milliseconds of the caller's slowest call of each kernel. */
  readonly #slowest = new Map<string, number>();

  private constructor({ names, workers, patience }: PoolOptions) {
    this.#names = names;
    this.#workers = workers;
    this.#patience = patience;
  }

  /** A pool whose workers are ready. What cannot start is no error: `size` and `reason` say it. */
  static async start(options: PoolOptions): Promise<WorkerPool> {
    const pool = new WorkerPool(options);
    try {
      await Promise.all(Array.from({ length: options.workers }, (_, i) => pool.#startWorker(i + 1, options)));
    } catch (error) {
      await pool.#end(`workers do not start: ${error instanceof Error ? error.message : error}`);
    }
    return pool;
  }

  /** Threads that take part now, the caller's included. */
  get size(): number {
    return 1 + this.#alive;
  }

  /** Threads that were asked for: each has its own part of scratch memory, whether it still takes part or not. */
  get places(): number {
    return 1 + this.#workers;
  }

  /** Why fewer threads take part than were asked for; undefined when all do. */
  get reason(): string | undefined {
    return this.#reason;
  }

  /**
   * Has every call made, on whichever thread, after those of the `run` before. They may still run when it returns: `join`
   * before anything looks at, or writes to, the memory that they use.
   *
   * Throws   as `join`, for the calls before
   */
  run(name: string, kernel: Call, calls: readonly (readonly number[])[], scratch?: Scratch): void {
    for (const round of TaskBoard.rounds(calls)) {
      this.join();
      this.#board.post(this.#names.indexOf(name), round, scratch);
      this.#open = { name, kernel, calls: round };
    }
  }

  /** Has one call made by this thread, after those of the `run` before: at once if they are done, else when somebody joins. */
  call(name: string, kernel: Call, values: readonly number[]): void {
    if (this.#open) this.#queue.push({ name, kernel, values });
    else callKernel(name, kernel, values);
  }

  /**
   * Takes part in what was posted last, until all of it is done, and makes the calls behind it.
   *
   * Throws   `worker-failed` and `worker-lost`; the calls behind what failed are not made
   */
  join(): void {
    if (!this.#open) return;
    const [round, queue] = [this.#open, this.#queue];
    this.#open = undefined;
    this.#queue = [];
    this.#finish(round);
    for (const { name, kernel, values } of queue) callKernel(name, kernel, values);
  }

  /** Ends the workers once they are done; later calls run on the caller's thread. Throws as `join`, when they are ended. */
  async stop(): Promise<void> {
    try {
      this.join();
    } finally {
      await this.#end('the workers were stopped');
    }
  }

  async #end(reason: string): Promise<void> {
    this.#board.close();
    const threads = this.#threads;
    this.#threads = [];
    this.#alive = 0;
    this.#reason = reason;
    await Promise.all(threads.map((thread) => thread.terminate()));
  }

  #finish({ name, kernel, calls }: OpenRound): void {
    const board = this.#board;
    let slowest = this.#slowest.get(name) ?? 0;
    let last = performance.now();
    let cause: unknown;
    for (let index = board.take(); index >= 0; index = board.take()) {
      try {
        kernel(...calls[index]!);
      } catch (error) {
        cause ??= error;
      }
      board.finish();
      const now = performance.now();
      slowest = Math.max(slowest, now - last);
      last = now;
    }
    if (slowest > 0) this.#slowest.set(name, slowest);
    const patience = this.#patienceFor(slowest);
    if (!board.waitFor(calls.length, patience)) this.#lose(name, patience);
    if (cause !== undefined || board.failed) throw failed(name, cause);
  }

  /** None when every worker has ended: what they took is lost. */
  #patienceFor(slowest: number): number {
    if (this.#alive === 0) return 0;
    if (this.#patience !== undefined) return this.#patience;
    return Math.max(LEAST_PATIENCE, PATIENCE_FACTOR * slowest);
  }

  #lose(name: string, patience: number): never {
    void this.#end('a worker was lost amid its work');
    throw new OstinatoError('worker-lost', {
      where: `@ostinato/kernels ${name}`,
      what: `A worker took work and did not finish it within ${Math.round(patience / 1000)} s`,
      fix: 'The results of this call are lost; weights are as they were. Go on with one thread: the workers have been stopped',
    });
  }

  #startWorker(thread: number, { module, memory, names, source = workerSource }: PoolOptions): Promise<void> {
    const start = {
      module,
      memory,
      board: this.#board.buffer,
      place: PLACE,
      argumentsAt: this.#board.integers.byteLength,
      maxArguments: MAX_ARGUMENTS,
      names,
      thread,
      looks: LOOKS,
    };
    return new Promise((resolve, reject) => {
      const limit = setTimeout(
        () => reject(new Error(`no answer within ${START_LIMIT / 1000} s`)),
        START_LIMIT,
      );
      let ready = false;
      const onReady = (): void => {
        clearTimeout(limit);
        ready = true;
        this.#alive++;
        resolve();
      };
      const onDeath = (reason: string): void => {
        clearTimeout(limit);
        if (ready) this.#bury(reason);
        else reject(new Error(reason));
      };
      this.#threads.push(startThread(source, start, { onReady, onDeath }));
    });
  }

  #bury(reason: string): void {
    if (this.#alive > 0) this.#alive--;
    this.#reason = `a worker ended: ${reason}`;
  }
}

/** The pool that can be had: undefined, with the reason, where threads cannot be. */
export async function startPool(options: PoolOptions): Promise<{ pool?: WorkerPool; reason?: string }> {
  if (options.workers === 0) return {};
  const reason = threadsRefusal();
  return reason === undefined ? { pool: await WorkerPool.start(options) } : { reason };
}

/** A call by this thread. Throws `worker-failed` when it traps: kernels ask for no memory, so that is never for want of it. */
export function callKernel<T>(
  name: string,
  kernel: (...values: readonly number[]) => T,
  values: readonly number[],
): T {
  try {
    return kernel(...values);
  } catch (cause) {
    throw failed(name, cause);
  }
}

function failed(name: string, cause: unknown): OstinatoError {
  return new OstinatoError('worker-failed', {
    where: `@ostinato/kernels ${name}`,
    what: 'A call of a compiled kernel trapped',
    fix: 'This is a bug of the kernels: please report the sizes and options of the layer',
    cause,
  });
}
