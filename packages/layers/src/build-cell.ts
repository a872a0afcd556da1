/** Building a cell as a part of the one layer that it belongs to. */
import { type BuildContext, type Cell, OstinatoError } from '@ostinato/core';

/**
 * Makes the cell's weights.
 *
 * Throws   `cell-built` when it has weights in another layer: both would compute with the same ones, and one of them list
 *          others; what the cell throws
 */
export function buildCell(cell: Cell, context: BuildContext): void {
  if (cell.params.some((param) => !param.disposed)) {
    throw new OstinatoError('cell-built', {
      where: context.path,
      what: `This cell stands in another layer already, at ${cell.params[0]!.path}`,
      fix: 'Make a cell for each layer',
    });
  }
  cell.build(context);
}
