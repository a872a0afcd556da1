// Builds packages with Turborepo, which skips what has not changed since.
import { workspacePackages } from './layout.mjs';
import { runStep } from './run.mjs';

/**
 * @param {NodeJS.ProcessEnv} env  from `install`
 * @param {string[]} only  the packages that are needed, built with those that they depend on; none: all of them
 */
export async function build(env, ...only) {
  const title =
    only.length === 0
      ? `Building ${workspacePackages().length} packages`
      : `Building ${only.join(' and ')} and what ${only.length === 1 ? 'it needs' : 'they need'}`;
  const filter = only.map((name) => `--filter=${name}`);
  await runStep(title, 'turbo', ['run', 'build', ...filter, '--output-logs=errors-only', '--ui=stream'], env);
}
