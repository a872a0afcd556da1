/** The error for an id that has no row in an embedding's table: layer and kernel say it in the same words. */
import { OstinatoError } from './errors.js';

/**
 * `embedding-id`: which row, which position, which value.
 *
 * Shapes   `index` counts through ids of `shape` [batch, …] row-major
 */
export function embeddingIdError(
  where: string,
  inputDim: number,
  id: number,
  index: number,
  shape: readonly number[],
): OstinatoError {
  const rowSize = shape.slice(1).reduce((product, size) => product * size, 1);
  return new OstinatoError('embedding-id', {
    where,
    what: `The id ${id} at row ${Math.floor(index / rowSize)}, position ${index % rowSize} is not in the table`,
    expected: `ids from 0 to ${inputDim - 1} (inputDim ${inputDim})`,
    received: `${id}`,
    fix: 'Raise inputDim, or load the data with a smaller numWords',
  });
}
