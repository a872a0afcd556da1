/** The callbacks by name, and what `fit` makes of a list of names and objects. */
import { Catalogue, type JsonObject, type Registry } from '@ostinato/core';
import type { Callback } from '../callbacks.js';
import { backupAndRestore } from '../checkpoint/backup-and-restore.js';
import { csvLogger } from './csv-logger.js';
import { earlyStopping } from './early-stopping.js';
import { jsonLinesLogger } from './json-lines-logger.js';
import { modelCheckpoint } from './model-checkpoint.js';
import { progressBar } from './progress-bar/progress-bar.js';
import { reduceLROnPlateau } from './reduce-lr-on-plateau.js';
import { tensorBoard } from './tensor-board/tensor-board.js';
import { terminateOnNaN } from './terminate-on-nan.js';
import { timing } from './timing.js';

/** The names of this package's callbacks; plugins may bring more. */
export type CallbackName =
  | 'backupAndRestore'
  | 'csvLogger'
  | 'earlyStopping'
  | 'jsonLinesLogger'
  | 'modelCheckpoint'
  | 'progressBar'
  | 'reduceLROnPlateau'
  | 'tensorBoard'
  | 'terminateOnNaN'
  | 'timing';

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
  { name: 'backupAndRestore', create: backupAndRestore },
  { name: 'csvLogger', create: csvLogger },
  { name: 'earlyStopping', create: earlyStopping },
  { name: 'jsonLinesLogger', create: jsonLinesLogger },
  { name: 'modelCheckpoint', create: modelCheckpoint },
  { name: 'progressBar', create: progressBar },
  { name: 'reduceLROnPlateau', create: reduceLROnPlateau },
  { name: 'tensorBoard', create: tensorBoard },
  { name: 'terminateOnNaN', create: terminateOnNaN },
  { name: 'timing', create: timing },
]);

/** Makes the callbacks that are given by name; the rest is left as it is. Throws `callback-unknown`, `config-…`. */
export function resolveCallbacks(given: unknown, registry: Registry, where: string): unknown {
  if (!Array.isArray(given)) return given;
  const known = namedCallbacks.extend(registry.plugins.flatMap((plugin) => plugin.callbacks ?? []));
  return given.map((one: unknown) => (isNamed(one) ? known.resolve(one, where) : one));
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
