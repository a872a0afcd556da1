/** Running out of memory: recognised by what engines and backends say, told with what was asked. */
import { isOstinatoError, OstinatoError } from './errors.js';
import { type Shape, showShape } from './shapes.js';

/** What V8, SpiderMonkey, JavaScriptCore, tfjs' backends and WebAssembly say when there is no room. */
const SAYINGS =
  /allocation failed|out of memory|invalid (typed )?array (buffer )?length|array size is not a small enough|memory access out of bounds|cannot enlarge memory|memory\.grow|failed to grow|enlarge the (heap|memory)|unable to grow|\(oom\)/i;

/** Whether an error says that memory ran out. */
export function isOutOfMemory(error: unknown): boolean {
  if (isOstinatoError(error)) return error.code === 'heap-exhausted' || error.code === 'memory';
  return error instanceof Error && SAYINGS.test(error.message);
}

/**
 * The error `memory`: who asked, for what, and how many bytes that takes.
 *
 * `asked`: shapes of 32-bit numbers
 */
export function memoryError(
  where: string,
  what: string,
  asked: readonly Shape[],
  cause: unknown,
): OstinatoError {
  const sizes = asked.map((shape) => shape.reduce<number>((size, axis) => size * (axis ?? 1), 4));
  const shapes = asked.map((shape) => `f32${showShape(shape)}`).join(' and ');
  const reason = cause instanceof Error ? cause.message.replace(/\.$/, '') : String(cause);
  return new OstinatoError('memory', {
    where,
    what: `There is not enough memory for ${what}: ${reason}`,
    ...(asked.length > 0
      ? { received: `a request for ${shapes}, ${showBytes(sizes.reduce((sum, size) => sum + size, 0))}` }
      : {}),
    fix: 'Use smaller batches, shorter sequences or fewer units, and dispose tensors that are no longer needed',
    cause,
  });
}

/**
 * What to throw in place of an error: `memory` for one that says that memory ran out, and names nobody yet; else itself.
 *
 * `asked`: shapes of 32-bit numbers, or how to find them
 */
export function orMemoryError(
  error: unknown,
  where: string,
  what: string,
  asked: readonly Shape[] | (() => readonly Shape[]) = [],
): unknown {
  if (!isOutOfMemory(error) || isOstinatoError(error, 'memory')) return error;
  return memoryError(where, what, typeof asked === 'function' ? asked() : asked, error);
}

function showBytes(bytes: number): string {
  if (bytes < 1e6) return `${bytes} bytes`;
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}
