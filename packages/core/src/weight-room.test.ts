import { expect, test } from 'vitest';
import { inMemory, takeRoom, withinRoom } from './weight-room.js';

test('weights may have as many numbers together as there is room for, and no more', () => {
  takeRoom('a', [1e9, 1e9]);
  withinRoom(12, () => {
    takeRoom('a/kernel', [3, 3]);
    takeRoom('a/none', [0, 1e9]);
    expect(() => takeRoom('a/bias', [4])).toThrow(
      /\[a\/bias\] There are fewer.*at most 3 more; received f32\[4\].*weights-room/,
    );
    expect(() => takeRoom('a/bias', [Number.NaN])).toThrow(/weights-room/);
    takeRoom('a/bias', [3]);
    expect(() => withinRoom(100, () => takeRoom('b', [1]))).toThrow(/at most 0 more/);
  });
  takeRoom('a', [1e9]);
});

test('a failed build ends the bound too', () => {
  const fail = () => {
    throw new Error('layer');
  };
  expect(() => withinRoom(1, fail)).toThrow('layer');
  expect(() => takeRoom('a', [2])).not.toThrow();
});

test('memory that cannot be had is an error that says how much was asked for', () => {
  const shape = [2 ** 20, 2 ** 20];
  expect(() => inMemory('lstm/kernel', shape, () => new Float32Array(2 ** 40))).toThrow(
    /\[lstm\/kernel\].*received f32\[1048576, 1048576\], 4194304 MB.*weights-memory/,
  );
  const broken = () => {
    throw new TypeError('of an initializer');
  };
  expect(() => inMemory('lstm/kernel', shape, broken)).toThrow('of an initializer');
});
