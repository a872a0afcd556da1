import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, expect, test } from 'vitest';
import { withoutRethrowing } from './rethrowing-listeners.js';

const EVENT = 'unhandledRejection';
const present = process.listeners(EVENT);

afterEach(() => {
  for (const listener of process.listeners(EVENT)) {
    if (!present.includes(listener)) process.off(EVENT, listener);
  }
});

test.each([
  'function (ex) { if (!(ex instanceof ExitStatus)) {\n throw ex;\n } }',
  'function(ex){if(!(ex instanceof ExitStatus)){throw ex}}',
  'function(e){if(!(e instanceof $e))throw e}',
  'function (reason) { throw reason; }',
  '(e)=>{throw e}',
])('%s is taken off', async (source) => {
  const listener = new Function(`return ${source}`)() as () => void;
  const made = await withoutRethrowing(async () => {
    process.on(EVENT, listener);
    return 3;
  });
  expect(made).toBe(3);
  expect(process.listeners(EVENT)).toEqual(present);
});

test('what was there before stays, and what does more', async () => {
  const before = (reason: unknown) => {
    throw reason;
  };
  const logs = (reason: unknown): void => {
    console.error(reason);
    throw reason;
  };
  process.on(EVENT, before);
  await withoutRethrowing(async () => process.on(EVENT, logs));
  expect(process.listeners(EVENT)).toEqual([...present, before, logs]);
});

test('also when the start fails', async () => {
  const start = async (): Promise<void> => {
    process.on(EVENT, (reason) => {
      throw reason;
    });
    throw new Error('no start');
  };
  await expect(withoutRethrowing(start)).rejects.toThrow('no start');
  expect(process.listeners(EVENT)).toEqual(present);
});

test('a program that logs its uncaught errors goes on with the wasm backend', async () => {
  const index = fileURLToPath(new URL('../dist/index.js', import.meta.url));
  const program = `
    import { useBackend } from ${JSON.stringify(index)};
    await useBackend('wasm');
    process.on('uncaughtException', (error) => console.log('told of', error.message));
    process.on('unhandledRejection', (error) => console.log('told of', error.message));
    setTimeout(() => { throw new Error('one'); }, 0);
    setTimeout(() => void Promise.reject(new Error('two')), 10);
    setTimeout(() => console.log('alive'), 50);
  `;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program]);
  expect(stdout).toBe('told of one\ntold of two\nalive\n');
});
