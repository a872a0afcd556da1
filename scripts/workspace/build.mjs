// Builds every package with Turborepo, which skips what has not changed since.
import { workspacePackages } from './layout.mjs';
import { runStep } from './run.mjs';

/** @param {NodeJS.ProcessEnv} env  from `install` */
export async function build(env) {
  const count = workspacePackages().length;
  await runStep(
    `Building ${count} packages`,
    'turbo',
    ['run', 'build', '--output-logs=errors-only', '--ui=stream'],
    env,
  );
}
