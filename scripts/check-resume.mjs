// node scripts/check-resume.mjs [--kills N] [--seed N] [--data FILE] [--model KIND]: kills the IMDB program with SIGKILL at
// random moments, goes on with each run, and compares weights, history and test with a run that nothing disturbed.
//
// Moments are chosen by a seed: by time, at a change among the checkpoints (which hits writes), at an epoch's end, and while
// results are written. The run is short: a few hundred reviews, of FILE or generated. The program must be built. The last
// line is `N passed, N failed`.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { hitOf, KINDS, killAt, observe } from './resume/killed-run.mjs';
import { someReviews } from './resume/reviews.mjs';
import { readArguments } from './workspace/arguments.mjs';
import { root } from './workspace/layout.mjs';
import { run } from './workspace/run.mjs';
import { collectVerdicts } from './workspace/verdicts.mjs';

const { values } = readArguments(
  import.meta.url,
  {
    options: {
      kills: { type: 'string', default: '100' },
      seed: { type: 'string', default: '1' },
      data: { type: 'string' },
      model: { type: 'string', default: 'simple-rnn' },
    },
  },
  ['kills', 'seed'],
);
const program = join(root, 'apps/imdb/dist/cli.js');
const folder = mkdtempSync(join(tmpdir(), 'ostinato-resume-'));
const env = { ...process.env, OSTINATO_IMDB: '', OSTINATO_CACHE: join(folder, 'cache') };
const options = { cwd: folder, env };
const verdicts = collectVerdicts();
/** @type {Map<string, number>} */
const hits = new Map();

/** Numbers in [0, 1) that follow from the seed. @param {number} state */
function randomFrom(state) {
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
const random = randomFrom(Number(values.seed));

/** @param {string} name */
const trainArguments = (name) => [
  ...[
    program,
    'train',
    '--offline',
    '--data',
    join(folder, 'imdb.npz'),
    '--out',
    name,
    '--model',
    values.model,
  ],
  ...['--epochs', '3', '--batch-size', '16', '--max-len', '60', '--seed', '11'],
  ...['--checkpoint-every', '5', '--json', `${name}.json`],
];

/** What must be the same. @param {string} name */
function resultOf(name) {
  const { weightsSha256, epochs, test, ended } = JSON.parse(
    readFileSync(join(folder, `${name}.json`), 'utf8'),
  );
  return {
    weightsSha256,
    epochs: epochs.map((/** @type {{ seconds: number }} */ { seconds: _, ...figures }) => figures),
    test,
    ended,
  };
}

/**
 * Goes on. A run that was killed before its first line has to begin anew, and one that was killed after its last is finished.
 *
 * @param {string} name @param {string} threads
 */
async function goOn(name, threads) {
  const limits = { ...options, timeout: 120_000 };
  const argv = [program, 'train', '--resume', name, '--json', `${name}.json`, '--threads', threads];
  const resumed = await run(process.execPath, argv, limits);
  if (resumed.output.includes('(resume-none)')) return run(process.execPath, trainArguments(name), limits);
  return resumed.output.includes('(resume-finished)') ? { ...resumed, code: 0 } : resumed;
}

/** One kill, and the way on. @param {number} i @param {import('./resume/killed-run.mjs').Course} course @param {string} expected */
async function killAndResume(i, course, expected) {
  const name = `run-${i}`;
  const kind = KINDS[i % KINDS.length] ?? 'time';
  let killed;
  let moment;
  for (let tries = 0; killed?.signal !== 'SIGKILL' && tries < 5; tries++) {
    rmSync(join(folder, name), { recursive: true, force: true });
    moment = { kind, part: random(), delay: random() < 0.7 ? 0 : Math.floor(random() * 12) };
    killed = await killAt(trainArguments(name), join(folder, name), options, moment, course);
  }
  const hit = hitOf(join(folder, name));
  if (killed?.signal !== 'SIGKILL')
    return verdicts.report(`${name}: ${kind}`, ['it was never killed in time']);
  hits.set(hit, (hits.get(hit) ?? 0) + 1);
  const { code, output } = await goOn(name, i % 2 ? '1' : '2');
  const problems = code === 0 ? [] : [`exit code ${code}`, ...output.trimEnd().split('\n').slice(-12)];
  if (code === 0) {
    const received = JSON.stringify(resultOf(name));
    if (received !== expected) problems.push(`expected ${expected}`, `received ${received}`);
  }
  verdicts.report(`${name}: killed by ${kind}, in ${hit}`, problems);
  rmSync(join(folder, name), { recursive: true, force: true });
}

const file = values.data && resolve(values.data);
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, 'imdb.npz'), await someReviews(file, 600));
console.log(
  `Killing a short run ${values.kills} times (${values.model}, ${file ? 'real' : 'generated'} reviews) …`,
);
const course = await observe(trainArguments('undisturbed'), join(folder, 'undisturbed'), options);
if (course.code !== 0 || course.changes === 0) {
  verdicts.report('the run that nothing disturbs', [`exit code ${course.code}`, course.output]);
} else {
  const expected = JSON.stringify(resultOf('undisturbed'));
  const { weightsSha256 } = JSON.parse(expected);
  const { seconds, changes, epochs } = course;
  console.log(
    `Undisturbed: ${seconds.toFixed(1)} s, ${epochs} epochs, ${changes} changes, weights ${weightsSha256}`,
  );
  for (let i = 1; i <= Number(values.kills); i++) await killAndResume(i, course, expected);
  for (const [hit, count] of hits) console.log(`  ${count} × ${hit}`);
}
rmSync(folder, { recursive: true, force: true });
verdicts.finish();
