// pnpm boundaries: `turbo boundaries`, without its complaint that AssemblyScript is not TypeScript.
import { join } from 'node:path';
import { withoutAssemblyScript } from './lint/boundary-issues.mjs';
import { root } from './workspace/layout.mjs';
import { run } from './workspace/run.mjs';

const env = { ...process.env, NO_COLOR: '1', TURBO_TELEMETRY_DISABLED: '1' };
const { code, output } = await run(
  process.execPath,
  [join(root, 'node_modules/turbo/bin/turbo'), 'boundaries'],
  { env },
);
const issues = withoutAssemblyScript(output);
if (issues !== 0) process.stdout.write(output);
console.log(
  issues === 0 ? 'No package imports what it must not.' : `${issues ?? 'An unknown number of'} issues`,
);
process.exitCode = issues === 0 ? 0 : code || 1;
