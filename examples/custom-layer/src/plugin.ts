/** The plugin that makes the layer and its cell known to a registry. */
import { definePlugin } from '@ostinato/core';
import { mguSpec } from './mgu.js';
import { mguCellSpec } from './mgu-cell.js';

/**
 * @example
 * const registry = createRegistry([layers, mguPlugin]);
 */
export const mguPlugin = definePlugin({
  name: 'plugin-mgu',
  version: '0.1.0',
  layers: [mguSpec],
  cells: [mguCellSpec],
});
