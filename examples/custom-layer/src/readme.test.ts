// The README shows the code of this package: `// src/FILE` a whole file, `// from src/FILE` lines of it in their order.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const read = (path: string): string => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');

const linesOf = (code: string): string[] =>
  code
    .replace(/\/\*\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '')
    .split('\n')
    .filter((line) => line.trim() !== '');

const fences = [...read('README.md').matchAll(/^```ts[^\n]*\n\/\/ (from )?(src\/\S+)\n([\s\S]*?)^```$/gm)];
const shown = fences.map(([, part, file, code]) => ({ part, file: file!, code: code! }));

test.each(shown.filter(({ part }) => !part))('$file stands in the README as it is', ({ file, code }) => {
  expect(linesOf(code)).toEqual(linesOf(read(file)));
});

test.each(shown.filter(({ part }) => part))('the README shows lines of $file', ({ file, code }) => {
  const source = linesOf(read(file));
  let place = -1;
  for (const line of linesOf(code)) {
    const next = source.indexOf(line, place + 1);
    expect(next, `'${line}' comes after line ${place} of the code`).toBeGreaterThan(place);
    place = next;
  }
});

test('the README shows the cell, the layer, the plugin and the test', () => {
  const files = ['src/mgu-cell.ts', 'src/mgu.ts', 'src/plugin.ts', 'src/conformance.test.ts'];
  expect(shown.map(({ file }) => file)).toEqual(files);
});
