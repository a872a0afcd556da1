/** What is asked of each output: its loss, the loss's weight, and its metrics. */
import { type Catalogue, type Loss, type Metric, OstinatoError, show } from '@ostinato/core';
import { settingsOf } from './per-output.js';

/** What is asked of one output. */
export interface Objective {
  readonly output: string;
  /** null: nothing is trained for it, and it needs no targets. */
  readonly loss: Loss | null;
  readonly lossWeight: number;
  readonly metrics: readonly Metric[];
  /** Metrics that sample weights count in. */
  readonly weightedMetrics: readonly Metric[];
}

/** Figures that are made of the same totals over batches: mostly one. */
export interface Figure {
  readonly name: string;
  /** How many totals it is made of; of some metrics that is known from the first batch on. */
  readonly size: number;
  /** Its value under its name, or several values under names that begin with it. */
  read(totals: Float64Array): readonly (readonly [name: string, value: number])[];
}

export interface ObjectiveOptions {
  readonly loss?: unknown;
  readonly lossWeights?: unknown;
  readonly metrics?: unknown;
  readonly weightedMetrics?: unknown;
}

export interface KnownNames {
  readonly losses: Catalogue<Loss>;
  readonly metrics: Catalogue<Metric>;
}

/**
 * The objectives of a model with these outputs.
 *
 * Throws   `loss-unknown`, `metric-unknown` with the nearest known name; `metric-twice`; `outputs-unknown`,
 *          `outputs-count`; `compile-options`, `loss-weight`
 */
export function objectivesOf(
  options: ObjectiveOptions,
  outputs: readonly string[],
  known: KnownNames,
  where: string,
): readonly Objective[] {
  const losses = lossesOf(options.loss, outputs, known, where);
  const weights = weightsOf(options.lossWeights, outputs, where);
  const metrics = metricsOf(options.metrics, 'metrics', outputs, known, where);
  const weighted = metricsOf(options.weightedMetrics, 'weightedMetrics', outputs, known, where);
  const objectives = outputs.map((output, i) => ({
    output,
    loss: losses[i]!,
    lossWeight: weights[i]!,
    metrics: metrics[i]!,
    weightedMetrics: weighted[i]!,
  }));
  if (losses.every((loss) => loss === null)) throw noLoss(outputs, where);
  checkNames(figuresOf(objectives), where);
  return objectives;
}

/** The running figures beside the loss: of several outputs the losses first, then all metrics, output by output. */
export function figuresOf(objectives: readonly Objective[]): readonly Figure[] {
  if (objectives.length === 1) return metricFigures(objectives[0]!, (name) => name);
  const losses = objectives.flatMap(({ output, loss }) => (loss ? [lossFigure(`${output}Loss`)] : []));
  const ofOutput = (objective: Objective): Figure[] =>
    metricFigures(objective, (name) => `${objective.output}${capital(name)}`);
  return [...losses, ...objectives.flatMap(ofOutput)];
}

/** The mean of one output's loss over samples. */
function lossFigure(name: string): Figure {
  return { name, size: 2, read: ([sum, count]) => [[name, count === 0 ? 0 : sum! / count!]] };
}

function metricFigures({ metrics, weightedMetrics }: Objective, named: (name: string) => string): Figure[] {
  const taken = new Set(metrics.map(labelOf));
  return [
    ...metrics.map((metric) => metricFigure(metric, named(labelOf(metric)))),
    ...weightedMetrics.map((metric) => {
      const label = labelOf(metric);
      return metricFigure(metric, named(taken.has(label) ? `weighted${capital(label)}` : label));
    }),
  ];
}

function metricFigure(metric: Metric, name: string): Figure {
  return {
    name,
    get size() {
      return metric.size;
    },
    read(totals) {
      const several = metric.results?.(totals);
      if (!several) return [[name, metric.result(totals)]];
      return Object.entries(several).map(([part, value]) => [`${name}${part}`, value]);
    },
  };
}

function labelOf({ label, name }: Metric): string {
  return label ?? name;
}

function capital(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

/** A loss or a metric, or what stands for one in JSON. */
function isOne(value: unknown): boolean {
  if (typeof value === 'string') return true;
  const { name, apply, update } = (value ?? {}) as Partial<Record<'name' | 'apply' | 'update', unknown>>;
  return typeof name === 'string' || typeof apply === 'function' || typeof update === 'function';
}

function lossesOf(
  value: unknown,
  outputs: readonly string[],
  { losses }: KnownNames,
  where: string,
): readonly (Loss | null)[] {
  const plain = typeof value !== 'object' || value === null;
  const given = plain
    ? outputs.map(() => value)
    : settingsOf(value, outputs, { field: 'loss', isOne, where });
  return given.map((loss) => (loss === undefined && !plain ? null : losses.resolve(loss, where)));
}

function weightsOf(value: unknown, outputs: readonly string[], where: string): readonly number[] {
  if (value === undefined || value === null) return outputs.map(() => 1);
  const isNumber = (item: unknown): boolean => typeof item === 'number';
  const given = settingsOf<number>(value, outputs, { field: 'lossWeights', isOne: isNumber, where });
  return given.map((weight, i) => {
    if (weight === undefined) return 1;
    if (Number.isFinite(weight)) return weight;
    throw new OstinatoError('loss-weight', {
      where,
      what: `The loss weight of '${outputs[i]}' is no number to multiply by`,
      expected: 'a finite number',
      received: show(weight),
    });
  });
}

/** For a single output a list is its metrics; for several it is a list for each of them. */
function metricsOf(
  value: unknown,
  field: 'metrics' | 'weightedMetrics',
  outputs: readonly string[],
  { metrics }: KnownNames,
  where: string,
): readonly (readonly Metric[])[] {
  if (value === undefined || value === null) return outputs.map(() => []);
  if (typeof value !== 'object' || isOne(value)) throw notMetrics(value, field, where);
  const single = outputs.length === 1 && Array.isArray(value) && !value.some(Array.isArray);
  const given = single ? [value] : settingsOf<unknown>(value, outputs, { field, isOne: () => false, where });
  return given.map((item) => {
    const list = item === undefined ? [] : Array.isArray(item) ? item : [item];
    return list.map((metric) => metrics.resolve(metric, where));
  });
}

/** What stands beside the figures in the history. */
const RECORDED = ['epoch', 'seconds'];

function checkNames(figures: readonly Figure[], where: string): void {
  const own = ['loss', ...figures.map(({ name }) => name)];
  const validation = own.map((name) => `val${capital(name)}`);
  const names = [...RECORDED, ...validation, ...own];
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice === undefined) return;
  throw new OstinatoError('metric-twice', {
    where,
    what: `Two results would be called '${twice}'`,
    fix: "List each metric once, or give it another name: labelled('recallOfOne', recall({ classId: 1 }))",
  });
}

function noLoss(outputs: readonly string[], where: string): OstinatoError {
  return new OstinatoError('compile-options', {
    where,
    what: 'No output has a loss, so there is nothing to learn',
    expected: `a loss for one of ${outputs.join(', ')} at least`,
  });
}

function notMetrics(value: unknown, field: string, where: string): OstinatoError {
  return new OstinatoError('compile-options', {
    where,
    what: `\`${field}\` is not a list of metrics`,
    expected: "a list such as ['accuracy'], for several outputs a list or a record of such lists",
    received: show(value),
  });
}
