import { expect, it } from 'vitest';
import { figuresJson } from './figures-json.js';

it('has a line a row and six figures a number', () => {
  const figures = {
    table: {
      threads: 1,
      rows: [
        { peer: 'ours', millis: 1.23456789, job: { units: 32 } },
        { peer: 'torch', untimed: 'failed: "x" @list 0' },
      ],
      missing: [{ name: 'keras-jax' }],
    },
    targets: { steps: [], ceiling: 59.0123456 },
  };
  const text = figuresJson(figures);
  expect(text).toContain('\n{"peer":"ours","millis":1.23457,"job":{"units":32}},\n{"peer":"torch"');
  expect(JSON.parse(text)).toEqual({
    table: { ...figures.table, rows: [{ ...figures.table.rows[0], millis: 1.23457 }, figures.table.rows[1]] },
    targets: { steps: [], ceiling: 59.0123 },
  });
});
