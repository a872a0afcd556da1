// Builds packages with Turborepo, which skips what has not changed since.
import { workspacePackages } from './layout.mjs';
import { runStep } from './run.mjs';

/**
 * @param {NodeJS.ProcessEnv} env  from `install`
 * @param {string} [only]  the one package that is needed; it is built with those that it depends on
 */
export async function build(env, only) {
  const title =
    only === undefined
      ? `Building ${workspacePackages().length} packages`
      : `Building ${only} and what it needs`;
  const filter = only === undefined ? [] : [`--filter=${only}`];
  await runStep(title, 'turbo', ['run', 'build', ...filter, '--output-logs=errors-only', '--ui=stream'], env);
}
