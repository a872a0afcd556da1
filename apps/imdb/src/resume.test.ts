// A run that was broken off goes on, and ends as if nothing had happened.
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import type { TrainingRecord } from './files/training-record.js';
import type { RunFigures } from './run-figures.js';
import { runMain } from './test-support/run-main.js';
import { smallNetwork, tinyPlace } from './test-support/tiny-place.js';

const place = tinyPlace();
let whole: RunFigures;

const train = (more: readonly string[], onText?: (text: string) => void) =>
  runMain(['train', ...more], '', {}, onText);
const first = (out: string, ...more: string[]): string[] => {
  const recipe = ['--data', place.data, ...smallNetwork, '--epochs', '3', '--batch-size', '5'];
  return [...recipe, '--seed', '3', '--out', out, ...more];
};

/** Presses Ctrl-C when the program prints a line that begins so. */
const pressAt =
  (start: string, signal: 'SIGINT' | 'SIGTERM' = 'SIGINT') =>
  (text: string): void => {
    if (text.startsWith(start)) process.emit(signal, signal);
  };

/** What the result is made of. */
const resultOf = ({ weightsSha256, epochs, test, ended }: RunFigures) => ({
  weightsSha256,
  epochs: epochs.map(({ seconds: _, ...figures }) => figures),
  test,
  ended,
});

beforeAll(async () => {
  const { code } = await train(first('whole', '--json', 'whole.json'));
  expect(code).toBe(0);
  whole = await place.json<RunFigures>('whole.json');
});

describe.each([
  ['Epoch 1/3', 'SIGINT', 130, 'Going on with epoch 2 of 3.'],
  ['Epoch 2/3', 'SIGTERM', 143, 'Going on with epoch 3 of 3.'],
  ['Testing on', 'SIGINT', 130, 'All epochs are done; the test is left.'],
] as const)('broken off at "%s" by %s', (line, signal, code, told) => {
  it('goes on from there to the same weights, history and test', async () => {
    const out = `broken-${line.slice(0, 7).replace(/\W/g, '')}`;
    const broken = await train(first(out), pressAt(line, signal));
    expect(broken.code).toBe(code);
    expect(broken.stderr).toContain(`It goes on with: ostinato-imdb train --resume ${out}\n`);
    expect((await readdir(join(place.path, out, 'checkpoints'))).length).toBeGreaterThan(0);
    const again = await train(['--resume', out, '--json', `${out}.json`, '--threads', '1']);
    expect(again).toMatchObject({ code: 0, stderr: '' });
    expect(again.lines).toContain(told);
    expect(again.lines.at(-1)).toMatch(/^Test Accuracy: /);
    expect(resultOf(await place.json(`${out}.json`))).toEqual(resultOf(whole));
    expect((await readdir(join(place.path, out))).sort()).toEqual(
      (await readdir(join(place.path, 'whole'))).sort(),
    );
  });
});

it.each(['lstm', 'bi-lstm'])('%s with batches by length goes on to the same result', async (model) => {
  const how = ['--model', model, '--bucket'];
  await train(first(`${model}-whole`, ...how, '--json', `${model}-whole.json`));
  const broken = await train(first(`${model}-broken`, ...how), pressAt('Epoch 1/3'));
  expect(broken.code).toBe(130);
  expect((await train(['--resume', `${model}-broken`, '--json', `${model}.json`])).code).toBe(0);
  const expected = resultOf(await place.json(`${model}-whole.json`));
  expect(resultOf(await place.json(`${model}.json`))).toEqual(expected);
});

it('the record tells what computed each session, and how it ended', async () => {
  await train(first('recorded', '--threads', '2'), pressAt('Epoch 1/3'));
  await train(['--resume', 'recorded', '--threads', '1']);
  const record = await place.json<TrainingRecord>('recorded/training.json');
  expect(record).toMatchObject({
    format: 1,
    settings: { model: 'simple-rnn', epochs: 3, batchSize: 5, seed: 3, data: place.data, backend: 'wasm' },
    data: { sha256: whole.data.sha256 },
    sessions: [
      { how: 'interrupted', threads: 2, flags: { epochs: 3, threads: 2 } },
      { how: 'finished', threads: 1, flags: { resume: 'recorded', threads: 1 } },
    ],
  });
  for (const session of record.sessions) {
    expect(session).toMatchObject({
      node: process.version,
      system: expect.stringContaining(process.platform),
      backend: 'wasm',
      simd: true,
      kernels: 'fused',
      commit: expect.toSatisfy((commit) => commit === null || /^[0-9a-f]{40}(-dirty)?$/.test(commit)),
    });
    expect(Object.keys(session.packages)).toContain('@ostinato/training');
    expect(Date.parse(session.started)).toBeLessThanOrEqual(Date.parse(session.ended!));
  }
});

it('a run that was killed before its first checkpoint begins again', async () => {
  await train(first('early'), pressAt('Epoch 1/3'));
  await rm(join(place.path, 'early', 'checkpoints'), { recursive: true });
  await mkdir(join(place.path, 'early', '.partial-left'));
  const { code } = await train(['--resume', 'early', '--json', 'early.json']);
  expect(code).toBe(0);
  expect(resultOf(await place.json('early.json'))).toEqual(resultOf(whole));
  expect(await readdir(join(place.path, 'early'))).not.toContain('.partial-left');
});

it('a new run beside one that was broken off says how that one goes on; npm start in its own words', async () => {
  const argv = ['--data', place.data, ...smallNetwork, '--seed', '8'];
  await train(argv, pressAt('Epoch 1/2'));
  vi.stubEnv('npm_lifecycle_event', 'start');
  const { lines } = await train(argv);
  vi.stubEnv('npm_lifecycle_event', undefined);
  const name = 'runs/imdb-simple-rnn-seed8';
  expect(lines[0]).toBe(
    `This begins a new run. Unless ${name} still runs, it was broken off, and goes on with: npm start -- train --resume ${name}`,
  );
  await train(['--resume', name]);
  expect((await train(argv)).lines[0]).toBe('Loading the reviews …');
});

it('a damaged checkpoint is told, and the one before it is taken', async () => {
  await train(first('damaged', '--checkpoint-every', '1'), pressAt('Epoch 2/3'));
  const folder = join(place.path, 'damaged', 'checkpoints');
  const newest = (await readdir(folder)).sort().at(-1)!;
  await writeFile(join(folder, newest), 'half');
  const { code, stderr } = await train(['--resume', 'damaged', '--json', 'damaged.json']);
  expect(code).toBe(0);
  expect(stderr).toMatch(new RegExp(`${newest}.*\\(checkpoint-damaged\\)\nGoing on from checkpoint-`));
  expect(resultOf(await place.json('damaged.json'))).toEqual(resultOf(whole));
});

describe('what cannot go on', () => {
  it.each<[string, string[], number, string]>([
    ['no run', ['--resume', 'nowhere'], 1, 'resume-none'],
    ['a finished run', ['--resume', 'whole'], 1, 'resume-finished'],
    ['another seed', ['--resume', 'open', '--seed', '4'], 2, 'usage-resume-conflict'],
    ['another length', ['--resume', 'open', '--max-len', '9'], 2, 'usage-resume-conflict'],
    ['another backend', ['--resume', 'open', '--backend', 'cpu'], 2, 'usage-resume-conflict'],
    ['a record that is none', ['--resume', 'spoilt'], 1, 'resume-form'],
    ['a newer record', ['--resume', 'newer'], 1, 'run-newer'],
    ['a folder that is taken', ['--out', 'open'], 1, 'out-taken'],
  ])('%s', async (_, argv, code, error) => {
    if (!(await readdir(place.path)).includes('open')) await train(first('open'), pressAt('Epoch 1/3'));
    for (const [name, text] of [
      ['spoilt', '{}'],
      ['newer', '{"format":2}'],
    ] as const) {
      await mkdir(join(place.path, name), { recursive: true });
      await writeFile(join(place.path, name, 'training.json'), text);
    }
    const outcome = await train(argv);
    expect(outcome).toMatchObject({ code, stderr: expect.stringContaining(`(${error})`) });
  });

  it('the same option is no contradiction, and other reviews are told', async () => {
    await train(first('moved'), pressAt('Epoch 1/3'));
    const sample = await train(['--resume', 'moved', '--data', join(place.path, 'whole', 'run.json')]);
    expect(sample.code).toBe(1);
    const record = await place.json<TrainingRecord>('moved/training.json');
    const other = { ...record, data: { ...record.data, sha256: '0'.repeat(64) } };
    await writeFile(join(place.path, 'moved', 'training.json'), JSON.stringify(other));
    const refused = await train(['--resume', 'moved', '--seed', '3', '--data', place.data]);
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('(resume-data)') });
    await writeFile(join(place.path, 'moved', 'training.json'), JSON.stringify(record));
    const lost = { ...record, settings: { ...record.settings, data: join(place.path, 'lost.npz') } };
    await writeFile(join(place.path, 'moved', 'training.json'), JSON.stringify(lost));
    const { stderr } = await train(['--resume', 'moved']);
    expect(stderr).toMatch(/not where they were\. .*lost\.npz.* with --data\. \(resume-data\)/);
    expect((await train(['--resume', 'moved', '--seed', '3', '--data', place.data])).code).toBe(0);
  });
});
