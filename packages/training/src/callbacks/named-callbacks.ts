/** The callbacks by name, and what `fit` makes of a list of names and objects. */
import { Catalogue, type JsonObject, OstinatoError, type Registry } from '@ostinato/core';
import type { Callback } from '../callbacks.js';
import { earlyStopping } from './early-stopping.js';
import { reduceLROnPlateau } from './reduce-lr-on-plateau.js';
import { terminateOnNaN } from './terminate-on-nan.js';

/** The names that the plugin `callbacks` brings: these need storages, formats and more, which not every model is to carry. */
export const PLUGIN_NAMES = [
  'backupAndRestore',
  'csvLogger',
  'jsonLinesLogger',
  'modelCheckpoint',
  'progressBar',
  'tensorBoard',
  'timing',
] as const;

/** The names of this package's callbacks; plugins may bring more. */
export type CallbackName =
  | 'earlyStopping'
  | 'reduceLROnPlateau'
  | 'terminateOnNaN'
  | (typeof PLUGIN_NAMES)[number];

/** A callback as a config names it. */
export interface CallbackIdentifier {
  readonly name: CallbackName | (string & {});
  /** The options. */
  readonly config?: JsonObject;
}

/** A callback, its name, or name and options. */
export type CallbackOrName = Callback | CallbackIdentifier | CallbackName | (string & {});

/** The callbacks that every model knows by name; `learningRateScheduler` needs a function, which no config holds. */
export const namedCallbacks: Catalogue<object> = /* @__PURE__ */ new Catalogue<object>('callback', [
  { name: 'earlyStopping', create: earlyStopping },
  { name: 'reduceLROnPlateau', create: reduceLROnPlateau },
  { name: 'terminateOnNaN', create: terminateOnNaN },
]);

/** Makes the callbacks that are given by name; the rest is left as it is. Throws `callback-unknown`, `config-…`. */
export function resolveCallbacks(given: unknown, registry: Registry, where: string): unknown {
  if (!Array.isArray(given)) return given;
  const known = namedCallbacks.extend(registry.plugins.flatMap((plugin) => plugin.callbacks ?? []));
  return given.map((one: unknown) => (isNamed(one) ? resolve(one, known, where) : one));
}

function resolve(one: unknown, known: Catalogue<object>, where: string): object {
  const name = PLUGIN_NAMES.find((name) => name === (typeof one === 'string' ? one : (one as Callback).name));
  if (name === undefined || known.names().includes(name)) return known.resolve(one, where);
  throw new OstinatoError('callback-unknown', {
    where,
    what: `The callback '${name}' comes by name with a plugin that the registry lacks`,
    fix: `Add \`callbacks\` from '@ostinato/training' to createRegistry([...]), or write ${name}(…)`,
  });
}

/** A name, or an object that holds nothing but one and options. */
function isNamed(value: unknown): boolean {
  if (typeof value === 'string') return true;
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, 'name')) return false;
  return (
    Object.getPrototypeOf(value) === Object.prototype &&
    Object.keys(value).every((key) => key === 'name' || key === 'config')
  );
}
