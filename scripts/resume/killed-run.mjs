// Starts the program, and kills it at a moment that a seed chooses.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, watch } from 'node:fs';
import { join } from 'node:path';

/**
 * How a moment is chosen: by time; at a change in the folder of checkpoints, which is a write, a rename or a removal; at a
 * change in the folder of the run, which is the end of the training; or at the end of an epoch.
 */
export const KINDS = /** @type {const} */ (['time', 'checkpoint', 'checkpoint', 'epoch', 'results']);

/**
 * @typedef {{ kind: typeof KINDS[number], part: number, delay: number }} Moment  `part` of the run in [0, 1), then `delay` in ms
 * @typedef {{ seconds: number, changes: number, results: number, epochs: number }} Course  of an undisturbed run
 */

/**
 * Runs to the end, and counts what moments are chosen from.
 *
 * @param {string[]} argv @param {string} folder @param {{ cwd: string, env: NodeJS.ProcessEnv }} options
 * @returns {Promise<Course & { code: number | null, output: string }>}
 */
export function observe(argv, folder, options) {
  return follow(argv, folder, options, () => undefined);
}

/**
 * Runs until the moment. Returns the signal, or null when the program was done before.
 *
 * @param {string[]} argv @param {string} folder @param {{ cwd: string, env: NodeJS.ProcessEnv }} options
 * @param {Moment} moment @param {Course} course
 */
export async function killAt(argv, folder, options, { kind, part, delay }, course) {
  const wanted = {
    time: Number.POSITIVE_INFINITY,
    checkpoint: 1 + Math.floor(part * course.changes),
    results: 1 + Math.floor(part * course.results),
    epoch: 1 + Math.floor(part * course.epochs),
  };
  return follow(argv, folder, options, (seen, kill) => {
    if (kind === 'time') {
      if (seen.what === 'begin') setTimeout(kill, part * course.seconds * 1000);
    } else if (seen.what === kind && seen.nth === wanted[kind]) {
      if (delay === 0) kill();
      else setTimeout(kill, delay);
    }
  });
}

/**
 * @param {string[]} argv @param {string} folder @param {{ cwd: string, env: NodeJS.ProcessEnv }} options
 * @param {(seen: { what: 'begin' | 'checkpoint' | 'results' | 'epoch', nth: number }, kill: () => void) => void} react
 */
function follow(argv, folder, options, react) {
  const child = spawn(process.execPath, argv, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  const counts = { begin: 0, checkpoint: 0, results: 0, epoch: 0 };
  /** @type {import('node:fs').FSWatcher[]} */
  const watchers = [];
  let output = '';
  let [begun, ended] = [performance.now(), 0];
  const see = (/** @type {keyof typeof counts} */ what) => {
    counts[what] += 1;
    react({ what, nth: counts[what] }, () => child.kill('SIGKILL'));
  };
  const checkpoints = join(folder, 'checkpoints');
  const watchCheckpoints = () => {
    if (watchers.length > 1 || !existsSync(checkpoints)) return;
    watchers.push(watch(checkpoints, () => see('checkpoint')));
  };
  const onText = (/** @type {string} */ text) => {
    output += text;
    if (counts.begin === 0 && output.includes('Total params')) {
      begun = performance.now();
      watchers.push(
        watch(folder, (_, name) => {
          watchCheckpoints();
          if (name !== 'checkpoints' && output.includes('Testing on')) see('results');
          else if (name !== 'checkpoints' && counts.epoch > 0) see('results');
        }),
      );
      watchCheckpoints();
      see('begin');
    }
    for (const _ of text.matchAll(/^Epoch \d+\//gm)) see('epoch');
  };
  child.stdout.setEncoding('utf8').on('data', onText);
  child.stderr.setEncoding('utf8').on('data', (text) => {
    output += text;
  });
  return /** @type {Promise<Course & { code: number | null, signal: string | null, output: string }>} */ (
    new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('exit', () => {
        ended = performance.now();
      });
      child.on('close', (code, signal) => {
        for (const watcher of watchers) watcher.close();
        const seconds = (ended - begun) / 1000;
        resolve({
          code,
          signal,
          output,
          seconds,
          changes: counts.checkpoint,
          results: counts.results,
          epochs: counts.epoch,
        });
      });
    })
  );
}

/**
 * What the kill left: at what it hit the program.
 *
 * @param {string} folder
 */
export function hitOf(folder) {
  const names = (/** @type {string} */ path) => (existsSync(path) ? readdirSync(path) : []);
  const inside = names(folder);
  const checkpoints = names(join(folder, 'checkpoints'));
  if (checkpoints.some((name) => name.endsWith('.partial'))) return 'a checkpoint being written';
  if (inside.some((name) => name.includes('.partial'))) return 'results being written';
  if (inside.includes('model.safetensors')) return 'the test or the results';
  return checkpoints.length === 0 ? 'before the first checkpoint' : 'the training';
}
