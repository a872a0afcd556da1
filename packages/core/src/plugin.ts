/**
 * Plugins: plain values that say what a package brings. Nothing is registered by importing one; a registry is made of
 * those it is given.
 */
import type { Activation } from './activations.js';
import type { Cell } from './cell.js';
import type { Configured, Maker } from './configured.js';
import type { Constraint } from './constraints.js';
import { OstinatoError, show } from './errors.js';
import type { Initializer } from './initializers.js';
import type { JsonObject } from './json.js';
import type { AnyKernel } from './kernel.js';
import type { Layer, QualifiedName } from './layer.js';
import type { Regularizer } from './regularizers.js';
import type { Loss, Metric, Optimizer } from './training-contracts.js';

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
export interface CallbackMaker extends Maker<Configured> {}

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
  readonly callbacks?: readonly CallbackMaker[];
  readonly datasets?: readonly DatasetSpec[];
  /** Awaited once before a model computes, e.g. to compile wasm. */
  readonly setup?: () => Promise<void>;
}

/**
 * Says what a layer is called and how it is made.
 *
 * @example
 * export const scaleSpec = defineLayer({ name: 'plugin-scale>Scale', create: (options: ScaleOptions) => new Scale(options) });
 */
export function defineLayer<const Name extends QualifiedName, Options>(
  spec: Omit<Spec<Layer, Name, Options>, 'version'> & { readonly version?: number },
): LayerSpec<Name, Options> {
  return { version: 1, ...spec };
}

/** Says what a cell is called and how it is made. */
export function defineCell<const Name extends QualifiedName, Options>(
  spec: Omit<Spec<Cell, Name, Options>, 'version'> & { readonly version?: number },
): CellSpec<Name, Options> {
  return { version: 1, ...spec };
}

/**
 * A plugin, checked. Its literal types are kept, so that registries can infer names and options.
 *
 * Throws   `plugin-name` when a spec is not named `<plugin>>Name`
 */
export function definePlugin<const P extends Plugin>(plugin: P): P {
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
