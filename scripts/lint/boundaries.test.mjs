// `turbo boundaries` with the tags of turbo.json, on a copy of the workspace that holds nothing but its manifests.
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { root, workspacePackages } from '../workspace/layout.mjs';
import { run } from '../workspace/run.mjs';

/** @type {string} */
let folder;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ostinato-boundaries-'));
  for (const file of ['package.json', 'pnpm-workspace.yaml', 'pnpm-lock.yaml', 'turbo.json']) copy(file);
  for (const { folder: path } of workspacePackages()) {
    mkdirSync(join(folder, path, 'src'), { recursive: true });
    copy(`${path}/package.json`);
    copy(`${path}/turbo.json`);
  }
});

afterEach(() => rmSync(folder, { recursive: true }));

/** @param {string} file */
function copy(file) {
  copyFileSync(join(root, file), join(folder, file));
}

/** @param {string} path @param {string} dependency */
function addDevDependency(path, dependency) {
  const file = join(folder, path, 'package.json');
  const manifest = JSON.parse(readFileSync(file, 'utf8'));
  manifest.devDependencies = { ...manifest.devDependencies, [dependency]: 'workspace:^' };
  writeFileSync(file, JSON.stringify(manifest));
}

function boundaries() {
  const env = { ...process.env, TURBO_TELEMETRY_DISABLED: '1', NO_COLOR: '1' };
  return run(process.execPath, [join(root, 'node_modules/turbo/bin/turbo'), 'boundaries'], {
    cwd: folder,
    env,
  });
}

it('accepts the workspace as it is', async () => {
  const { code, output } = await boundaries();
  expect(output).toContain('no issues found');
  expect(code).toBe(0);
});

it.each([
  ['packages/layers', '@ostinato/kernels', 'leaf'],
  ['packages/training', '@ostinato/datasets', 'leaf'],
  ['packages/core', '@ostinato/testing', 'testing'],
  ['packages/backend', '@ostinato/layers', 'leaf'],
  ['packages/kernels', '@ostinato/imdb', 'app'],
])('refuses that %s depends on %s, even for its tests', async (path, dependency, tag) => {
  addDevDependency(path, dependency);
  const { code, output } = await boundaries();
  expect(code).not.toBe(0);
  // turbo wraps its lines anywhere.
  const unwrapped = output.replace(/[\s|]+/g, '');
  expect(unwrapped).toContain(`denylistfor\`@ostinato/${path.slice('packages/'.length)}\`:\`${tag}\``);
});

it('refuses an import of a package that is not declared', async () => {
  writeFileSync(
    join(folder, 'packages/datasets/src/sneak.test.ts'),
    "export { fit } from '@ostinato/training';\n",
  );
  const { code, output } = await boundaries();
  expect(code).not.toBe(0);
  expect(output).toContain('cannot import package `@ostinato/training`');
});
