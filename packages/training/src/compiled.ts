/** What `compile` is told, and what becomes of it. */
import {
  checkBoolean,
  checkFields,
  type JsonObject,
  type JsonValue,
  type Loss,
  type Metric,
  type Optimizer,
  OstinatoError,
  type Registry,
  show,
  toIdentifier,
} from '@ostinato/core';
import { type LossName, losses } from './losses/losses.js';
import { type MetricName, metrics } from './metrics/metrics.js';
import { type Figure, figuresOf, type KnownNames, type Objective, objectivesOf } from './model/objectives.js';
import type { PerOutput } from './model/per-output.js';
import { OptimizerState } from './optimizers/optimizer-state.js';
import type { OptimizerName } from './optimizers/optimizers.js';
import { knownSchedules, resolveOptimizer } from './optimizers/resolve-optimizer.js';

/** A name of this package's, one that a plugin brings, or an object. */
type NameOr<Known extends string, T> = Known | (string & {}) | T;

/** A list for the only output, or for each output one or several. */
type Metrics =
  | readonly NameOr<MetricName, Metric>[]
  | readonly (NameOr<MetricName, Metric> | readonly NameOr<MetricName, Metric>[] | null)[]
  | {
      readonly [output: string]:
        | NameOr<MetricName, Metric>
        | readonly NameOr<MetricName, Metric>[]
        | null
        | undefined;
    };

export interface CompileOptions {
  readonly optimizer: NameOr<OptimizerName, Optimizer>;
  /** One for all outputs, or one for each: a list, or a record by name. An output without a loss is not trained. */
  readonly loss: PerOutput<NameOr<LossName, Loss>>;
  /** By what each output's loss is multiplied in the sum of all. Default 1. */
  readonly lossWeights?: PerOutput<number>;
  /** Default none. Each is reported under its name; of several outputs, under the output's name and its own. */
  readonly metrics?: Metrics;
  /** The same, but sample weights and class weights count in them. */
  readonly weightedMetrics?: Metrics;
  /**
   * true: every step asks all layers, so that each line of theirs runs. false: `fit` may repeat the operations of a step before,
   * where all that takes part is `Repeatable`; the numbers are the same. Default false. It is not saved with a model.
   */
  readonly runEagerly?: boolean;
}

/** How a model learns, as JSON: names, or `{ name, config }`; of several outputs records of them. */
export interface CompiledJson {
  readonly optimizer: JsonValue;
  readonly loss: JsonValue;
  readonly lossWeights?: JsonValue;
  readonly metrics: JsonValue;
  readonly weightedMetrics?: JsonValue;
}

const FIELDS = ['optimizer', 'loss', 'lossWeights', 'metrics', 'weightedMetrics', 'runEagerly'];

/**
 * How a model learns.
 *
 * Memory   the optimizer's state lives until `dispose`
 */
export class Compiled {
  readonly state: OptimizerState;
  /** Whether every step is to ask the layers. */
  readonly runEagerly: boolean;
  readonly #options: CompileOptions;
  readonly #known: KnownNames;
  readonly #where: string;
  #objectives: readonly Objective[] | undefined;
  #figures: readonly Figure[] = [];

  /**
   * `outputs`: the names of the model's outputs; null while they are not known.
   *
   * Throws   `optimizer-unknown`, `schedule-unknown`, and what `objectivesOf` throws
   */
  constructor(options: CompileOptions, registry: Registry, where: string, outputs: readonly string[] | null) {
    if (typeof options !== 'object' || options === null) throw notOptions(options, where);
    checkFields(where, options, FIELDS);
    const { runEagerly = false } = options;
    checkBoolean(where, 'runEagerly', runEagerly);
    const { plugins } = registry;
    this.runEagerly = runEagerly;
    this.#known = {
      losses: losses.extend(plugins.flatMap((plugin) => plugin.losses ?? [])),
      metrics: metrics.extend(plugins.flatMap((plugin) => plugin.metrics ?? [])),
    };
    this.#options = options;
    this.#where = where;
    const optimizer = resolveOptimizer(options.optimizer, plugins, where);
    this.state = new OptimizerState(optimizer, knownSchedules(plugins));
    if (outputs) this.bind(outputs);
  }

  /** Settles what is asked of each output, once they are known. Throws what `objectivesOf` throws. */
  bind(outputs: readonly string[]): void {
    if (this.#objectives) return;
    this.#objectives = objectivesOf(this.#options, outputs, this.#known, this.#where);
    this.#figures = figuresOf(this.#objectives);
  }

  /** One for each output. */
  get objectives(): readonly Objective[] {
    return this.#objectives ?? [];
  }

  /** The running figures beside the loss. */
  get figures(): readonly Figure[] {
    return this.#figures;
  }

  get optimizer(): Optimizer {
    return this.state.optimizer;
  }

  toJSON(): CompiledJson {
    const [only, ...others] = this.objectives;
    if (!only) throw new Error('compiled for outputs that are not known');
    const optimizer = toIdentifier(this.optimizer);
    const { weightedMetrics } = this.#options;
    if (others.length > 0) return { optimizer, ...severalToJSON(this.objectives) };
    return {
      optimizer,
      loss: toIdentifier(only.loss),
      ...(only.lossWeight === 1 ? {} : { lossWeights: only.lossWeight }),
      metrics: only.metrics.map(toIdentifier),
      ...(weightedMetrics ? { weightedMetrics: only.weightedMetrics.map(toIdentifier) } : {}),
    };
  }

  dispose(): void {
    this.state.dispose();
  }
}

function severalToJSON(objectives: readonly Objective[]): Omit<CompiledJson, 'optimizer'> {
  const by = (value: (objective: Objective) => JsonValue): JsonObject =>
    Object.fromEntries(objectives.map((objective) => [objective.output, value(objective)]));
  return {
    loss: by(({ loss }) => toIdentifier(loss)),
    lossWeights: by(({ lossWeight }) => lossWeight),
    metrics: by((objective) => objective.metrics.map(toIdentifier)),
    weightedMetrics: by((objective) => objective.weightedMetrics.map(toIdentifier)),
  };
}

function notOptions(options: unknown, where: string): OstinatoError {
  return new OstinatoError('compile-options', {
    where,
    what: 'compile() was not told how to learn',
    expected: "{ optimizer: 'adam', loss: 'mse', metrics: […] }",
    received: show(options),
  });
}
