import { expect, test } from 'vitest';
import { readGraph } from './read-graph.js';

const graphWith = (value: unknown) => ({
  inputs: [{ name: 'x', shape: [2] }],
  calls: [],
  outputs: [{ name: 'y', value: value as number }],
  form: 'one',
});

test.each(['length', 'toString', '0', -1, 1, 0.5, null])(
  'an output that is no value of the graph: %j',
  (value) => {
    expect(() => readGraph(graphWith(value), [], 'file')).toThrow(/\[file\].*an output is none.*model-file/);
  },
);

test('an output that is one', () => {
  expect(readGraph(graphWith(0), [], 'file').plan.outputs).toEqual([{ name: 'y', value: 0 }]);
});
