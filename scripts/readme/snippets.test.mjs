import { expect, it } from 'vitest';
import { importedPackages, snippets } from './snippets.mjs';

const fence = '```';

it('finds the TypeScript of a README with its line, and leaves other languages alone', () => {
  const readme = [
    '# Title',
    '',
    `${fence}sh`,
    'npm start',
    fence,
    '',
    `${fence}ts`,
    'const a = 1;',
    '',
    'a;',
    fence,
    '',
  ];
  expect(snippets(readme.join('\n'))).toEqual([{ code: 'const a = 1;\n\na;\n', line: 8, skip: undefined }]);
});

it('leaves out a snippet only with a reason', () => {
  const marked = (/** @type {string} */ info) => `${fence}ts ${info}\nawait download();\n${fence}\n`;
  expect(snippets(marked('no-run: downloads 17 MB'))[0]?.skip).toBe('downloads 17 MB');
  expect(snippets(marked('runnable'))[0]?.skip).toBeUndefined();
  expect(() => snippets(marked('no-run'))).toThrow(/gives its reason/);
});

it('names the packages of imports of every form, once each', () => {
  const code = `
    import { a } from '@ostinato/core';
    import type { B } from "@tensorflow/tfjs-core/dist/types";
    import 'side';
    const c = await import('@ostinato/core');
    import { readFile } from 'node:fs/promises';
    import { d } from './local.js';`;
  expect(importedPackages(code)).toEqual(['@ostinato/core', '@tensorflow/tfjs-core', 'side']);
});
