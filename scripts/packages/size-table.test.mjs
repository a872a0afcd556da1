import { expect, it } from 'vitest';
import { sizeTable } from './size-table.mjs';

it('shows sizes under one another and names what is over its limit or has none', () => {
  const { table, problems } = sizeTable([
    { title: '@ostinato/core', gzip: 12_345, limit: 13_000 },
    { title: 'a', gzip: 100, limit: 99 },
    { title: 'b', gzip: 1, limit: undefined },
  ]);
  expect(table.split('\n')[1]).toBe('  @ostinato/core    12.3 kB    13.0 kB');
  expect(problems).toEqual([
    'a is 1 bytes over its limit of 99',
    'b has no limit in scripts/packages/size-limits.json',
  ]);
});
