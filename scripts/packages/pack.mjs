// The published packages as their users get them: packed by pnpm, and unpacked where a check needs the files.
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { publishedPackages, root } from '../workspace/layout.mjs';
import { run } from '../workspace/run.mjs';

/**
 * @typedef {object} Packed
 * @property {string} name      such as '@ostinato/core'
 * @property {string} source    the package's folder in the workspace
 * @property {string} tarball   the packed file
 * @property {string} unpacked  the folder with its content
 * @property {string[]} files   its files, relative to `unpacked`
 * @property {any} manifest     its package.json as published
 */

/**
 * Packs every published package into `folder`, and unpacks it to `folder/node_modules/NAME`.
 *
 * @param {string} folder
 * @param {NodeJS.ProcessEnv} env  in which pnpm is found
 * @returns {Promise<Packed[]>}
 */
export async function packAll(folder, env) {
  mkdirSync(folder, { recursive: true });
  /** @type {Packed[]} */
  const packed = [];
  for (const { folder: source, manifest } of publishedPackages()) {
    await must('pnpm', ['pack', '--pack-destination', folder], join(root, source), env);
    const tarball = join(
      folder,
      `${manifest.name.replace('@', '').replace('/', '-')}-${manifest.version}.tgz`,
    );
    const unpacked = join(folder, 'node_modules', manifest.name);
    mkdirSync(unpacked, { recursive: true });
    const listing = await must('tar', ['-tzf', tarball], folder, env);
    await must('tar', ['-xzf', tarball, '-C', unpacked, '--strip-components=1'], folder, env);
    packed.push({
      name: manifest.name,
      source: join(root, source),
      tarball,
      unpacked,
      files: listing
        .split('\n')
        .filter(Boolean)
        .map((line) => line.replace(/^package\//, '')),
      manifest: JSON.parse(readFileSync(join(unpacked, 'package.json'), 'utf8')),
    });
  }
  return packed;
}

/** @param {string} command @param {string[]} args @param {string} cwd @param {NodeJS.ProcessEnv} env */
async function must(command, args, cwd, env) {
  const { code, output, stdout } = await run(command, args, { cwd, env });
  if (code !== 0)
    throw new Error(`${command} ${args.join(' ')} failed in ${cwd} (exit code ${code}):\n${output}`);
  return stdout;
}
