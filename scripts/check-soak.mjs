// node scripts/check-soak.mjs [--steps N] [BACKEND…]: trains a small model with dropout, callbacks and checkpoints for 10,000 steps
// on each backend (cpu and wasm), each in a process of its own, and checks after each hundred steps and a forced collection
// that tensors and wasm memory are what they were, and the process no larger than it was after the warm-up by more than 5 %.
// The warm-up is the first quarter of the steps: until then V8 compiles, and its heap finds its size. Needs `pnpm build`. The last
// line is `N passed, N failed`.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readArguments } from './workspace/arguments.mjs';
import { root } from './workspace/layout.mjs';
import { run } from './workspace/run.mjs';
import { collectVerdicts } from './workspace/verdicts.mjs';

/** @typedef {{ step: number, tensors: number, kernels: number, inUse: number, heap: number, rss: number }} Held */

const MOST_GROWTH = 0.05;
const { values, positionals } = readArguments(
  import.meta.url,
  {
    allowPositionals: true,
    options: { steps: { type: 'string', default: '10000' } },
  },
  ['steps'],
);
const program = join(root, 'tests/dist/programs/soak.js');
const verdicts = collectVerdicts();

for (const backend of positionals.length > 0 ? positionals : ['cpu', 'wasm']) {
  const folder = mkdtempSync(join(tmpdir(), 'ostinato-soak-'));
  const start = performance.now();
  const { code, output, stdout } = await run(process.execPath, [
    '--expose-gc',
    program,
    backend,
    values.steps,
    folder,
  ]);
  rmSync(folder, { recursive: true });
  const seconds = ((performance.now() - start) / 1000).toFixed(0);
  if (code === 0) report(backend, seconds, JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? ''));
  else verdicts.report(`${backend}: train`, [output]);
}
verdicts.finish();

/** @param {string} backend @param {string} seconds @param {Held[]} all */
function report(backend, seconds, all) {
  const [warm, ...later] = all.slice(Math.floor(all.length / 4));
  if (!warm || later.length === 0) return verdicts.report(`${backend}: enough steps`, ['there were too few']);
  const title = `${backend}: ${all.at(-1)?.step} steps (${seconds} s)`;
  for (const part of /** @type {const} */ (['tensors', 'kernels', 'inUse', 'heap'])) {
    const other = later.find((held) => held[part] !== warm[part]);
    const what = {
      tensors: 'tensors',
      kernels: 'bytes of the kernels',
      inUse: 'of them in use',
      heap: 'bytes of the heap of tfjs',
    };
    verdicts.report(
      `${title}: ${warm[part]} ${what[part]}`,
      other ? [`${other[part]} at step ${other.step}`] : [],
    );
  }
  const most = later.reduce((a, b) => (b.rss > a.rss ? b : a));
  const growth = most.rss / warm.rss - 1;
  verdicts.report(
    `${title}: ${megabytes(warm.rss)} after ${warm.step}, at most ${megabytes(most.rss)} at ${most.step} (${(100 * growth).toFixed(1)} %), ${megabytes(all.at(-1)?.rss ?? 0)} at the end`,
    growth <= MOST_GROWTH ? [] : [`the limit is ${100 * MOST_GROWTH} %`],
  );
}

/** @param {number} bytes */
function megabytes(bytes) {
  return `${(bytes / 2 ** 20).toFixed(1)} MB`;
}
