// docs/decisions: work that lands at the same time takes the same number.
import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const folder = new URL('../../docs/decisions/', import.meta.url);
const files = readdirSync(folder).filter((name) => /^\d/.test(name));

it('decisions are numbered from 1 without gaps, in their names and titles', () => {
  const numbers = files.map((name) => Number(name.slice(0, 4))).sort((a, b) => a - b);
  expect(numbers).toEqual(files.map((_, index) => index + 1));
  for (const name of files) {
    expect(readFileSync(new URL(name, folder), 'utf8')).toMatch(
      new RegExp(`^# ${Number(name.slice(0, 4))}\\. `),
    );
  }
});
