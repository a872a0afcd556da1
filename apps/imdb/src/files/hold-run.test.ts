import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir, uptime } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { holdRun } from './hold-run.js';
import { type Mark, markOf } from './process-mark.js';

let sleeper: ChildProcess;
let folder: string;

/** A process that does nothing, and can be asked to end. */
const sleep = () =>
  spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1000)'], { stdio: 'ignore' });
const end = async (child: ChildProcess) => {
  child.kill('SIGKILL');
  await once(child, 'exit');
};

beforeAll(() => {
  sleeper = sleep();
});
afterAll(() => end(sleeper));
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ostinato-hold-'));
});
afterEach(() => rm(folder, { recursive: true }));

const leave = async (mark: Mark | string, name = '1-left.json') => {
  await mkdir(join(folder, 'running'), { recursive: true });
  await writeFile(join(folder, 'running', name), typeof mark === 'string' ? mark : JSON.stringify(mark));
};
const inside = async () => (await readdir(folder, { recursive: true })).sort();

it('marks the folder until it is let go, and leaves nothing behind', async () => {
  const release = await holdRun(folder);
  const [, file] = await inside();
  expect(await inside()).toEqual(['running', expect.stringMatching(/^running.\d+-\w{6}\.json$/)]);
  expect(JSON.parse(await readFile(join(folder, file!), 'utf8'))).toEqual({
    ...(await markOf(process.pid)),
    uptime: expect.any(Number),
    since: expect.any(String),
  });
  await release();
  expect(await inside()).toEqual([]);
});

it('refuses while another process lives, says which and what to delete, and touches nothing', async () => {
  await leave({ ...(await markOf(sleeper.pid!)), since: '2026-01-02T03:04:05.678Z' });
  const file = join(folder, 'running', '1-left.json');
  const before = [await inside(), await readFile(file, 'utf8')];
  await expect(holdRun(folder)).rejects.toMatchObject({
    code: 'run-busy',
    message:
      `[ostinato-imdb] Process ${sleeper.pid} trains the run in ${folder} since 2026-01-02T03:04:05.678Z. ` +
      `Wait until it has ended, or end it. If no such process trains this run, delete ${file}. (run-busy)`,
  });
  expect([await inside(), await readFile(file, 'utf8')]).toEqual(before);
  await rm(file);
  await (await holdRun(folder))();
});

it('takes over at once from a process that was killed', async () => {
  const child = sleep();
  const mark = await markOf(child.pid!);
  await leave(mark);
  await expect(holdRun(folder)).rejects.toMatchObject({ code: 'run-busy' });
  await end(child);
  await (await holdRun(folder))();
  expect(await inside()).toEqual([]);
});

const tellsStarts = process.platform !== 'win32';
it.skipIf(!tellsStarts)('takes over from a process of which another has the number now', async () => {
  const mark = await markOf(sleeper.pid!);
  expect(mark.born).toMatch(/\d/);
  await leave({ ...mark, born: `${mark.born}0` });
  await (await holdRun(folder))();
  expect(await inside()).toEqual([]);
});

const hasZombies = process.platform === 'linux';
it.skipIf(!hasZombies)('takes over from a killed process that its parent has not buried', async () => {
  const parent = spawn('sh', ['-c', 'sleep 60 & echo $!; exec sleep 60']);
  const [pid] = await once(parent.stdout, 'data');
  const mark = await markOf(Number(pid));
  await leave(mark);
  process.kill(mark.pid, 'SIGKILL');
  await vi.waitFor(async () => expect((await markOf(mark.pid)).born).not.toBe(mark.born));
  await (await holdRun(folder))();
  await end(parent);
});

it.each<[string, (mark: Mark) => Mark]>([
  [
    'of an earlier boot, where no start is known',
    (mark) => ({ ...mark, born: null, uptime: uptime() + 1000 }),
  ],
])('takes over from a process %s', async (_, change) => {
  await leave(change(await markOf(sleeper.pid!)));
  await (await holdRun(folder))();
  expect(await inside()).toEqual([]);
});

it.each<[string, (mark: Mark) => Mark]>([
  ['of this boot, where no start is known', (mark) => ({ ...mark, born: null })],
  ['of another machine', (mark) => ({ ...mark, host: `not-${hostname()}`, pid: 2 ** 30 })],
])('respects a process %s', async (_, change) => {
  const mark = change(await markOf(sleeper.pid!));
  await leave(mark);
  await expect(holdRun(folder)).rejects.toMatchObject({ code: 'run-busy' });
  expect(await inside()).toHaveLength(2);
});

it.each(['', '{"pid":', 'null', '{"pid":0}', '{"pid":-1}'])(
  'takes over what is no mark: %j',
  async (text) => {
    await leave(text);
    await (await holdRun(folder))();
  },
);

it('two that follow a killed process are never both given the run', async () => {
  const child = sleep();
  const dead = await markOf(child.pid!);
  await end(child);
  for (let round = 0; round < 40; round++) {
    await leave(dead);
    const all = await Promise.allSettled(Array.from({ length: 6 }, () => holdRun(folder)));
    const given = all.filter((each) => each.status === 'fulfilled');
    expect(given).toHaveLength(1);
    for (const each of all) {
      if (each.status === 'rejected') expect(each.reason).toMatchObject({ code: 'run-busy' });
    }
    expect(await inside()).toHaveLength(2);
    await given[0]!.value();
    expect(await inside()).toEqual([]);
  }
});

it('who finds a mark dead does not delete the one that took its place meanwhile', async () => {
  await leave(await markOf(sleeper.pid!));
  const quicker = JSON.stringify(await markOf(process.pid));
  vi.spyOn(process, 'kill').mockImplementationOnce(() => {
    rmSync(join(folder, 'running', '1-left.json'));
    writeFileSync(join(folder, 'running', 'quicker.json'), quicker);
    throw Object.assign(new Error('no such process'), { code: 'ESRCH' });
  });
  await expect(holdRun(folder)).rejects.toMatchObject({ code: 'run-busy' });
  vi.restoreAllMocks();
  expect(await inside()).toEqual(['running', join('running', 'quicker.json')]);
});

it('lets go of its own mark only', async () => {
  const release = await holdRun(folder);
  await leave(await markOf(sleeper.pid!), 'other.json');
  await release();
  expect(await inside()).toEqual(['running', join('running', 'other.json')]);
});
