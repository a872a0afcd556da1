/** The graph model: layers applied to symbols, several inputs and outputs, layers shared, models inside. */
import {
  type ConfigWriter,
  checkFields,
  type JsonObject,
  OstinatoError,
  SymbolicTensor,
  show,
} from '@ostinato/core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { graphConfig } from './graph-config.js';
import type { GraphPlan } from './graph-plan.js';
import { LayerGraph } from './layer-graph.js';
import { Model } from './model.js';
import { checkModelOptions, type FullModelOptions, type ModelOptions } from './model-options.js';
import { type NamedSymbols, trace } from './trace.js';

/** Symbols of a model's inputs or outputs: one, a list, or a record by name. */
export type Symbols = SymbolicTensor | readonly SymbolicTensor[] | Readonly<Record<string, SymbolicTensor>>;

/** What `predict` gives for outputs that were listed so. */
export type TensorsOf<S> = S extends SymbolicTensor
  ? Tensor
  : S extends readonly SymbolicTensor[]
    ? Tensor[]
    : { readonly [Name in keyof S]: Tensor };

/** In which form outputs were listed. */
export type Form = 'one' | 'list' | 'record';

export interface GraphOptions<Outputs extends Symbols = Symbols> {
  /** Where data come in. Names are those of the record, else those that `input()` was given. */
  readonly inputs: Symbols;
  /** What is computed. `predict` gives tensors in the same form; names are those of the record, else of the layers. */
  readonly outputs: Outputs;
  /** Default 'model'. */
  readonly name?: string | undefined;
}

/**
 * Layers that stand in a graph. See `Model` for what one does with it.
 *
 * Its weights are made when they are first needed, each from the stream of its path, so that adding a layer changes
 * no other. Layers that have weights from another model keep them: both models train the same ones, and the model that
 * made them disposes them.
 */
export class GraphModel<Outputs = unknown> extends Model<Outputs> {
  readonly network: LayerGraph;
  readonly class = 'Graph';
  protected readonly kind = 'GraphModel';
  readonly #form: Form;

  /** Use `model()`. */
  constructor(plan: GraphPlan, form: Form, options: FullModelOptions) {
    super(options);
    const { registry, seed, name } = options;
    this.#form = form;
    this.network = new LayerGraph(plan, {
      registry,
      seed,
      kernels: this.chooser,
      where: name,
      known: plan.traced!.inputs.map(({ shape }) => shape),
      trainable: () => this.trainable,
    });
  }

  toConfig(write: ConfigWriter): JsonObject {
    return { ...this.baseConfig(), ...graphConfig(this.network.plan, this.#form, write) };
  }

  protected arrange(outputs: readonly Tensor[]): Outputs {
    if (this.#form === 'one') return outputs[0] as Outputs;
    if (this.#form === 'list') return [...outputs] as Outputs;
    return Object.fromEntries(this.network.outputNames.map((name, i) => [name, outputs[i]])) as Outputs;
  }
}

/**
 * A model of what lies between symbols.
 *
 * Throws   `graph-disconnected`, `graph-cycle`, `inputs-twice`, `layer-name`, `symbol-type`, `config-…`
 *
 * @example
 * const words = input({ shape: [80], name: 'words' });
 * const state = lstm({ units: 32 }).apply(embedding({ inputDim: 10_000, outputDim: 32 }).apply(words));
 * const reader = model(
 *   { inputs: words, outputs: { sentiment: dense({ units: 1, activation: 'sigmoid' }).apply(state), state } },
 *   { registry, seed: 42 },
 * );
 * const { sentiment, state } = await reader.predict(x);
 */
export function model<const Outputs extends Symbols>(
  graph: GraphOptions<Outputs>,
  options: ModelOptions,
): GraphModel<TensorsOf<Outputs>> {
  const where = 'model';
  checkFields(where, graph ?? {}, ['inputs', 'outputs', 'name']);
  const { inputs, outputs, name } = graph ?? {};
  const full = checkModelOptions(options, where, name);
  const [from, to] = [named(inputs, 'inputs', where), named(outputs, 'outputs', where)];
  return new GraphModel(trace(from, to, full.name), formOf(outputs), full);
}

function formOf(symbols: Symbols): Form {
  if (symbols instanceof SymbolicTensor) return 'one';
  return Array.isArray(symbols) ? 'list' : 'record';
}

function named(given: Symbols, field: string, where: string): NamedSymbols {
  const single = given instanceof SymbolicTensor ? [given] : given;
  const entries =
    Array.isArray(single) || typeof single !== 'object' || single === null
      ? [single].flat().map((symbol) => [undefined, symbol] as const)
      : Object.entries(single);
  const wrong = entries.findIndex(([, symbol]) => !(symbol instanceof SymbolicTensor));
  if (wrong < 0 && entries.length > 0) {
    return {
      symbols: entries.map(([, symbol]) => symbol as SymbolicTensor),
      names: entries.map(([name]) => name),
    };
  }
  throw new OstinatoError('symbol-type', {
    where,
    what: `\`${field}\` is not made of symbols`,
    expected: 'what input() or apply() of a layer returned: one, a list, or a record by name',
    received: entries.length === 0 ? 'nothing' : show(entries[wrong]![1]),
  });
}
