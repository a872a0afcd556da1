// Which keys are file names on every system.
import { expect, test } from 'vitest';
import { checkKey, storageError } from './storage-errors.js';

test.each(['con', 'NUL', 'runs/aux.txt', 'Com1.bin', 'lpt9', 'half \ud800', '\udc00'])(
  'not the key %j',
  (key) => {
    expect(() => checkKey(key, 'test')).toThrow(/\(storage-key\)/);
  },
);

test.each(['console', 'null.txt', 'com10', 'lpt', '日本', '😀.bin', '__proto__', 'a/b/c'])(
  'the key %j',
  (key) => {
    expect(() => checkKey(key, 'test')).not.toThrow();
  },
);

test('a name that is too long for the file system is said to be the key', () => {
  const cause = Object.assign(new Error('name too long'), { code: 'ENAMETOOLONG' });
  const error = storageError({ storage: 'test', doing: "write 'a'" }, cause);
  expect(error).toMatchObject({ code: 'storage-key', cause, message: expect.stringMatching(/shorter key/) });
});
