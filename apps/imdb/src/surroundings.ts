/** What a run computes in and with: machine, system, versions, commit. It stands in the run's record. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { arch, cpus, platform, release, totalmem } from 'node:os';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { KernelChoice } from '@ostinato/core';
import { programVersion } from './arguments/version.js';
import { type Engine, threadFigures } from './engine.js';
import { summarizeKernels } from './recipe.js';

export interface Surroundings {
  readonly machine: {
    readonly processor: string;
    readonly processors: number;
    readonly arch: string;
    readonly memoryMB: number;
  };
  readonly system: string;
  readonly node: string;
  readonly program: string;
  /** By name: the packages that this program computes with. */
  readonly packages: Readonly<Record<string, string>>;
  /** Of the checkout that the program runs from, `-dirty` when files differ from it; null where there is none. */
  readonly commit: string | null;
  readonly backend: string;
  readonly simd: boolean;
  readonly threads: number;
  readonly threadsReason?: string;
  readonly kernels: 'fused' | 'reference';
  readonly kernelsReason: string;
  /** Options that stood on the command line. */
  readonly flags: Readonly<Record<string, unknown>>;
}

export async function surroundingsOf(
  engine: Engine,
  choices: readonly KernelChoice[],
  flags: Readonly<Record<string, unknown>>,
): Promise<Surroundings> {
  const processors = cpus();
  const { kernels, reason: kernelsReason } = summarizeKernels(choices);
  return {
    machine: {
      processor: processors[0]?.model.trim() ?? 'unknown',
      processors: processors.length,
      arch: arch(),
      memoryMB: Math.round(totalmem() / 1e6),
    },
    system: `${platform()} ${release()}`,
    node: process.version,
    program: programVersion(),
    packages: packageVersions(),
    commit: await commitOf(dirname(fileURLToPath(import.meta.url))),
    backend: engine.backend.backend,
    simd: engine.backend.simd === true,
    ...threadFigures(engine.threads()),
    kernels,
    kernelsReason,
    flags,
  };
}

/** Of the packages that package.json names. */
function packageVersions(): Record<string, string> {
  const require = createRequire(import.meta.url);
  const { dependencies } = require('../package.json') as { dependencies: Record<string, string> };
  const computing = Object.keys(dependencies).filter((name) => /^@(ostinato|tensorflow)\//.test(name));
  return Object.fromEntries(
    computing.map((name) => {
      const { version } = JSON.parse(readFileSync(require.resolve(`${name}/package.json`), 'utf8')) as {
        version: string;
      };
      return [name, version];
    }),
  );
}

async function commitOf(folder: string): Promise<string | null> {
  if (folder.includes('node_modules')) return null;
  try {
    const git = promisify(execFile);
    const args = ['describe', '--always', '--dirty', '--abbrev=40', '--exclude=*'];
    const { stdout } = await git('git', args, { cwd: folder, timeout: 5000 });
    return stdout.trim() || null;
  } catch {
    return null; // no checkout, or no git
  }
}
