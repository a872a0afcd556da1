/**
 * Forward–backward over the ways to place labels among steps.
 *
 * Probabilities of whole sequences are far smaller than any double, so each is a mantissa and an exponent in blocks of
 * 2^256: the range of logarithms without an exponential for each sum, and the same bits on every engine. Not here: which
 * class is the blank for a user (`ctc.ts`).
 */
import { exp, ln } from '@ostinato/core';

const BLOCK = 2 ** 256;
const SMALL_BLOCK = 2 ** -256;
const LARGEST = 2 ** 128;
const SMALLEST = 2 ** -128;
const LN_BLOCK = 256 * Math.LN2;

/** Below this the backend's f32 probability has lost digits, or is 0: it is made anew from its logarithm. */
const FAINT = -80;

/** A sum of numbers m·2^(256·e). */
class WideSum {
  m = 0;
  e = 0;

  clear(): void {
    this.m = 0;
    this.e = 0;
  }

  add(m: number, e: number): void {
    if (m === 0) return;
    if (this.m === 0 || e > this.e + 1) {
      this.m = m;
      this.e = e;
    } else if (e === this.e) this.m += m;
    else if (e === this.e + 1) {
      this.m = this.m * SMALL_BLOCK + m;
      this.e = e;
    } else if (e === this.e - 1) this.m += m * SMALL_BLOCK;
  }

  /** Multiplies, and brings the mantissa back near 1. */
  scale(m: number, e: number): void {
    this.m *= m;
    this.e += e;
    if (this.m >= LARGEST) {
      this.m *= SMALL_BLOCK;
      this.e += 1;
    } else if (this.m < SMALLEST && this.m > 0) {
      this.m *= BLOCK;
      this.e -= 1;
    }
  }
}

/** Numbers of one row, for each of its steps and each state. */
interface WideTable {
  readonly m: Float64Array;
  readonly e: Int32Array;
}

/** One row: its states are blank, label, blank, label, …, blank. */
interface Row {
  readonly start: number;
  /** Which steps count. */
  readonly steps: readonly number[];
  readonly labels: readonly number[];
  readonly states: number;
  /** P(class at step) for the blank and each label, [steps, 1 + labels]. */
  readonly emitted: WideTable;
  /** P(the first steps, ending in a state), [steps, states]. */
  readonly forward: WideTable;
  readonly total: WideSum;
}

/**
 * The paths of a batch.
 *
 * Shapes   logP and p f32[batch, steps, classes]; counts [batch, steps], absent when all steps count
 */
export class LabelPaths {
  readonly #rows: readonly Row[];
  readonly #shape: readonly [number, number, number];

  constructor(
    logP: ArrayLike<number>,
    p: ArrayLike<number>,
    shape: readonly number[],
    labels: readonly (readonly number[])[],
    counts?: ArrayLike<number>,
  ) {
    this.#shape = shape as [number, number, number];
    const [, steps, classes] = this.#shape;
    this.#rows = labels.map((given, row) => {
      const start = row * steps * classes;
      const all = Array.from({ length: steps }, (_, step) => step);
      const counted = counts ? all.filter((step) => counts[row * steps + step]) : all;
      return forwardOf(start, counted, given, emissions(logP, p, start, classes, counted, given));
    });
  }

  /** −ln P(labels) of each row; infinite where no path exists. */
  losses(): Float32Array {
    return Float32Array.from(this.#rows, ({ total: { m, e } }) => -(ln(m) + e * LN_BLOCK));
  }

  /**
   * Which part of P(labels) goes through each class at each step; 0 where no path exists or the step does not count.
   *
   * `live` is 1 for the steps that have a gradient.
   */
  occupancy(): { readonly occupancy: Float32Array; readonly live: Float32Array } {
    const [batch, steps, classes] = this.#shape;
    const occupancy = new Float32Array(batch * steps * classes);
    const live = new Float32Array(batch * steps);
    for (const [i, row] of this.#rows.entries()) {
      if (row.total.m === 0) continue;
      for (const step of row.steps) live[i * steps + step] = 1;
      addOccupancy(row, classes, occupancy);
    }
    return { occupancy, live };
  }
}

function table(size: number): WideTable {
  return { m: new Float64Array(size), e: new Int32Array(size) };
}

function emissions(
  logP: ArrayLike<number>,
  p: ArrayLike<number>,
  start: number,
  classes: number,
  steps: readonly number[],
  labels: readonly number[],
): WideTable {
  const symbols = [0, ...labels];
  const emitted = table(steps.length * symbols.length);
  let at = 0;
  for (const step of steps) {
    for (const symbol of symbols) {
      const place = start + step * classes + symbol;
      const log = logP[place]!;
      const blocks = log < FAINT && log > Number.NEGATIVE_INFINITY ? Math.round(log / LN_BLOCK) : 0;
      emitted.m[at] = log < FAINT ? exp(log - blocks * LN_BLOCK) : p[place]!;
      emitted.e[at++] = blocks;
    }
  }
  return emitted;
}

/** Whether a path may go from the label before the last state to this one without a blank between. */
function skips(labels: readonly number[], state: number): boolean {
  const label = (state - 1) / 2;
  return state % 2 === 1 && label > 0 && labels[label] !== labels[label - 1];
}

/** The place of a state's class among the emissions of a step: 0 for the blank, then the labels. */
const symbolOf = (state: number): number => (state % 2 === 0 ? 0 : (state + 1) / 2);

function forwardOf(
  start: number,
  steps: readonly number[],
  labels: readonly number[],
  emitted: WideTable,
): Row {
  const states = 2 * labels.length + 1;
  const forward = table(steps.length * states);
  const total = new WideSum();
  const sum = new WideSum();
  for (let t = 0; t < steps.length; t++) {
    const before = (t - 1) * states;
    for (let s = 0; s < states; s++) {
      sum.clear();
      if (t === 0) sum.add(s < 2 ? 1 : 0, 0);
      else {
        sum.add(forward.m[before + s]!, forward.e[before + s]!);
        if (s > 0) sum.add(forward.m[before + s - 1]!, forward.e[before + s - 1]!);
        if (skips(labels, s)) sum.add(forward.m[before + s - 2]!, forward.e[before + s - 2]!);
      }
      const symbol = t * (labels.length + 1) + symbolOf(s);
      sum.scale(emitted.m[symbol]!, emitted.e[symbol]!);
      forward.m[t * states + s] = sum.m;
      forward.e[t * states + s] = sum.e;
    }
  }
  if (steps.length === 0) total.add(labels.length === 0 ? 1 : 0, 0);
  const end = steps.length * states;
  for (const place of states > 1 ? [end - 2, end - 1] : [end - 1]) {
    if (steps.length > 0) total.add(forward.m[place]!, forward.e[place]!);
  }
  return { start, steps, labels, states, emitted, forward, total };
}

/** Goes through the steps backwards; `next` holds P(the next step's class and all after it, from a state there). */
function addOccupancy(row: Row, classes: number, occupancy: Float32Array): void {
  const { start, steps, labels, states, emitted, forward, total } = row;
  let next = table(states);
  const sum = new WideSum();
  for (let t = steps.length - 1; t >= 0; t--) {
    const here = table(states);
    for (let s = 0; s < states; s++) {
      sum.clear();
      if (t === steps.length - 1) sum.add(s >= states - 2 ? 1 : 0, 0);
      else addWaysOn(labels, s, next, sum);
      const place = t * states + s;
      const part = (forward.m[place]! * sum.m) / total.m;
      const symbol = s % 2 === 0 ? 0 : labels[(s - 1) / 2]!;
      occupancy[start + steps[t]! * classes + symbol]! += unblocked(
        part,
        forward.e[place]! + sum.e - total.e,
      );
      const emission = t * (labels.length + 1) + symbolOf(s);
      sum.scale(emitted.m[emission]!, emitted.e[emission]!);
      here.m[s] = sum.m;
      here.e[s] = sum.e;
    }
    next = here;
  }
}

/** From a state a path stays, goes one on, or skips a blank. */
function addWaysOn(labels: readonly number[], state: number, next: WideTable, sum: WideSum): void {
  const last = next.m.length - 1;
  sum.add(next.m[state]!, next.e[state]!);
  if (state < last) sum.add(next.m[state + 1]!, next.e[state + 1]!);
  if (state + 2 <= last && skips(labels, state + 2)) sum.add(next.m[state + 2]!, next.e[state + 2]!);
}

/** m·2^(256·e) of a number that is at most about 1. */
function unblocked(m: number, e: number): number {
  if (e < -3) return 0;
  let value = m;
  for (let i = e; i < 0; i++) value *= SMALL_BLOCK;
  for (let i = e; i > 0; i--) value *= BLOCK;
  return value;
}
