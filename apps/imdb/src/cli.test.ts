/** The built program as a process of its own: signals, streams, exit codes. `pnpm build` makes what is tested here. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { writeTinyImdb } from './test-support/tiny-imdb.js';

const cli = fileURLToPath(new URL('../dist/cli.js', import.meta.url));

let place: string;
let data: string;

beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), 'ostinato-cli-'));
  data = await writeTinyImdb(place);
});

const started: ChildProcess[] = [];

afterAll(async () => {
  for (const child of started) child.kill('SIGKILL'); // those of a test that failed
  await rm(place, { recursive: true });
});

interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts the program; `onText` sees standard output as it comes. */
function start(argv: string[], onText = (_text: string, _child: ChildProcess): void => undefined) {
  const child = spawn(process.execPath, [cli, ...argv], {
    cwd: place,
    env: { ...process.env, OSTINATO_IMDB: '' },
  });
  started.push(child);
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    onText(stdout, child);
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  return { child, ended };
}

/** Waits until a run has claimed its folder, and then some. */
async function begun(folder: string): Promise<void> {
  await vi.waitFor(() => expect(existsSync(join(place, folder))).toBe(true), { timeout: 20_000 });
  await setTimeout(200);
}

const forever = (): string[] => [
  ...['train', '--data', data, '--offline', '--epochs', '100000', '--batch-size', '1'],
  ...['--max-len', '50', '--fused', 'off', '--num-words', '60'],
];

describe.skipIf(!existsSync(cli))('the built program (skipped unless it is built)', () => {
  it('is piped plain lines, the last of them the accuracy', async () => {
    const argv = ['--data', data, '--offline', '--epochs', '2', '--max-len', '8', '--out', 'plain'];
    const { code, stdout } = await start(argv).ended;
    expect(code).toBe(0);
    expect(stdout).toMatch(/\nTest Accuracy: [01]\.\d{4}\n$/);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: what must not be there
    expect(stdout).not.toMatch(/[\u001b\r]/);
  });

  it.each([
    ['of nothing more', (child: ChildProcess) => child.stdout!.destroy()],
    [
      'of nothing at all',
      (child: ChildProcess) => {
        child.stdout!.destroy();
        child.stderr!.destroy();
      },
    ],
  ] as const)('a reader %s costs no result', async (what, leave) => {
    const out = `unread${what.length}`;
    const argv = ['train', '--data', data, '--offline', '--epochs', '3', '--max-len', '8', '--out', out];
    const { ended } = start([...argv, '--json', `${out}.json`], (_text, child) => leave(child));
    expect((await ended).code).toBe(0);
    expect(existsSync(join(place, out, 'model.safetensors'))).toBe(true);
    expect(existsSync(join(place, `${out}.json`))).toBe(true);
  });

  it.skipIf(!existsSync('/dev/full'))(
    'an output that cannot be written is told, and no success',
    async () => {
      const argv = ['train', '--data', data, '--offline', '--epochs', '1', '--max-len', '8', '--out', 'full'];
      const child = spawn('/bin/sh', ['-c', 'exec "$@" >/dev/full', 'sh', process.execPath, cli, ...argv], {
        cwd: place,
      });
      started.push(child);
      let stderr = '';
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        stderr += text;
      });
      const code = await new Promise((resolve) => child.on('close', resolve));
      expect([code, stderr]).toEqual([
        1,
        expect.stringMatching(/^Standard output could not be written: ENOSPC[^\n]*\n$/),
      ]);
      expect(existsSync(join(place, 'full', 'model.safetensors'))).toBe(true);
    },
  );

  it('Ctrl-C finishes the batch, saves model, history and report, and ends with 130', async () => {
    let pressed = false;
    const { ended } = start([...forever(), '--out', 'stopped', '--json', 'stopped.json'], (text, child) => {
      if (pressed || !/^Epoch +2\//m.test(text)) return;
      pressed = true;
      child.kill('SIGINT');
    });
    const { code, stderr, stdout } = await ended;
    expect({ code, stderr }).toEqual({
      code: 130,
      stderr: expect.stringMatching(/Interrupted after \d+ of 100000 epochs/),
    });
    expect(stdout).not.toContain('Test Accuracy');
    expect((await readdir(join(place, 'stopped'))).sort()).toEqual([
      'checkpoints',
      'history.json',
      'model.safetensors',
      'report.html',
      'run.json',
      'training.json',
      'word_index.json',
    ]);
    const figures = JSON.parse(await readFile(join(place, 'stopped.json'), 'utf8'));
    expect(figures.ended).toBe('interrupted');
    expect(figures.test).toBeNull();
    expect(figures.epochs.length).toBeGreaterThanOrEqual(2);
    const evaluated = await start(['evaluate', '--run', 'stopped', '--quiet']).ended;
    expect(evaluated.stdout).toMatch(/^Test Accuracy: /);
  });

  it.skipIf(process.platform === 'win32')('a second Ctrl-C ends at once', async () => {
    const pipe = join(place, 'never-written.npz');
    execFileSync('mkfifo', [pipe]); // a file that cannot be read to its end
    const { child, ended } = start(['--data', pipe, '--out', 'hanging']);
    child.stderr.once('data', () => setTimeout(600).then(() => child.kill('SIGINT')));
    await begun('hanging');
    child.kill('SIGINT');
    expect(await ended).toMatchObject({
      signal: 'SIGINT',
      stderr: expect.stringMatching(/Ctrl-C again ends at once/),
    });
  });

  it('Ctrl-C before the training leaves nothing behind', async () => {
    const { child, ended } = start(['--offline', '--out', 'early']);
    await begun('early');
    child.kill('SIGINT');
    expect(await ended).toMatchObject({ code: 130, stderr: expect.stringMatching(/nothing to save/) });
    expect(await readdir(place)).not.toContain('early');
  });

  it.each(['1', '2'])('ends by itself after a comparison on %s threads', async (threads) => {
    const argv = ['compare', '--data', data, '--offline', '--epochs', '1', '--max-len', '8', '--units', '4'];
    const out = ['--out', `compared-${threads}`, '--threads', threads, '--models', 'lstm,bi-lstm'];
    const { code, signal, stdout } = await start([...argv, ...out]).ended;
    expect({ code, signal }).toEqual({ code: 0, signal: null });
    expect(stdout).toContain(`Threads  ${threads}\n`);
    expect(stdout).toMatch(/\nBest on the test reviews: .*, [01]\.\d{4}\n$/);
  });

  it('Ctrl-C in a comparison finishes the batch, saves what there is, and ends with 130', async () => {
    const [, ...options] = forever();
    let pressed = false;
    const argv = ['compare', ...options, '--models', 'gru,lstm', '--out', 'half'];
    const { ended } = start(argv, (text, child) => {
      if (pressed || !/^Epoch +2\//m.test(text)) return;
      pressed = true;
      child.kill('SIGINT');
    });
    expect(await ended).toMatchObject({
      code: 130,
      stderr: expect.stringMatching(/Interrupted in gru \(1 of 2\), after \d+ of 100000 epochs/),
    });
    expect((await readdir(join(place, 'half'))).sort()).toEqual(['compare.html', 'compare.json', 'gru']);
    expect((await start(['evaluate', '--run', 'half/gru', '--quiet']).ended).stdout).toMatch(
      /^Test Accuracy: /,
    );
  });

  it('a run that is being trained is refused to another, and given at once when it was killed', async () => {
    const first = start([...forever(), '--out', 'held', '--checkpoint-every', '1']);
    await vi.waitFor(async () => expect(await readdir(join(place, 'held', 'checkpoints'))).not.toEqual([]), {
      timeout: 20_000,
    });
    const before = await readFile(join(place, 'held', 'training.json'), 'utf8');
    for (const argv of [
      ['train', '--resume', 'held'],
      ['train', '--out', 'held'],
    ]) {
      const refused = await start(argv).ended;
      expect(refused).toMatchObject({
        code: 1,
        stdout: '',
        stderr: expect.stringMatching(
          new RegExp(
            `Process ${first.child.pid} trains the run in .*held since .*, delete .* \\(run-busy\\)\n$`,
          ),
        ),
      });
    }
    expect(await readFile(join(place, 'held', 'training.json'), 'utf8')).toBe(before);
    first.child.kill('SIGKILL');
    await first.ended;
    const two = [1, 2].map(() => start(['train', '--resume', 'held']));
    const refused = await Promise.race(two.map(({ ended }) => ended));
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('(run-busy)') });
    for (const { child } of two) child.kill('SIGINT');
    const codes = (await Promise.all(two.map(({ ended }) => ended))).map(({ code }) => code);
    expect(codes.sort()).toEqual([1, 130]);
    expect(await readdir(join(place, 'held'))).not.toContain('running');
  });

  it('knows its version', async () => {
    expect(await start(['--version']).ended).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\S*\n$/),
      stderr: '',
    });
  });

  it('a reader that leaves early is no error', async () => {
    const { child, ended } = start(['--help']);
    child.stdout.destroy();
    expect(await ended).toMatchObject({ code: 0, stderr: '' });
  });
});
