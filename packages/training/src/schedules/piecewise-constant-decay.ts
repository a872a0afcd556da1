/** A learning rate that changes at given batches. */
import { type LearningRateSchedule, OstinatoError, show } from '@ostinato/core';
import { checkRateOption, defineSchedule } from './define-schedule.js';

export interface PiecewiseConstantDecayOptions {
  /** The last batch of each piece but the last piece, rising. */
  readonly boundaries: readonly number[];
  /** The rates: one more than boundaries. */
  readonly values: readonly number[];
}

/**
 * values[0] while step ≤ boundaries[0], values[1] while step ≤ boundaries[1], …
 *
 * Throws   `config-boundaries`, `config-values`, `config-learning-rate`
 *
 * @example
 * sgd({ learningRate: piecewiseConstantDecay({ boundaries: [1000, 5000], values: [0.1, 0.01, 0.001] }) });
 */
export const piecewiseConstantDecay: (options: PiecewiseConstantDecayOptions) => LearningRateSchedule =
  /* @__PURE__ */ defineSchedule<PiecewiseConstantDecayOptions>({
    name: 'piecewiseConstantDecay',
    defaults: { boundaries: undefined, values: undefined },
    checks: { boundaries: checkBoundaries, values: checkValues },
    rate: (step, { boundaries, values }) => {
      const piece = boundaries.findIndex((boundary) => step <= boundary);
      return values[piece < 0 ? boundaries.length : piece]!;
    },
  });

function checkBoundaries(where: string, _field: string, value: unknown): void {
  const rises = (list: readonly unknown[]): boolean =>
    list.every((one, i) => Number.isFinite(one) && (i === 0 || (one as number) > (list[i - 1] as number)));
  if (Array.isArray(value) && value.length > 0 && rises(value)) return;
  throw new OstinatoError('config-boundaries', {
    where,
    what: '`boundaries` are not places where a rate changes',
    expected: 'a list of rising numbers',
    received: show(value),
  });
}

function checkValues(where: string, field: string, value: unknown, all: object): void {
  const count = (all as PiecewiseConstantDecayOptions).boundaries.length + 1;
  if (!Array.isArray(value) || value.length !== count) {
    throw new OstinatoError('config-values', {
      where,
      what: '`values` do not fit `boundaries`',
      expected: `a list of ${count} learning rates, one more than boundaries`,
      received: show(value),
    });
  }
  for (const [i, rate] of value.entries()) checkRateOption(where, `${field}[${i}]`, rate);
}
