// node scripts/fuzz.mjs [--mutations N] [--seed S] [--workers W] [--target NAME]: feeds every reader of files damaged ones, in
// processes of their own, and looks for errors that are none of ours, for reads that take too long or too much memory, and for
// changed prototypes. Prints the smallest damage that still shows a finding, and how to see it again. Needs `pnpm build`. The last
// line is `N passed, N failed`.
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { targetNames, watchedWorker } from './fuzz/worker.mjs';
import { readArguments } from './workspace/arguments.mjs';
import { root } from './workspace/layout.mjs';
import { collectVerdicts } from './workspace/verdicts.mjs';

const BLOCK = 2000;
const { values } = readArguments(
  import.meta.url,
  {
    options: {
      mutations: { type: 'string', default: '100000' },
      seed: { type: 'string', default: '1' },
      workers: { type: 'string', default: String(availableParallelism()) },
      target: { type: 'string' },
    },
  },
  ['mutations', 'seed', 'workers'],
);
const program = join(root, 'tests/dist/fuzz/worker.js');
const all = await targetNames(program);
const names = values.target === undefined ? all : all.filter((name) => name === values.target);
if (names.length === 0) {
  console.error(`--target is one of: ${all.join(', ')}`);
  process.exit(1);
}
const each = Math.ceil(Number(values.mutations) / names.length);
console.log(`${each} damaged files for each of ${names.length} readers, seed ${values.seed}`);

/** @type {Map<string, string[]>} */
const findings = new Map(names.map((name) => [name, []]));
const blocks = names.flatMap((target) =>
  Array.from({ length: Math.ceil(each / BLOCK) }, (_, i) => ({
    target,
    seed: Number(values.seed) + i,
    runs: Math.min(BLOCK, each - i * BLOCK),
  })),
);
const total = blocks.length;
let done = 0;
await Promise.all(Array.from({ length: Number(values.workers) }, work));

const verdicts = collectVerdicts();
for (const [name, found] of findings) verdicts.report(`${name}: ${each} damaged files`, found);
verdicts.finish();

/** Takes blocks until there are none; a worker that died or hung is replaced. */
async function work() {
  let worker = watchedWorker(program);
  for (let block = blocks.shift(); block; block = blocks.shift()) {
    const { finding, alive } = await worker.run(block);
    if (finding) {
      const again = `node scripts/fuzz.mjs --target '${block.target}' --seed ${block.seed} --mutations ${block.runs}`;
      findings.get(block.target)?.push(`${finding}\nagain: ${again}`);
      console.log(`  finding in ${block.target}: ${finding.split('\n')[0]}`);
    }
    if (!alive) worker = watchedWorker(program);
    done += 1;
    if (done % 50 === 0) console.log(`  ${done} of ${total} blocks`);
  }
  worker.stop();
}
