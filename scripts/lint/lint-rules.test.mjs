// The rules of biome.json that keep the packages apart and the weights reproducible, each shown to refuse something.
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from '../workspace/layout.mjs';
import { run } from '../workspace/run.mjs';

/** File by file: the source, and the rules that must refuse it. @type {Record<string, [source: string, rules: string[]]>} */
const cases = {
  'packages/layers/src/sibling.ts': ["export { fit } from '@ostinato/training';", ['noRestrictedImports']],
  'packages/layers/src/type.ts': ["export type { Fit } from '@ostinato/training';", ['noRestrictedImports']],
  'packages/layers/src/lazy.ts': [
    "export const load = () => import('@ostinato/kernels');",
    ['noRestrictedImports'],
  ],
  'packages/training/src/backend.ts': [
    "export { useBackend } from '@ostinato/backend';",
    ['noRestrictedImports'],
  ],
  'packages/backend/src/sibling.ts': ["export { gru } from '@ostinato/layers';", ['noRestrictedImports']],
  'packages/datasets/src/umbrella.ts': ["export { add } from '@tensorflow/tfjs';", ['noRestrictedImports']],
  'packages/core/src/own.ts': ["export { gru } from '@ostinato/layers';", ['noRestrictedImports']],
  'packages/layers/src/core.ts': ["export { Layer } from '@ostinato/core';", []],
  'packages/layers/src/tools.test.ts': ["export { useBackend } from '@ostinato/backend';", []],
  'apps/imdb/src/all.ts': [
    "export { gru } from '@ostinato/layers';\nexport { fit } from '@ostinato/training';",
    [],
  ],
  'examples/custom-layer/src/cell.ts': ["export { project } from '@ostinato/layers';", []],
  'examples/custom-layer/src/inside.ts': [
    "export { project } from '../../../packages/layers/src/project.js';",
    ['noRestrictedImports'],
  ],
  'examples/custom-layer/src/deep.ts': [
    "export { project } from '@ostinato/layers/dist/project.js';",
    ['noRestrictedImports'],
  ],
  'examples/custom-layer/src/umbrella.ts': [
    "export { add } from '@tensorflow/tfjs';",
    ['noRestrictedImports'],
  ],
  'packages/core/src/unseeded.ts': ['export const draw = () => Math.random();', ['plugin']],
  'packages/kernels/src/inexact.ts': [
    'export const squash = (x: number) => Math.tanh(x) + Math.exp(x);',
    ['plugin', 'plugin'],
  ],
  'packages/layers/src/exact.ts': ['export const length = (x: number) => Math.sqrt(Math.abs(x));', []],
  'packages/layers/src/oracle.test.ts': ['export const squash = (x: number) => Math.tanh(x);', []],
  'packages/layers/src/default.ts': ['export default function gru() {}', ['noDefaultExport']],
  'packages/layers/src/any.ts': ['export const whatever = (x: any) => x;', ['noExplicitAny']],
};

/** @type {string} */
let folder;
/** @type {Map<string, string[]>} */
const refusals = new Map();

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ostinato-lint-'));
  for (const file of ['biome.json', '.gitignore']) copyFileSync(join(root, file), join(folder, file));
  cpSync(join(root, 'scripts/lint'), join(folder, 'scripts/lint'), { recursive: true });
  for (const [file, [source]] of Object.entries(cases)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), `${source}\n`);
  }
  const biome = join(root, 'node_modules/@biomejs/biome/bin/biome');
  const args = [biome, 'lint', '--reporter=json', '--max-diagnostics=none', 'packages', 'apps', 'examples'];
  const { stdout } = await run(process.execPath, args, { cwd: folder });
  for (const { category, severity, location } of JSON.parse(stdout).diagnostics) {
    if (severity !== 'error') continue;
    const rule = category.split('/').at(-1);
    refusals.set(location.path, [...(refusals.get(location.path) ?? []), rule]);
  }
});

afterAll(() => rmSync(folder, { recursive: true }));

describe('the lint rules', () => {
  it.each(Object.entries(cases))('%s', (file, [, rules]) => {
    expect(refusals.get(file) ?? []).toEqual(rules);
  });
});
