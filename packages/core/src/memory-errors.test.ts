import { expect, test } from 'vitest';
import { OstinatoError } from './errors.js';
import { isOutOfMemory, memoryError } from './memory-errors.js';

function thrownBy(f: () => unknown): unknown {
  try {
    return f();
  } catch (error) {
    return error;
  }
}

test('what this engine says when there is no room is recognised', () => {
  expect(isOutOfMemory(thrownBy(() => new Float32Array(2 ** 40)))).toBe(true);
  expect(isOutOfMemory(thrownBy(() => new ArrayBuffer(2 ** 52)))).toBe(true);
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1 });
  expect(isOutOfMemory(thrownBy(() => memory.grow(1)))).toBe(true);
  expect(isOutOfMemory(new OstinatoError('heap-exhausted', { where: 'heap', what: 'Full' }))).toBe(true);
});

test.each([
  new RangeError('Array buffer allocation failed'),
  new RangeError('invalid array length'),
  new Error('out of memory'),
  new WebAssembly.RuntimeError('Aborted(OOM)'),
  new WebAssembly.RuntimeError('memory access out of bounds'),
])('%s', (error) => {
  expect(isOutOfMemory(error)).toBe(true);
});

test.each([
  new RangeError('toFixed() digits argument must be between 0 and 100'),
  new TypeError('x is not a function'),
  new OstinatoError('shape-mismatch', { where: 'lstm', what: 'Out of memory is not the matter' }),
  'out of memory',
])('other errors are not taken for it: %s', (error) => {
  expect(isOutOfMemory(error)).toBe(false);
});

test('the error says who asked for how much', () => {
  const cause = new RangeError('Array buffer allocation failed.');
  const error = memoryError(
    'lstm/kernel',
    'this weight',
    [
      [3000, 1000],
      [null, 2],
    ],
    cause,
  );
  expect(error.message).toBe(
    '[lstm/kernel] There is not enough memory for this weight: Array buffer allocation failed. ' +
      'Received a request for f32[3000, 1000] and f32[?, 2], 12.0 MB. Use smaller batches, shorter sequences or fewer ' +
      'units, and dispose tensors that are no longer needed. (memory)',
  );
  expect(error.cause).toBe(cause);
});
