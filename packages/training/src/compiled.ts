/** What `compile` is told, and what becomes of it. */
import {
  checkFields,
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
import { OptimizerState } from './optimizers/optimizer-state.js';
import { type OptimizerName, optimizers } from './optimizers/optimizers.js';

/** A name of this package's, one that a plugin brings, or an object. */
type NameOr<Known extends string, T> = Known | (string & {}) | T;

export interface CompileOptions {
  readonly optimizer: NameOr<OptimizerName, Optimizer>;
  readonly loss: NameOr<LossName, Loss>;
  /** Default none. Each is reported under its name. */
  readonly metrics?: readonly NameOr<MetricName, Metric>[];
}

/** How a model learns, as JSON: names, or `{ name, config }`. */
export interface CompiledJson {
  readonly optimizer: JsonValue;
  readonly loss: JsonValue;
  readonly metrics: readonly JsonValue[];
}

/**
 * How a model learns.
 *
 * Memory   the optimizer's state lives until `dispose`
 */
export class Compiled {
  readonly state: OptimizerState;
  readonly loss: Loss;
  readonly metrics: readonly Metric[];

  /** Throws `optimizer-unknown`, `loss-unknown`, `metric-unknown` with the nearest known name; `metric-twice`. */
  constructor(options: CompileOptions, registry: Registry, where: string) {
    const { metrics: wanted = [] } = options ?? {};
    if (typeof options !== 'object' || options === null || !Array.isArray(wanted)) {
      throw notOptions(options, where);
    }
    checkFields(where, options, ['optimizer', 'loss', 'metrics']);
    const { plugins } = registry;
    const known = {
      optimizers: optimizers.extend(plugins.flatMap((plugin) => plugin.optimizers ?? [])),
      losses: losses.extend(plugins.flatMap((plugin) => plugin.losses ?? [])),
      metrics: metrics.extend(plugins.flatMap((plugin) => plugin.metrics ?? [])),
    };
    this.state = new OptimizerState(known.optimizers.resolve(options.optimizer, where));
    this.loss = known.losses.resolve(options.loss, where);
    this.metrics = wanted.map((metric) => known.metrics.resolve(metric, where));
    checkKeys(this.metrics, where);
  }

  get optimizer(): Optimizer {
    return this.state.optimizer;
  }

  toJSON(): CompiledJson {
    return {
      optimizer: toIdentifier(this.optimizer),
      loss: toIdentifier(this.loss),
      metrics: this.metrics.map(toIdentifier),
    };
  }

  dispose(): void {
    this.state.dispose();
  }
}

function checkKeys(metrics: readonly Metric[], where: string): void {
  const names = ['loss', ...metrics.map(({ name }) => name)];
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice === undefined) return;
  throw new OstinatoError('metric-twice', {
    where,
    what: `Two results would be called '${twice}'`,
    fix: 'List each metric once',
  });
}

function notOptions(options: unknown, where: string): OstinatoError {
  return new OstinatoError('compile-options', {
    where,
    what: 'compile() was not told how to learn',
    expected: "{ optimizer: 'adam', loss: 'mse', metrics: […] }",
    received: show(options),
  });
}
