/**
 * The shared memory through which threads are told what to call.
 *
 * A round is a list of calls of one compiled function. Whoever is free takes the next call by an atomic subtraction; who
 * takes which does not matter, because calls write to places of their own. REMAINING is written last when a round is posted,
 * and no round ends before all of its calls are done, so a thread that wakes late finds either nothing or a whole round.
 * Not here: the threads (`worker-pool.ts`) and what they do (`worker-source.ts`, which knows this layout too).
 */
import type { Scratch } from './kernel-runtime.js';

/** Calls in a round, and numbers in a call. */
const MAX_CALLS = 256;
export const MAX_ARGUMENTS = 32;

/** Places of the 32-bit integers at the start of the board. */
export const PLACE = {
  /** Counts rounds; workers sleep on it. */
  round: 0,
  /** Calls nobody has taken yet; below 0 when more have looked than there was to take. */
  remaining: 1,
  /** Calls that are finished; the caller sleeps on it. */
  done: 2,
  /** Index of the function. */
  kernel: 3,
  argumentCount: 4,
  /** Which argument is scratch memory (−1: none), and how far apart the threads' parts lie, in units of 64 bytes. */
  scratchArgument: 5,
  scratchStride: 6,
  /** 1: a call threw on a worker. */
  failed: 7,
  stop: 8,
} as const;

/**
 * How often a thread looks whether there is something to do, or whether all is done, before it sleeps: about half a millisecond. It
 * has nothing else to do, and to be woken takes a tenth of that, several times in each training step.
 */
export const LOOKS = 100_000;

/** The numbers of the calls begin here. */
const ARGUMENTS_AT = 64;

/** Memory   72 KB, shared; views of it are valid for ever */
export class TaskBoard {
  readonly buffer: SharedArrayBuffer;
  readonly integers: Int32Array<SharedArrayBuffer>;
  readonly #numbers: Float64Array<SharedArrayBuffer>;

  constructor() {
    this.buffer = new SharedArrayBuffer(ARGUMENTS_AT + MAX_CALLS * MAX_ARGUMENTS * 8);
    this.integers = new Int32Array(this.buffer, 0, ARGUMENTS_AT / 4);
    this.#numbers = new Float64Array(this.buffer, ARGUMENTS_AT);
  }

  /** The calls as rounds that fit on the board. */
  static rounds<T>(calls: readonly T[]): readonly (readonly T[])[] {
    if (calls.length > 0 && calls.length <= MAX_CALLS) return [calls];
    return Array.from({ length: Math.ceil(calls.length / MAX_CALLS) }, (_, i) =>
      calls.slice(i * MAX_CALLS, (i + 1) * MAX_CALLS),
    );
  }

  /** Opens a round. The one before must be over. */
  post(kernel: number, calls: readonly (readonly number[])[], scratch: Scratch | undefined): void {
    const { integers } = this;
    for (let i = 0; i < calls.length; i++) this.#numbers.set(calls[i]!, i * MAX_ARGUMENTS);
    integers[PLACE.kernel] = kernel;
    integers[PLACE.argumentCount] = calls[0]!.length;
    integers[PLACE.scratchArgument] = scratch ? scratch.argument : -1;
    integers[PLACE.scratchStride] = (scratch?.bytes ?? 0) / 64;
    integers[PLACE.failed] = 0;
    Atomics.store(integers, PLACE.done, 0);
    Atomics.store(integers, PLACE.remaining, calls.length); // opens the round: after everything else
    Atomics.add(integers, PLACE.round, 1);
    Atomics.notify(integers, PLACE.round);
  }

  /** Takes a call: its index, or −1 when none is left. */
  take(): number {
    return Math.max(-1, Atomics.sub(this.integers, PLACE.remaining, 1) - 1);
  }

  /** Says that a call is finished. */
  finish(): void {
    Atomics.add(this.integers, PLACE.done, 1);
  }

  /**
   * Sleeps until `count` calls are finished, or until none was for `patience` milliseconds.
   *
   * @returns whether all are finished
   */
  waitFor(count: number, patience: number): boolean {
    return this.#look(count) || this.#sleep(count, patience);
  }

  /** Apart from `#sleep`: engines compile a loop amid its run, and would throw that away each time when what seldom follows it comes. */
  #look(count: number): boolean {
    for (let look = 0; look < LOOKS; look++)
      if (Atomics.load(this.integers, PLACE.done) === count) return true;
    return false;
  }

  #sleep(count: number, patience: number): boolean {
    while (true) {
      const done = Atomics.load(this.integers, PLACE.done);
      if (done === count) return true;
      if (Atomics.wait(this.integers, PLACE.done, done, patience) === 'timed-out') return false;
    }
  }

  /** Whether a call of this round threw on a worker. */
  get failed(): boolean {
    return Atomics.load(this.integers, PLACE.failed) !== 0;
  }

  /** Tells workers to leave once they have nothing to do. */
  close(): void {
    Atomics.store(this.integers, PLACE.stop, 1);
    Atomics.add(this.integers, PLACE.round, 1);
    Atomics.notify(this.integers, PLACE.round);
  }
}
