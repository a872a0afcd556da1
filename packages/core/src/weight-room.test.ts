import { expect, test } from 'vitest';
import { takeRoom, withinRoom } from './weight-room.js';

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
