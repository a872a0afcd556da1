// npm test -- ARGS: installs, builds and runs every test in one Vitest run. The last line is `N passed, N failed`.
import './workspace/require-node.mjs';

const { existsSync, mkdtempSync, readFileSync, rmSync } = await import('node:fs');
const { tmpdir } = await import('node:os');
const { join } = await import('node:path');
const { install } = await import('./workspace/install.mjs');
const { build } = await import('./workspace/build.mjs');
const { root } = await import('./workspace/layout.mjs');
const { runInForeground } = await import('./workspace/run.mjs');
const { countsLine, settleCounts } = await import('./workspace/test-counts.mjs');

const env = await install();
await build(env);
process.stdout.write('Running the tests …\n');

const folder = mkdtempSync(join(tmpdir(), 'ostinato-test-'));
const countsFile = join(folder, 'counts.json');
const vitest = join(root, 'node_modules/vitest/vitest.mjs');
const reporters = ['--reporter=default', `--reporter=${join(root, 'scripts/workspace/counts-reporter.mjs')}`];
const code = await runInForeground([vitest, 'run', ...reporters, ...process.argv.slice(2)], {
  env: { ...env, OSTINATO_TEST_COUNTS: countsFile },
});
const reported = existsSync(countsFile) ? JSON.parse(readFileSync(countsFile, 'utf8')) : undefined;
rmSync(folder, { recursive: true });
process.stdout.write(`${countsLine(settleCounts(reported, code))}\n`);
process.exitCode = code;
