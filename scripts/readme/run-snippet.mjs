// Runs one snippet as its reader would: a module of its own in a project that has the packages installed.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { transform } from 'esbuild';
import { run } from '../workspace/run.mjs';

const limit = 60_000;

/**
 * @param {import('./snippets.mjs').Snippet} snippet
 * @param {string} project  the project's folder; the snippet runs there
 * @returns {Promise<string[]>} what went wrong, or nothing
 */
export async function runSnippet({ code, line }, project) {
  const { code: javascript } = await transform(code, { loader: 'ts', format: 'esm', target: 'es2022' });
  mkdirSync(project, { recursive: true });
  const file = join(project, `snippet-line-${line}.mjs`);
  writeFileSync(file, javascript);
  const { code: exitCode, output } = await run(process.execPath, [file], { cwd: project, timeout: limit });
  return exitCode === 0 ? [] : [`exit code ${exitCode}\n${output.trim()}`];
}
