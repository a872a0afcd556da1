// npm start -- ARGS: installs, builds and runs the IMDB program. Without a command ARGS are those of `train`.
import './workspace/require-node.mjs';

const { resolve } = await import('node:path');
const { install } = await import('./workspace/install.mjs');
const { build } = await import('./workspace/build.mjs');
const { root } = await import('./workspace/layout.mjs');
const { runInForeground } = await import('./workspace/run.mjs');
const { withCommand } = await import('./workspace/imdb-arguments.mjs');

const env = await install();
await build(env, '@ostinato/imdb');
process.stdout.write('\n');

// npm runs scripts at the root; a path in ARGS is meant from where the user stands.
const startedByNpm = process.env.npm_package_json === resolve(root, 'package.json');
const cwd = (startedByNpm && process.env.INIT_CWD) || process.cwd();
const program = resolve(root, 'apps/imdb/dist/cli.js');
process.exitCode = await runInForeground([program, ...withCommand(process.argv.slice(2))], { cwd });
