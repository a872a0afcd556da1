/** Recurrent layers of one cell: the cell's options and the driver's in one object. */
import { type Cell, checkOptions, defineLayer, type LayerSpec, type QualifiedName } from '@ostinato/core';
import { DRIVER_FIELDS } from './cell-options.js';
import { type DriverOptions, RNN } from './rnn.js';

/** A recurrent layer of one cell: its spec for plugins, and its factory for users. */
export interface RecurrentLayer<Name extends QualifiedName, Options> {
  readonly spec: LayerSpec<Name, Options & DriverOptions>;
  readonly create: (options: Options & DriverOptions) => RNN;
}

/**
 * Makes a layer of a cell: `package>Name`, with the cell's options and the driver's in one object.
 *
 * The cell is given its own options alone, those that `DriverOptions` does not name.
 *
 * @example
 * const { spec, create: mgu } = defineRecurrentLayer('plugin-mgu>MGU', (options: MGUOptions) => new MGUCell(options));
 */
export function defineRecurrentLayer<const Name extends QualifiedName, Options>(
  name: Name,
  makeCell: (options: Options) => Cell,
): RecurrentLayer<Name, Options> {
  const create = (options: Options & DriverOptions): RNN => {
    if (options !== undefined) checkOptions(name, options);
    const all = Object.entries(options ?? {});
    const isDriver = ([field]: [string, unknown]): boolean =>
      (DRIVER_FIELDS as readonly string[]).includes(field);
    const cell = makeCell(Object.fromEntries(all.filter((entry) => !isDriver(entry))) as Options);
    return new RNN({ ...Object.fromEntries(all.filter(isDriver)), cell }, name);
  };
  return { spec: defineLayer({ name, create }), create };
}
