// An empty project outside the workspace into which npm installs the packed packages, as a user would.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../workspace/run.mjs';

/**
 * Installs packages into a new project.
 *
 * @param {string} project  the folder, which does not exist yet
 * @param {readonly string[]} names  the packages a user asks for
 * @param {readonly import('./pack.mjs').Packed[]} packed  ours, taken from their tarballs wherever they are needed
 * @param {Record<string, string>} others  versions of packages that are not ours
 * @returns {Promise<string[]>} what went wrong, or nothing
 */
export async function installInto(project, names, packed, others) {
  const tarballs = new Map(packed.map(({ name, tarball }) => [name, `file:${tarball}`]));
  const dependencies = Object.fromEntries(
    names.map((name) => [name, tarballs.get(name) ?? others[name] ?? '*']),
  );
  // What is asked for directly must not be overridden as well; the rest of ours is not in any registry yet.
  const overrides = Object.fromEntries([...tarballs].filter(([name]) => !names.includes(name)));
  for (const name of names) if (tarballs.has(name)) overrides[name] = `$${name}`;
  mkdirSync(project, { recursive: true });
  const manifest = {
    name: 'a-users-project',
    version: '1.0.0',
    private: true,
    type: 'module',
    dependencies,
    overrides,
  };
  writeFileSync(join(project, 'package.json'), JSON.stringify(manifest, null, 2));
  const options = [
    '--no-audit',
    '--no-fund',
    '--no-package-lock',
    '--ignore-scripts',
    '--prefer-offline',
    '--loglevel=error',
  ];
  const { code, output } = await run('npm', ['install', ...options], { cwd: project, timeout: 120_000 });
  return code === 0 ? [] : [output.trim()];
}

/**
 * Type-checks files as strictly as TypeScript can, the declarations of our packages included.
 *
 * Errors inside the declarations of others are left out: tfjs-core brings a second set of WebGPU types that collides
 * with TypeScript's own, and users of tfjs live with `skipLibCheck`.
 *
 * @param {string} project
 * @param {string} tsc  the compiler's script
 * @param {{ files: readonly string[], types: readonly string[], typeRoots: readonly string[] }} what
 * @returns {Promise<string[]>}
 */
export async function typeCheck(project, tsc, { files, types, typeRoots }) {
  const compilerOptions = {
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: false,
    noEmit: true,
    target: 'ES2022',
    module: 'NodeNext',
    lib: ['ES2022', 'DOM'],
    types,
    typeRoots,
  };
  writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }, null, 2));
  const { code, output } = await run(process.execPath, [tsc, '-p', 'tsconfig.json', '--pretty', 'false'], {
    cwd: project,
  });
  if (code === 0) return [];
  const errors = output.trim().split(/\n(?=\S)/);
  return errors.filter((error) => !/^[^(:]*node_modules\/(?!@ostinato\/)/.test(error));
}
