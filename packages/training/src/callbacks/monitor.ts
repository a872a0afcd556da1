/** The figure that a callback goes by, and when it counts as better. */
import { checkNotNegative, checkOneOf, OstinatoError, show, unknownName } from '@ostinato/core';
import type { FitPosition } from '../fit-progress.js';
import type { Logs } from '../running-figures.js';

/** Whether less is better, or more; 'auto' goes by the figure's name. */
export type MonitorMode = 'auto' | 'min' | 'max';

export interface MonitorOptions {
  /** A figure of an epoch, e.g. 'valAccuracy'. Default 'valLoss'. */
  readonly monitor?: string;
  /** Whether less is better, or more. Default 'auto': by the figure's name. */
  readonly mode?: MonitorMode;
}

/** Ends of names of figures, in lower case, that grow as a model learns, and of those that fall. */
const RISING =
  /(accuracy|acc|precision|recall|sensitivity|specificity|auc|f1|score|r2|iou|similarity|positives|negatives)$/;
const FALLING =
  /(loss|error|mse|mae|mape|msle|rmse|bce|crossentropy|perplexity|divergence|hinge|huber|logcosh|poisson|false(positives|negatives))$/;

/** Reads a figure from logs and compares it, in f32 as Keras does. NaN is never an improvement. */
export class Monitor {
  readonly figure: string;
  readonly #where: string;
  readonly #rising: boolean;
  readonly #minDelta: number;

  /** Throws `config-monitor`, `config-mode` also when a name does not tell the direction, `config-min-delta`. */
  constructor(where: string, { monitor = 'valLoss', mode = 'auto' }: MonitorOptions, minDelta = 0) {
    if (typeof monitor !== 'string' || monitor === '') throw notFigure(where, monitor);
    checkOneOf(where, 'mode', mode, ['auto', 'min', 'max']);
    checkNotNegative(where, 'minDelta', minDelta);
    this.figure = monitor;
    this.#where = where;
    this.#rising = mode === 'auto' ? rises(monitor, where) : mode === 'max';
    this.#minDelta = minDelta;
  }

  /** Before the first epoch is waited for. Throws `monitor-unknown` when the figure is one of validation, and there will be none. */
  checkRun(run: FitPosition | undefined): void {
    checkValidated(this.figure, run, 'monitor-unknown', this.#where);
  }

  /** Throws `monitor-unknown` with the figures there are. */
  read(logs: Logs): number {
    const value = logs[this.figure];
    if (value !== undefined) return value;
    throw unknownName('monitor-unknown', {
      where: this.#where,
      kind: 'figure of an epoch',
      name: this.figure,
      known: Object.keys(logs),
      ...(this.figure.startsWith('val') && !Object.keys(logs).some((name) => name.startsWith('val'))
        ? { fix: NEEDS_VALIDATION }
        : {}),
    });
  }

  /** Whether `value` is better than `reference` by more than `minDelta`; everything is better than null. */
  improves(value: number, reference: number | null): boolean {
    if (Number.isNaN(value)) return false;
    if (reference === null) return true;
    const [one, other] = [value - (this.#rising ? this.#minDelta : -this.#minDelta), reference].map(
      Math.fround,
    );
    return this.#rising ? one! > other! : one! < other!;
  }
}

const NEEDS_VALIDATION = 'Figures of validation need `validationData` or `validationSplit`';

/** Throws an error of that code when a run that validates nothing would have to have the figure. */
export function checkValidated(
  figure: string,
  run: FitPosition | undefined,
  code: string,
  where: string,
): void {
  if (!/^val[A-Z]/.test(figure) || run === undefined || run.validated) return;
  throw new OstinatoError(code, {
    where,
    what: `There will be no figure ${show(figure)}, for nothing is validated`,
    fix: NEEDS_VALIDATION,
  });
}

function rises(monitor: string, where: string): boolean {
  const name = monitor.toLowerCase().replace(/(\[\d+\])+$/, ''); // of `f1Score[2]` the metric tells
  if (FALLING.test(name)) return false;
  if (RISING.test(name)) return true;
  throw new OstinatoError('config-mode', {
    where,
    what: `The name ${show(monitor)} does not tell whether less is better, or more`,
    expected: "'min' or 'max'",
    received: "'auto'",
    fix: "Write mode: 'min' or mode: 'max'",
  });
}

function notFigure(where: string, received: unknown): OstinatoError {
  return new OstinatoError('config-monitor', {
    where,
    what: '`monitor` is not the name of a figure',
    expected: "a name such as 'valLoss'",
    received: show(received),
  });
}
