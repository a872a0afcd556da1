// pnpm check [STEP…]: everything that continuous integration checks, in one command. Goes through all steps even when one
// fails, shows the output of those that do, and ends with a table and the line `N passed, N failed`, which counts steps.
import './workspace/require-node.mjs';

const { join } = await import('node:path');
const { install } = await import('./workspace/install.mjs');
const { root } = await import('./workspace/layout.mjs');
const { run } = await import('./workspace/run.mjs');
const { countsLine } = await import('./workspace/test-counts.mjs');

const script = (/** @type {string} */ path) => join(root, 'node_modules', path);
const biome = script('@biomejs/biome/bin/biome');
const turbo = script('turbo/bin/turbo');
const tsc = script('typescript/bin/tsc');
const ours = (/** @type {string} */ name) => join(root, 'scripts', name);

/** The steps by name, in order: a Node script with its arguments. @type {Record<string, string[]>} */
const steps = {
  build: [turbo, 'run', 'build', '--output-logs=errors-only', '--ui=stream'],
  types: [turbo, 'run', 'typecheck', '--output-logs=errors-only', '--ui=stream'],
  'types of scripts': [tsc, '-p', ours('tsconfig.json')],
  lint: [biome, 'ci', '--error-on-warnings', '--colors=off', root],
  boundaries: [ours('check-boundaries.mjs')],
  packages: [ours('check-packages.mjs')],
  installed: [ours('check-installed.mjs')],
  tests: [ours('test.mjs')],
};

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !(name in steps));
if (unknown.length > 0) {
  console.error(
    `pnpm check has no step '${unknown.join("', '")}'. The steps are ${Object.keys(steps).join(', ')}.`,
  );
  process.exit(1);
}

const env = await install();
/** @type {string[]} */
const table = [];
const counts = { passed: 0, failed: 0, skipped: 0 };
for (const [name, args] of Object.entries(steps)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  console.log(`${name} …`);
  const start = performance.now();
  const { code, output } = await run(process.execPath, args, { env });
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  if (code !== 0) console.log(`${output.trimEnd()}\n`);
  table.push(`  ${code === 0 ? 'ok    ' : 'FAILED'}  ${name.padEnd(18)}${seconds.padStart(7)} s`);
  counts[code === 0 ? 'passed' : 'failed'] += 1;
}
console.log(`\n${table.join('\n')}\n\n${countsLine(counts)}`);
process.exitCode = counts.failed > 0 ? 1 : 0;
