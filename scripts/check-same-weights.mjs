// node scripts/check-same-weights.mjs VERSION VERSION…: trains the built IMDB program a little under several versions of
// Node, fetched by npm, and compares all weights bit by bit. One seed must give one result. The last line has counts.
// Data: OSTINATO_IMDB or ../shared/data/imdb.npz where it stands, else whatever the program falls back to.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { root } from './workspace/layout.mjs';
import { run } from './workspace/run.mjs';
import { collectVerdicts } from './workspace/verdicts.mjs';

const versions = process.argv.slice(2);
if (versions.length < 2) {
  console.error(
    'Give two or more versions of Node to compare, such as: node scripts/check-same-weights.mjs 20 24',
  );
  process.exit(1);
}

const folder = mkdtempSync(join(tmpdir(), 'ostinato-same-weights-'));
const verdicts = collectVerdicts();
const shared = resolve(root, '../shared/data/imdb.npz');
const data = process.env.OSTINATO_IMDB ?? (existsSync(shared) ? shared : undefined);
const options = [
  '--epochs',
  '1',
  '--max-len',
  '80',
  '--seed',
  '7',
  ...(data === undefined ? [] : ['--data', data]),
];

/** @param {string} version @returns {Promise<string>} the digest of all weights, or what went wrong */
async function digestUnder(version) {
  const json = join(folder, `${version}.json`);
  const program = [
    join(root, 'apps/imdb/dist/cli.js'),
    'train',
    ...options,
    '--json',
    json,
    '--out',
    join(folder, version),
  ];
  const args = ['exec', '--yes', `--package=node@${version}`, '--', 'node', ...program];
  const { code, output } = await run('npm', args, { cwd: folder, timeout: 600_000 });
  const digest = code === 0 && JSON.parse(readFileSync(json, 'utf8')).weightsSha256;
  verdicts.report(`Node ${version} trains`, digest ? [] : [`exit code ${code}`, output.trim()]);
  return digest || `none under Node ${version}`;
}

/** @type {string[]} */
const digests = [];
for (const version of versions) digests.push(await digestUnder(version));
rmSync(folder, { recursive: true });
verdicts.report(
  `the same weights under Node ${versions.join(', ')}`,
  new Set(digests).size === 1 ? [] : digests,
);
verdicts.finish();
