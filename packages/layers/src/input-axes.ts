/** What a layer asks of the axes of its input. */
import { OstinatoError, type Shape, showShape } from '@ostinato/core';

/**
 * The sizes of an input that has as many axes as there are names.
 *
 * Throws   `shape-mismatch`
 *
 * @example
 * checkAxisCount(context.inputShapes[0], ['batch', 'steps', 'features'], context.path);
 */
export function checkAxisCount(shape: Shape | undefined, axes: readonly string[], where: string): Shape {
  if (shape?.length === axes.length) return shape;
  throw new OstinatoError('shape-mismatch', {
    where,
    what: 'The input has another number of axes',
    expected: `an input of [${axes.join(', ')}]`,
    received: showShape(shape ?? []),
  });
}

/**
 * Places of axes, of which negative ones count from the end; in ascending order.
 *
 * Throws   `config-axis` for one that the input does not have, that is the batch, or that is named twice
 */
export function placesOf(axes: readonly number[], shape: Shape, where: string): number[] {
  const places = axes.map((axis) => (axis < 0 ? axis + shape.length : axis)).sort((a, b) => a - b);
  const fits = places.every((place, i) => place > 0 && place < shape.length && place !== places[i - 1]);
  if (fits) return places;
  throw new OstinatoError('config-axis', {
    where,
    what: '`axis` does not fit the input',
    expected: `axes of ${showShape(shape)} after the batch, each once`,
    received: axes.join(', '),
  });
}

/** The size of an axis that decides the shape of a weight. Throws `shape-mismatch` when it is not known. */
export function knownSize(shape: Shape, place: number, where: string): number {
  const size = shape[place];
  if (typeof size === 'number') return size;
  throw new OstinatoError('shape-mismatch', {
    where,
    what: `The size of axis ${place} of the input is not known`,
    expected: 'a fixed size: the shape of a weight depends on it',
    received: showShape(shape),
  });
}
