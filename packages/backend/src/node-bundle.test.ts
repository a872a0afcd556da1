// useBackend in bundles that run in Node, where no package is installed.
import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const here = dirname(fileURLToPath(import.meta.url));
const installed = dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm'));
const SIMD = 'tfjs-backend-wasm-simd.wasm';
const PROGRAM = `
import * as tf from '@tensorflow/tfjs-core';
import { useBackend } from './use-backend.ts';
useBackend('wasm', { silent: true }).then((report) =>
  console.log(JSON.stringify({ ...report, sum: tf.add(tf.tensor1d([1, 2]), 1).arraySync() })),
);
`;
/** What tfjs' files expect of Node, and modules do not have. */
const COMMON_JS = `
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
const require = createRequire(import.meta.url);
const __filename = fileURLToPath(import.meta.url);
const __dirname = dirname(__filename);
`;

describe.each(['cjs', 'esm'] as const)('as %s', (format) => {
  const folder = mkdtempSync(join(tmpdir(), 'ostinato-bundle-'));
  const outfile = join(folder, format === 'cjs' ? 'program.cjs' : 'program.mjs');
  const run = async () => {
    const env = { ...process.env, NODE_PATH: '' }; // pnpm's scripts name the workspace's packages there
    return JSON.parse((await promisify(execFile)(process.execPath, [outfile], { env })).stdout);
  };

  beforeAll(async () => {
    await build({
      stdin: { contents: PROGRAM, resolveDir: here, loader: 'ts' },
      alias: { '@ostinato/core': join(here, '../../core/src/index.ts') },
      mainFields: ['module', 'main'],
      banner: format === 'esm' ? { js: COMMON_JS } : {},
      ...{ bundle: true, platform: 'node', format, outfile, logLevel: 'error' },
    });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('says where it looked', async () => {
    rmSync(join(folder, SIMD), { force: true });
    const { backend, reason, sum } = await run();
    expect([backend, sum]).toEqual(['cpu', [2, 3]]);
    expect(reason).toContain('@tensorflow/tfjs-backend-wasm (not installed)');
    expect(reason).toContain(`${SIMD} (no such file)`);
  });

  it('finds the file beside the bundle', async () => {
    copyFileSync(join(installed, SIMD), join(folder, SIMD));
    expect(await run()).toMatchObject({ backend: 'wasm', sum: [2, 3] });
  });

  it('takes that file before one of a package that happens to be installed', async () => {
    copyFileSync(join(installed, SIMD), join(folder, SIMD));
    const other = join(folder, 'node_modules/@tensorflow/tfjs-backend-wasm');
    mkdirSync(other, { recursive: true });
    writeFileSync(join(other, 'index.js'), '');
    writeFileSync(join(other, SIMD), Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0)); // wasm, and nothing in it
    expect(await run()).toMatchObject({ backend: 'wasm', sum: [2, 3] });
    rmSync(join(folder, 'node_modules'), { recursive: true });
  });
});
