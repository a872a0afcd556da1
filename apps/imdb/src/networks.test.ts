/** The networks beside the plain one, batches by length, and threads: trained, tested again, and asked. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { RunFigures } from './run-figures.js';
import { type Outcome, runMain } from './test-support/run-main.js';
import { smallNetwork, tinyPlace } from './test-support/tiny-place.js';

const place = tinyPlace();
const train = (...more: string[]): Promise<Outcome> =>
  runMain(['train', '--data', place.data, ...smallNetwork, ...more]);

it.each(['lstm', 'gru', 'bi-lstm'])('%s is trained, tested again, and judges', async (model) => {
  const run = ['--run', model];
  const argv = [
    '--model',
    model,
    '--fused',
    'required',
    '--json',
    'gated.json',
    '--validation-split',
    '0',
    '--out',
    model,
  ];
  const { code, stdout, lines } = await train(...argv);
  expect(code).toBe(0);
  expect(stdout).toMatch(/Kernels {2}fused: .*(lstm|gru)\.sequence/);
  expect(stdout).toMatch(/^Epoch 2\/2 .* accuracy \d\.\d{4}$/m);
  expect(await place.json('gated.json')).toMatchObject({ model, kernels: 'fused' });
  const again = await runMain(['evaluate', ...run]);
  expect(again.stdout).toContain('The same figures as at the end of its run.');
  expect(again.lines.at(-1)).toBe(lines.at(-1));
  const judged = await runMain(['predict', ...run, '--quiet', 'good good word9']);
  expect(judged.stdout).toMatch(/^0\.\d{4} {2}(positive|negative) {2}good good word9\n$/);
});

it('bi-lstm reads both ways with weights of their own', async () => {
  await train('--model', 'bi-lstm', '--json', 'both.json', '--quiet', '--epochs', '1');
  const direction = 4 * (4 * 3 + 3 * 3 + 3);
  expect(await place.json('both.json')).toMatchObject({ params: 60 * 4 + 2 * direction + 2 * 3 + 1 });
});

it('--bucket trains on batches by length, says so, and is tested again in the same way', async () => {
  const argv = ['--bucket', '--batch-size', '4', '--max-len', '12', '--json', 'bucket.json'];
  const { code, stdout, stderr, lines } = await train(...argv);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain('Batches  by length, padding masked\n');
  expect(stdout).toContain('Results  runs/imdb-simple-rnn-bucket-seed42\n');
  const figures = await place.json<RunFigures>('bucket.json');
  expect(figures).toMatchObject({ bucketed: true, settings: { batches: 'by length, padding masked' } });
  expect(figures.epochs[1]).toHaveProperty('valAccuracy');
  const again = await runMain(['evaluate', '--run', 'runs/imdb-simple-rnn-bucket-seed42']);
  expect(again.stdout).toContain('Batches  by length, padding masked\n');
  expect(again.stdout).toContain('The same figures as at the end of its run.');
  expect(again.lines.at(-1)).toBe(lines.at(-1));
  const report = await readFile(join(place.path, 'runs/imdb-simple-rnn-bucket-seed42/report.html'), 'utf8');
  expect(report).toContain('<dt>batches</dt><dd>by length, padding masked</dd>');
  const judged = await runMain([
    'predict',
    '--run',
    'runs/imdb-simple-rnn-bucket-seed42',
    '-q',
    'bad',
    'good',
  ]);
  expect(judged.stdout).toMatch(/^0\.\d{4} .* bad\n0\.\d{4} .* good\n$/);
});

it('gives the same weights on any number of threads, and without kernels says why it is one', async () => {
  const digests = new Set<string>();
  for (const threads of ['1', '2', '3']) {
    await train('--threads', threads, '--json', 'threads.json', '--epochs', '1', '--quiet');
    const figures = await place.json<RunFigures>('threads.json');
    expect(figures.threads).toBe(Number(threads));
    expect(figures).not.toHaveProperty('threadsReason');
    digests.add(figures.weightsSha256);
  }
  expect(digests.size).toBe(1);
  const { stdout } = await train('--threads', '3', '--fused', 'off', '--json', 'threads.json');
  expect(stdout).toContain("Threads  1 of 3: no fused kernels (fused: 'off')\n");
  expect(await place.json('threads.json')).toMatchObject({
    threads: 1,
    threadsReason: "no fused kernels (fused: 'off')",
  });
});

it('a model by itself still masks, and reads as many words as the recipe does', async () => {
  await train('--bucket', '--max-len', '500', '--out', 'whole', '--json', 'whole.json', '--quiet');
  const file = join(place.path, 'alone.safetensors');
  await writeFile(file, await readFile(join(place.path, 'whole/model.safetensors')));
  const argv = ['evaluate', '--model-file', file, '--data', place.data, '--json', 'alone.json'];
  expect((await runMain(argv)).stdout).toContain('Batches  by length, padding masked\n');
  const { test } = await place.json<RunFigures>('whole.json');
  expect(await place.json('alone.json')).toMatchObject({ bucketed: true, test });
});
