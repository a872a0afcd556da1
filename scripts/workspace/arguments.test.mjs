import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from './layout.mjs';
import { run } from './run.mjs';

const script = join(root, 'scripts/check-streaming.mjs');

test('--help prints what a script begins with, and does nothing', async () => {
  const { code, stdout } = await run(process.execPath, [script, '--help']);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^node scripts\/check-streaming\.mjs \[--rows N\]: writes a CSV/);
  expect(stdout).not.toMatch(/Writing|import/);
});

test.each([
  [['--row', '5'], "Unknown option '--row'"],
  [['--rows', 'many'], "--rows is a whole number, not 'many'"],
  [['--rows', '-1'], '--rows'],
  [['--rows'], '--rows'],
])('%j is refused in a line, and explained', async (args, message) => {
  const { code, output, stdout } = await run(process.execPath, [script, ...args]);
  expect(code).toBe(1);
  expect(output).toContain(message);
  expect(output).toContain('node scripts/check-streaming.mjs [--rows N]');
  expect(output).not.toContain('    at ');
  expect(stdout).toBe('');
});
