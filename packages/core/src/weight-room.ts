/**
 * How many numbers the weights of a build may have together.
 *
 * Whoever builds from a file that may come from anyone knows how many the file holds: a description of a few bytes that asks
 * for more must not fill the memory. Building is synchronous, so the bound holds for one call and everything it builds, models
 * within models too.
 */
import { OstinatoError } from './errors.js';
import { showShape } from './shapes.js';

let room = Number.POSITIVE_INFINITY;

/**
 * Runs `build`; its weights may have at most so many numbers together.
 *
 * Throws   `weights-room` as soon as one more is asked for, before it is made
 *
 * @example
 * withinRoom(elementsInFile, () => model.build(inputShape));
 */
export function withinRoom<T>(numbers: number, build: () => T): T {
  const outside = room;
  room = Math.min(room, numbers);
  try {
    return build();
  } finally {
    room = outside;
  }
}

/** Counts a weight that is about to be made. Throws `weights-room`. */
export function takeRoom(path: string, shape: readonly number[]): void {
  const size = shape.reduce((product, length) => product * length, 1);
  if (!(size <= room)) {
    throw new OstinatoError('weights-room', {
      where: path,
      what: 'There are fewer numbers than the weights want',
      expected: `at most ${room} more`,
      received: `f32${showShape(shape)}`,
    });
  }
  room -= size;
}
