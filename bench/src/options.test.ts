import { expect, it } from 'vitest';
import { parseOptions } from './options.js';

it('measures the targets when nothing is asked for', () => {
  expect(parseOptions([])).toEqual({
    help: false,
    json: undefined,
    targets: { data: undefined, withPeer: true },
    program: undefined,
    buckets: undefined,
    table: undefined,
  });
});

it('measures every size of the issue with every peer, on one thread', () => {
  const { table, targets } = parseOptions(['table']);
  expect(targets).toBeUndefined();
  expect(table!.sizes).toHaveLength(4 * 2 * 4);
  expect(new Set(table!.sizes.map(String)).size).toBe(32);
  expect(table).toMatchObject({
    layers: ['simpleRNN', 'lstm', 'gru'],
    peers: ['tfjs-layers', 'keras-tensorflow', 'keras-jax', 'keras-torch', 'torch'],
    threads: 1,
    quick: false,
  });
});

it('takes lists, each entry once, and both sections', () => {
  const { targets, table } = parseOptions(
    'targets table --layers gru,lstm --sizes 64x500x32,1x50x7,64x500x32 --peers torch,torch --threads 2'.split(
      ' ',
    ),
  );
  expect(targets).toBeDefined();
  expect(table).toMatchObject({ layers: ['gru', 'lstm'], peers: ['torch'], threads: 2 });
  expect(table!.sizes).toEqual([
    [64, 500, 32],
    [1, 50, 7],
  ]);
  expect(parseOptions(['table', '--peers', 'none']).table!.peers).toEqual([]);
  expect(parseOptions(['table', '--quick']).table!.sizes.length).toBeLessThan(8);
});

it.each([
  [
    'table --layers lstn',
    "There is no such layer. Expected one of simpleRNN, lstm, gru; received 'lstn'. Did you mean 'lstm'",
  ],
  [
    'tabel',
    "There is no such section. Expected one of targets, program, buckets, table; received 'tabel'. Did you mean 'table'",
  ],
  [
    'table --peers jax',
    "There is no such peer. Expected one of tfjs-layers, keras-tensorflow, keras-jax, keras-torch, torch; received 'jax'",
  ],
  [
    'table --sizes 64x500',
    "A size has three parts. Expected e.g. 64x500x32: batch, steps, units; received '64x500'",
  ],
  ['table --sizes 64x0x32', "`--sizes` is no size. Expected a positive integer; received '0'"],
  ['table --threads two', "`--threads` is no size. Expected a positive integer; received 'two'"],
  ['--quick', '`--quick` belongs to `table`. Expected `table` among the arguments'],
  ['table --no-peer', '`--no-peer` belongs to `targets`. Expected `targets` among the arguments'],
  ['table --size 1x2x3', "Unknown option '--size'"],
])('refuses %s', (line, message) => {
  expect(() => parseOptions(line.split(' '))).toThrow(message);
});

it('runs the program as often as it is told, on the data of the targets', () => {
  const options = parseOptions(['program', 'targets', '--data', 'a.npz', '--pairs', '5']);
  expect(options).toMatchObject({ program: { data: 'a.npz', pairs: 5 }, targets: { data: 'a.npz' } });
  expect(parseOptions(['program']).program).toEqual({ data: undefined, pairs: 3 });
  expect(() => parseOptions(['table', '--pairs', '2'])).toThrow('`--pairs` belongs to `program`');
  expect(() => parseOptions(['table', '--data', 'x'])).toThrow(
    '`--data` belongs to `targets` or `program` or `buckets`',
  );
  expect(() => parseOptions(['program', '--pairs', '0'])).toThrow('(bench-option)');
});

it('trains the models it is told, with seeds and threads', () => {
  const options = parseOptions('buckets --data a.npz --seeds 3 --models gru,lstm,gru --threads 1'.split(' '));
  expect(options.buckets).toEqual({ data: 'a.npz', models: ['gru', 'lstm'], seeds: 3, threads: 1 });
  const defaults = { data: undefined, models: ['simple-rnn'], seeds: 5, threads: 2 };
  expect(parseOptions(['buckets']).buckets).toEqual(defaults);
  expect(() => parseOptions(['buckets', '--models', 'rnn'])).toThrow('There is no such model');
  expect(() => parseOptions(['table', '--seeds', '3'])).toThrow('`--seeds` belongs to `buckets`');
});
