/** Where a run took place. */
import { execFile } from 'node:child_process';
import { arch, availableParallelism, cpus, platform } from 'node:os';
import { promisify } from 'node:util';
import { version_core } from '@tensorflow/tfjs-core';

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly system: string;
  readonly node: string;
  readonly tfjs: string;
  /** Short hash, with `+` when files differ from it. */
  readonly commit: string;
}

export async function describeMachine(): Promise<Machine> {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    system: `${platform()} ${arch()}`,
    node: process.version,
    tfjs: version_core,
    commit: await describeCommit(),
  };
}

async function describeCommit(): Promise<string> {
  try {
    const git = async (...args: string[]): Promise<string> =>
      (await promisify(execFile)('git', args)).stdout.trim();
    const changed = await git('status', '--porcelain', '--untracked-files=no');
    return (await git('rev-parse', '--short', 'HEAD')) + (changed ? '+' : '');
  } catch {
    return 'unknown';
  }
}

/** One line: `AMD EPYC, 2 cores, linux x64, Node v20.20.2, tfjs 4.22.0, commit 7efc590`. */
export function showMachine({ cpu, cores, system, node, tfjs, commit }: Machine): string {
  return `${cpu}, ${cores} cores, ${system}, Node ${node}, tfjs ${tfjs}, commit ${commit}`;
}
