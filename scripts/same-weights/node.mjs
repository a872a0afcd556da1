// The built program under one version of Node, fetched by npm.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../workspace/layout.mjs';
import { run } from '../workspace/run.mjs';
import { dataFile } from './settings.mjs';

/**
 * @param {string} version
 * @param {string} folder  for what it writes
 * @returns {{ train(job: import('./settings.mjs').Job): Promise<string>, close(): Promise<void> }}  digests of all weights
 */
export function nodeOf(version, folder) {
  return {
    async train({ model, threads, settings }) {
      const data = dataFile();
      const name = `${version}-${model}-${threads}`;
      const json = join(folder, `${name}.json`);
      const options = {
        model,
        threads,
        epochs: settings.epochs,
        'max-len': settings.maxLen,
        seed: settings.seed,
        json,
        out: join(folder, name),
        ...(data === undefined ? {} : { data }),
      };
      const program = [join(root, 'apps/imdb/dist/cli.js'), 'train'];
      for (const [option, value] of Object.entries(options)) program.push(`--${option}`, String(value));
      const args = ['exec', '--yes', `--package=node@${version}`, '--', 'node', ...program];
      const { code, output } = await run('npm', args, { cwd: folder, timeout: 1_800_000 });
      if (code !== 0) throw new Error(`exit code ${code}\n${output.trim()}`);
      const result = JSON.parse(readFileSync(json, 'utf8'));
      if (result.threads !== threads)
        throw new Error(`${result.threads} threads computed instead of ${threads}`);
      return result.weightsSha256;
    },
    async close() {},
  };
}
