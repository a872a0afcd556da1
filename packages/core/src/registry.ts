/**
 * The registry: a value made of plugins that finds layers, cells, kernels and named objects, and reads and writes
 * their JSON. Code that builds models imports factories; the registry is for saved models and for kernels.
 */
import { type Activation, activations } from './activations.js';
import { Cell } from './cell.js';
import { Catalogue } from './configured.js';
import { type Constraint, constraints } from './constraints.js';
import { nearest, OstinatoError, show } from './errors.js';
import { type Initializer, initializers } from './initializers.js';
import type { JsonObject } from './json.js';
import type { AnyKernel } from './kernel.js';
import type { ConfigWriter, Layer, QualifiedName } from './layer.js';
import type { LearningRateSchedule, Optimizer } from './optimizer-contract.js';
import type { DatasetSpec, NestedReader, Plugin, Spec } from './plugin.js';
import { type Regularizer, regularizers } from './regularizers.js';
import type { Loss, Metric } from './training-contracts.js';

/** The specs of all layers in a list of plugins. */
type LayerSpecs<P extends readonly Plugin[]> = P[number] extends infer One
  ? One extends { readonly layers: readonly (infer S)[] }
    ? S
    : never
  : never;

/** The layers' names that a registry of those plugins knows. */
export type LayerName<P extends readonly Plugin[]> =
  LayerSpecs<P> extends infer S
    ? S extends { readonly name: infer Name extends QualifiedName }
      ? Name
      : never
    : never;

/** The options of a layer, by name. */
export type LayerConfig<P extends readonly Plugin[], Name> =
  LayerSpecs<P> extends infer S
    ? S extends { readonly name: Name; readonly create: (options: infer Options) => Layer }
      ? Options
      : never
    : never;

type AnySpec<T> = Spec<T, QualifiedName, never>;

/** Layers, cells, kernels and named objects of a list of plugins. Make one with `createRegistry`. */
export class Registry<P extends readonly Plugin[] = readonly Plugin[]> {
  readonly plugins: P;
  readonly activations: Catalogue<Activation>;
  readonly initializers: Catalogue<Initializer>;
  readonly regularizers: Catalogue<Regularizer>;
  readonly constraints: Catalogue<Constraint>;
  readonly losses: Catalogue<Loss>;
  readonly metrics: Catalogue<Metric>;
  readonly optimizers: Catalogue<Optimizer>;
  readonly schedules: Catalogue<LearningRateSchedule>;
  readonly callbacks: Catalogue<object>;
  readonly kernels: readonly AnyKernel[];
  readonly #layers: ReadonlyMap<string, AnySpec<Layer>>;
  readonly #cells: ReadonlyMap<string, AnySpec<Cell>>;
  readonly #datasets: ReadonlyMap<string, DatasetSpec>;
  #ready: Promise<void> | undefined;

  constructor(plugins: P) {
    checkPlugins(plugins);
    this.plugins = plugins;
    const all = <K extends keyof Plugin>(key: K): NonNullable<Plugin[K]> =>
      plugins.flatMap((plugin) => (plugin[key] ?? []) as never[]) as unknown as NonNullable<Plugin[K]>;
    this.activations = activations.extend(all('activations'));
    this.initializers = initializers.extend(all('initializers'));
    this.regularizers = regularizers.extend(all('regularizers'));
    this.constraints = constraints.extend(all('constraints'));
    this.losses = new Catalogue<Loss>('loss', []).extend(all('losses'));
    this.metrics = new Catalogue<Metric>('metric', []).extend(all('metrics'));
    this.optimizers = new Catalogue<Optimizer>('optimizer', []).extend(all('optimizers'));
    this.schedules = new Catalogue<LearningRateSchedule>('schedule', []).extend(all('schedules'));
    this.callbacks = new Catalogue<object>('callback', []).extend(all('callbacks'));
    this.kernels = [...new Set(all('kernels'))];
    this.#layers = index('layer', all('layers'));
    this.#cells = index('cell', all('cells'));
    this.#datasets = index('dataset', all('datasets'));
  }

  /** Sets every plugin up, once. A failure is not remembered: the next call tries again. */
  ready(): Promise<void> {
    this.#ready ??= Promise.all(this.plugins.map((plugin) => plugin.setup?.())).then(
      () => undefined,
      (error: unknown) => {
        this.#ready = undefined;
        throw error;
      },
    );
    return this.#ready;
  }

  layerNames(): string[] {
    return [...this.#layers.keys()];
  }

  cellNames(): string[] {
    return [...this.#cells.keys()];
  }

  /** A new layer by name; name and options are checked by the compiler. Throws `layer-unknown`. */
  layer<const Name extends LayerName<P>>(name: Name, options: LayerConfig<P, Name>): Layer {
    return this.#find('layer', this.#layers, name, 'Registry.layer').create(options as never);
  }

  /** The data set of that name. Throws `dataset-unknown`. */
  dataset(name: string): DatasetSpec {
    return this.#find('dataset', this.#datasets, name, 'Registry.dataset');
  }

  /**
   * `{ layer: 'package>Name', version, config }`. `write` writes what is inside the layer; by default the registry does.
   *
   * Throws   `layer-unknown` for one no plugin could read back
   */
  layerToJSON(layer: Layer, write: ConfigWriter = this.#write): JsonObject {
    return this.#writeWith(layer, write);
  }

  /**
   * The layer that JSON means. `nested` reads what is inside it; by default the registry does.
   *
   * Throws   `layer-unknown`, `layer-newer`, `json-form`, and what the layer says of a bad config
   */
  layerFromJSON(json: unknown, where = 'Registry.layerFromJSON', nested: NestedReader = this.#nested): Layer {
    return this.#read('layer', this.#layers, json, where, nested);
  }

  /** The JSON of a layer or a cell, as `layerToJSON` has it. Throws `json-form` for what is none, such as when a registry itself is to be made JSON. */
  toJSON(item: Parameters<ConfigWriter>[0], write: ConfigWriter): JsonObject {
    return this.#writeWith(item, write);
  }

  /** Throws `cell-unknown`, `cell-newer`, `json-form`, and what the cell says of a bad config. */
  cellFromJSON(json: unknown, where = 'Registry.cellFromJSON'): Cell {
    return this.#read('cell', this.#cells, json, where, this.#nested);
  }

  readonly #write: ConfigWriter = (item) => this.#writeWith(item, this.#write);

  readonly #nested: NestedReader = {
    layer: (inner, place) => this.layerFromJSON(inner, place),
    cell: (inner, place) => this.cellFromJSON(inner, place),
  };

  #writeWith(item: Parameters<ConfigWriter>[0], write: ConfigWriter): JsonObject {
    if (typeof item?.registeredName !== 'string') throw noItem(item);
    const kind = item instanceof Cell || this.#cells.has(item.registeredName) ? 'cell' : 'layer';
    const specs: ReadonlyMap<string, AnySpec<unknown>> = kind === 'cell' ? this.#cells : this.#layers;
    const spec = this.#find(kind, specs, item.registeredName, 'Registry.layerToJSON');
    return { [kind]: item.registeredName, version: spec.version, config: item.getConfig(write) };
  }

  #read<T>(
    kind: 'layer' | 'cell',
    specs: ReadonlyMap<string, AnySpec<T>>,
    json: unknown,
    where: string,
    nested: NestedReader,
  ): T {
    const { name, version, config } = parse(kind, json, where);
    const spec = this.#find(kind, specs, name, where);
    if (version > spec.version) throw newer(kind, name, version, spec.version, this.#pluginOf(name), where);
    const current = version < spec.version && spec.upgrade ? spec.upgrade(config, version) : config;
    return spec.create((spec.read ? spec.read(current, nested) : current) as never);
  }

  #pluginOf(name: string): string {
    const plugin = this.plugins.find((candidate) => name.startsWith(`${candidate.name}>`));
    return plugin ? `${plugin.name} ${plugin.version}` : name;
  }

  #find<T>(kind: string, specs: ReadonlyMap<string, T>, name: string, where: string): T {
    const spec = specs.get(name);
    if (spec) return spec;
    const near = nearest(name, specs.keys());
    const owner = name.includes('>') ? name.slice(0, name.indexOf('>')) : undefined;
    const add =
      owner && !this.plugins.some((plugin) => plugin.name === owner)
        ? `Add the plugin from '${owner}' to createRegistry([...])`
        : undefined;
    throw new OstinatoError(`${kind}-unknown`, {
      where,
      what: `No plugin defines the ${kind} ${show(name)}`,
      expected: specs.size
        ? `one of ${[...specs.keys()].join(', ')}`
        : `a ${kind} of some plugin (there is none)`,
      received: show(name),
      ...(near || add ? { fix: [near && `Did you mean '${near}'?`, add].filter(Boolean).join(' ') } : {}),
    });
  }
}

function noItem(received: unknown): OstinatoError {
  return new OstinatoError('json-form', {
    where: 'Registry.toJSON',
    what: 'This is neither a layer nor a cell; a registry itself has no JSON',
    received: show(received),
  });
}

/**
 * A registry of plugins. The known names and options are inferred from the list.
 *
 * Throws   `plugin-form` for what is no list of plugins;
 *          `layer-conflict` (and `cell-…`, `dataset-…`) when two different specs share one `package>Name`
 *
 * @example
 * const registry = createRegistry([layers, kernels]);
 */
export function createRegistry<const P extends readonly Plugin[]>(plugins: P): Registry<P> {
  return new Registry(plugins);
}

function checkPlugins(plugins: unknown): void {
  if (!Array.isArray(plugins)) {
    throw new OstinatoError('plugin-form', {
      where: 'createRegistry',
      what: 'The plugins are not a list',
      expected: 'an array of plugins',
      received: show(plugins),
      fix: 'Write createRegistry([layers]), or createRegistry([]) for none',
    });
  }
  const bad = plugins.findIndex(
    (plugin) => typeof plugin !== 'object' || typeof (plugin as Partial<Plugin> | null)?.name !== 'string',
  );
  if (bad < 0) return;
  throw new OstinatoError('plugin-form', {
    where: 'createRegistry',
    what: `Item ${bad} of the list is not a plugin`,
    expected: 'plugins made by definePlugin',
    received: show(plugins[bad]),
    fix: 'Check the import: a misspelt name gives undefined',
  });
}

function index<T extends { readonly name: string }>(
  kind: string,
  specs: readonly T[],
): ReadonlyMap<string, T> {
  const byName = new Map<string, T>();
  for (const spec of specs) {
    const present = byName.get(spec.name);
    if (present && present !== spec) {
      throw new OstinatoError(`${kind}-conflict`, {
        where: 'createRegistry',
        what: `Two different ${kind}s are called '${spec.name}'`,
        fix: 'Two versions of one package are loaded, or two packages use one name: keep one of them',
      });
    }
    byName.set(spec.name, spec);
  }
  return byName;
}

function parse(
  kind: 'layer' | 'cell',
  json: unknown,
  where: string,
): { name: string; version: number; config: JsonObject } {
  const record = (typeof json === 'object' && json !== null ? json : {}) as Record<string, unknown>;
  const { [kind]: name, version, config } = record;
  if (
    typeof name === 'string' &&
    Number.isInteger(version) &&
    typeof config === 'object' &&
    config !== null &&
    !Array.isArray(config)
  ) {
    return { name, version: version as number, config: config as JsonObject };
  }
  throw new OstinatoError('json-form', {
    where,
    what: `This is not the JSON of a ${kind}`,
    expected: `{ "${kind}": "package>Name", "version": 1, "config": {…} }`,
    received: show(json),
  });
}

function newer(
  kind: string,
  name: string,
  version: number,
  known: number,
  plugin: string,
  where: string,
): OstinatoError {
  return new OstinatoError(`${kind}-newer`, {
    where,
    what: `'${name}' was written by a newer version of its plugin`,
    expected: `a config of version ${known} or older`,
    received: `version ${version}`,
    fix: `Update ${plugin}`,
  });
}
