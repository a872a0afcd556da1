// npm run bench -- ARGS: installs, builds and runs the benchmarks.
import './workspace/require-node.mjs';

const { resolve } = await import('node:path');
const { install } = await import('./workspace/install.mjs');
const { build } = await import('./workspace/build.mjs');
const { root } = await import('./workspace/layout.mjs');
const { runInForeground } = await import('./workspace/run.mjs');

await build(await install(), '@ostinato/bench', '@ostinato/imdb');
process.stdout.write('\n');
process.exitCode = await runInForeground([resolve(root, 'bench/dist/cli.js'), ...process.argv.slice(2)]);
