/**
 * Plugins: plain values that say what a package brings. Nothing is registered by importing one; a registry is made of
 * those it is given.
 */
import type { Activation } from './activations.js';
import type { Cell } from './cell.js';
import type { Maker } from './configured.js';
import type { Constraint } from './constraints.js';
import { OstinatoError, show } from './errors.js';
import type { Initializer } from './initializers.js';
import type { JsonObject } from './json.js';
import type { AnyKernel } from './kernel.js';
import type { Layer, QualifiedName } from './layer.js';
import type { LearningRateSchedule, Optimizer } from './optimizer-contract.js';
import type { Regularizer } from './regularizers.js';
import type { Loss, Metric } from './training-contracts.js';

/** Reads the layers and cells inside a config. */
export interface NestedReader {
  layer(json: unknown, where: string): Layer;
  cell(json: unknown, where: string): Cell;
}

/** How instances of one `package>Name` are made, from options and from JSON. */
export interface Spec<T, Name extends QualifiedName, Options> {
  readonly name: Name;
  /** Version of the config's form, from 1; raise it when older readers would misread a config. */
  readonly version: number;
  readonly create: (options: Options) => T;
  /** The options that a JSON config means; by default the config itself. */
  readonly read?: (config: JsonObject, nested: NestedReader) => unknown;
  /** Brings a config written by an older version up to this one. */
  readonly upgrade?: (config: JsonObject, fromVersion: number) => JsonObject;
}

export type LayerSpec<Name extends QualifiedName = QualifiedName, Options = never> = Spec<
  Layer,
  Name,
  Options
>;
export type CellSpec<Name extends QualifiedName = QualifiedName, Options = never> = Spec<Cell, Name, Options>;

/** A data set by name: how it is loaded. */
export interface DatasetSpec {
  readonly name: QualifiedName;
  readonly load: (options: never) => Promise<unknown>;
}

/** A callback by name, for configs; `@ostinato/training` defines its hooks. */
export interface CallbackMaker extends Maker<object> {}

/** What a package brings. */
export interface Plugin {
  /** The package's name: what stands before '>' in the names of its layers. */
  readonly name: string;
  readonly version: string;
  readonly layers?: readonly LayerSpec[];
  readonly cells?: readonly CellSpec[];
  readonly kernels?: readonly AnyKernel[];
  readonly activations?: readonly Maker<Activation>[];
  readonly initializers?: readonly Maker<Initializer>[];
  readonly regularizers?: readonly Maker<Regularizer>[];
  readonly constraints?: readonly Maker<Constraint>[];
  readonly losses?: readonly Maker<Loss>[];
  readonly metrics?: readonly Maker<Metric>[];
  readonly optimizers?: readonly Maker<Optimizer>[];
  readonly schedules?: readonly Maker<LearningRateSchedule>[];
  readonly callbacks?: readonly CallbackMaker[];
  readonly datasets?: readonly DatasetSpec[];
  /** Awaited once before a model computes, e.g. to compile wasm. */
  readonly setup?: () => Promise<void>;
}

/**
 * Says what a layer is called and how it is made.
 *
 * Throws   `spec-form` when the name lacks its '>' or `create` is missing
 *
 * @example
 * export const scaleSpec = defineLayer({ name: 'plugin-scale>Scale', create: (options: ScaleOptions) => new Scale(options) });
 */
export function defineLayer<const Name extends QualifiedName, Options>(
  spec: Omit<Spec<Layer, Name, Options>, 'version'> & { readonly version?: number },
): LayerSpec<Name, Options> {
  checkSpec('defineLayer', spec);
  return { version: 1, ...spec };
}

/** Says what a cell is called and how it is made. Throws `spec-form`. */
export function defineCell<const Name extends QualifiedName, Options>(
  spec: Omit<Spec<Cell, Name, Options>, 'version'> & { readonly version?: number },
): CellSpec<Name, Options> {
  checkSpec('defineCell', spec);
  return { version: 1, ...spec };
}

function checkSpec(where: string, spec: unknown): void {
  const { name, create } = (spec ?? {}) as Partial<Record<'name' | 'create', unknown>>;
  if (typeof name !== 'string' || !name.includes('>')) {
    throw new OstinatoError('spec-form', {
      where,
      what: '`name` is not the name of a package and of what it defines',
      expected: "a string like 'package>Name'",
      received: show(name),
    });
  }
  if (typeof create === 'function') return;
  throw new OstinatoError('spec-form', {
    where,
    what: `\`create\` of '${name}' is not a function`,
    expected: 'a function from options to an instance',
    received: show(create),
  });
}

/**
 * A plugin, checked. Its literal types are kept, so that registries can infer names and options.
 *
 * Throws   `plugin-form` for what is no plugin; `plugin-name` when a spec is not named `<plugin>>Name`
 */
export function definePlugin<const P extends Plugin>(plugin: P): P {
  checkPlugin(plugin);
  for (const { name } of [...(plugin.layers ?? []), ...(plugin.cells ?? []), ...(plugin.datasets ?? [])]) {
    if (!name.startsWith(`${plugin.name}>`) || name.length < plugin.name.length + 2) {
      throw new OstinatoError('plugin-name', {
        where: 'definePlugin',
        what: `A spec of '${plugin.name}' carries another package's name`,
        expected: `'${plugin.name}>…'`,
        received: show(name),
      });
    }
  }
  return plugin;
}

function checkPlugin(plugin: unknown): void {
  const fields = (plugin ?? {}) as Record<string, unknown>;
  if (typeof fields.name !== 'string' || typeof fields.version !== 'string') {
    throw new OstinatoError('plugin-form', {
      where: 'definePlugin',
      what: 'This is not a plugin',
      expected: "an object with a name and a version, such as { name: 'my-package', version: '1.0.0' }",
      received: show(plugin),
    });
  }
  for (const list of ['layers', 'cells', 'datasets']) checkSpecs(fields.name, list, fields[list] ?? []);
}

function checkSpecs(plugin: string, list: string, specs: unknown): void {
  const isSpec = (spec: unknown): boolean => typeof (spec as Partial<LayerSpec> | null)?.name === 'string';
  if (Array.isArray(specs) && specs.every(isSpec)) return;
  throw new OstinatoError('plugin-form', {
    where: 'definePlugin',
    what: `\`${list}\` of '${plugin}' is not a list of specs`,
    expected: 'an array of objects with a name',
    received: Array.isArray(specs) ? `${show(specs.find((spec) => !isSpec(spec)))} in it` : show(specs),
    fix: 'Check the imports: a misspelt name gives undefined',
  });
}
