/** A training whose loss is lost: here by an optimizer that blows the weights up. */
import { mkdtemp, readFile, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRegistry, type ParamUpdate } from '@ostinato/core';
import { layers } from '@ostinato/layers';
import { loadModel } from '@ostinato/training';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { runMain } from './test-support/run-main.js';
import { writeTinyImdb } from './test-support/tiny-imdb.js';

vi.mock('./recipe.js', async (original) => {
  const recipe = await original<typeof import('./recipe.js')>();
  const createModel: typeof recipe.createModel = (...args) => {
    const model = recipe.createModel(...args);
    const update = (params: readonly ParamUpdate[]) =>
      params.map(({ param, slots }) => ({ param: tf.mul(param, 1e32), slots }));
    const optimizer = { name: 'sgd', config: {}, learningRate: 1, init: () => ({}), update };
    model.compile({ optimizer, loss: 'binaryCrossentropy', metrics: ['accuracy'] });
    return model;
  };
  return { ...recipe, createModel };
});

let place: string;

beforeAll(async () => {
  place = await realpath(await mkdtemp(join(tmpdir(), 'ostinato-nan-')));
  vi.spyOn(process, 'cwd').mockReturnValue(place);
});

afterAll(async () => {
  vi.restoreAllMocks();
  await rm(place, { recursive: true });
});

it('says the step, keeps the last good weights, history and report, and ends with 1', async () => {
  const data = await writeTinyImdb(place);
  const argv = ['--data', data, '--offline', '--batch-size', '4', '--max-len', '8', '--num-words', '60'];
  const { code, stderr, stdout } = await runMain([
    ...argv,
    '--units',
    '3',
    '--out',
    'run',
    '--json',
    'run/out.json',
  ]);
  expect(code).toBe(1);
  expect(stderr).toMatch(/^\[Sequential\.fit\] .*epoch 1 of 10, batch \d of 5.*\(loss-nan\)\n$/);
  expect(stdout).not.toContain('Test Accuracy');

  const figures = JSON.parse(await readFile(join(place, 'run/out.json'), 'utf8'));
  expect(figures).toMatchObject({ test: null, epochs: [], ended: expect.stringContaining('(loss-nan)') });
  expect(await readFile(join(place, 'run/report.html'), 'utf8')).toContain('(loss-nan)');
  const model = await loadModel(join(place, 'run/model.safetensors'), { registry: createRegistry([layers]) });
  for (const { data: weights } of await model.getWeights()) expect(weights.every(Number.isFinite)).toBe(true);
  expect(await model.weightsSha256()).toBe(figures.weightsSha256);
});

it('compare goes on with the next network, says what stopped each, and ends with 1', async () => {
  const data = await writeTinyImdb(place);
  const argv = [
    'compare',
    '--data',
    data,
    '--offline',
    '--batch-size',
    '4',
    '--max-len',
    '8',
    '--units',
    '3',
  ];
  const { code, stderr, stdout } = await runMain([...argv, '--models', 'gru,lstm', '--out', 'both']);
  expect(code).toBe(1);
  expect(stderr).toMatch(/^gru: \[.*\(loss-nan\)\nlstm: \[.*\(loss-nan\)\n$/);
  expect(stdout).toMatch(/^gru +– +– +– +– +– +\S+ s +\S+$/m);
  const figures = JSON.parse(await readFile(join(place, 'both/compare.json'), 'utf8'));
  expect(figures).toMatchObject({
    ended: 'finished',
    models: [{ ended: expect.stringContaining('(loss-nan)') }, { best: null, test: null }],
  });
  expect(await readFile(join(place, 'both/compare.html'), 'utf8')).toMatch(
    /class="notice">gru: .*\(loss-nan\)/,
  );
});
