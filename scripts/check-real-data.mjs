// node scripts/check-real-data.mjs [FILE]: trains the built IMDB program on the real reviews and checks what it reports.
//
// One epoch of the whole recipe, then two short runs from one seed whose weights must be the same bits. It does not
// judge the accuracy of a trained model: ten epochs take too long for every change. The last line is `N passed, N failed`.
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { runReportProblems } from './real-data/run-report.mjs';
import { root } from './workspace/layout.mjs';
import { run } from './workspace/run.mjs';
import { collectVerdicts } from './workspace/verdicts.mjs';

const data = resolve(process.argv[2] ?? join(root, '../shared/data/imdb.npz'));
const program = join(root, 'apps/imdb/dist/cli.js');
const folder = mkdtempSync(join(tmpdir(), 'ostinato-real-data-'));
const verdicts = collectVerdicts();

/** Trains once; the report, or undefined after a failed verdict. @param {string} name @param {string[]} options */
async function train(name, options) {
  const json = join(folder, `${name}.json`);
  const start = performance.now();
  const args = [
    'train',
    '--data',
    data,
    '--epochs',
    '1',
    '--json',
    json,
    '--out',
    join(folder, name),
    ...options,
  ];
  const { code, output, stdout } = await run(process.execPath, [program, ...args], {
    cwd: folder,
    timeout: 240_000,
  });
  const title = `${name}: train ${options.join(' ')}, ${((performance.now() - start) / 1000).toFixed(1)} s`;
  const problems = code === 0 ? [] : [`exit code ${code}`, ...output.trimEnd().split('\n').slice(-20)];
  if (code === 0 && !existsSync(json)) problems.push('no JSON was written');
  if (code === 0 && !/^Test Accuracy: 0\.\d{4}$/.test(stdout.trimEnd().split('\n').at(-1) ?? '')) {
    problems.push(`the last line is not 'Test Accuracy: 0.dddd': ${stdout.trimEnd().split('\n').at(-1)}`);
  }
  verdicts.report(title, problems);
  return existsSync(json) ? JSON.parse(readFileSync(json, 'utf8')) : undefined;
}

console.log(`Checking the IMDB program on ${data} …`);
if (!existsSync(data)) {
  verdicts.report('the data file', [`there is no ${data}`]);
} else {
  const sha256 = createHash('sha256').update(readFileSync(data)).digest('hex');
  const whole = await train('recipe', ['--seed', '1']);
  verdicts.report(
    'the report of one epoch on all reviews',
    runReportProblems(whole, { sha256, reviews: 25_000, seed: 1, params: 322_113 }),
  );

  const short = ['--max-len', '60', '--seed', '2'];
  const [first, second] = [await train('short-1', short), await train('short-2', short)];
  const same = first?.weightsSha256 !== undefined && first.weightsSha256 === second?.weightsSha256;
  verdicts.report(
    'one seed, one result',
    same ? [] : [`weightsSha256 ${first?.weightsSha256} and ${second?.weightsSha256}`],
  );
}
rmSync(folder, { recursive: true });
verdicts.finish();
