/** What a model computes with: the backend of tfjs, and the fused kernels on their threads. */
import { type BackendReport, useBackend } from '@ostinato/backend';
import { createRegistry, type Registry } from '@ostinato/core';
import { createKernels } from '@ostinato/kernels';
import { layers } from '@ostinato/layers';
import type { EngineOptions } from './arguments/requests.js';
import type { Output } from './output.js';

export interface Engine {
  readonly registry: Registry;
  readonly backend: BackendReport;
  /** Threads that take part at this moment. */
  threads(): Threads;
}

export interface Threads {
  readonly wanted: number | 'auto';
  /** The program's own included. */
  readonly count: number;
  /** Why they are fewer than wanted. */
  readonly reason?: string;
}

/**
 * Starts backend and threads for `use`, and ends the threads when it is done. A backend other than the one that was
 * asked for is told as a warning, in any case.
 */
export async function withEngine<T>(
  options: EngineOptions,
  output: Output,
  use: (engine: Engine) => Promise<T>,
): Promise<T> {
  const { fused, threads: wanted } = options;
  const kernels = createKernels({ threads: fused === 'off' ? 1 : wanted });
  const registry = createRegistry([layers, kernels]);
  const backend = await startBackend(options, output);
  try {
    await registry.ready();
    const threads = (): Threads => reportOf(kernels.threads(), options);
    return await use({ registry, backend, threads });
  } finally {
    await kernels.stop();
  }
}

async function startBackend({ backend: name }: EngineOptions, output: Output): Promise<BackendReport> {
  const backend = await useBackend(name, { silent: true });
  if (backend.reason !== undefined) {
    output.warn(
      `The backend '${backend.requested}' cannot start, '${backend.backend}' is used: ${backend.reason}`,
    );
  }
  return backend;
}

/** The kernels' own report, with a reason also where there are no kernels to run. */
function reportOf({ count, reason }: Pick<Threads, 'count' | 'reason'>, options: EngineOptions): Threads {
  const { threads: wanted } = options;
  const why = reason ?? (count === wanted ? undefined : missingKernels(count, options));
  return { wanted, count, ...(why === undefined ? {} : { reason: why }) };
}

function missingKernels(count: number, { fused, threads: wanted }: EngineOptions): string | undefined {
  if (fused === 'off') return "no fused kernels (fused: 'off')";
  return wanted === 'auto' || count >= wanted ? undefined : 'the fused kernels do not run here';
}

/** `wasm (SIMD)` */
export function describeBackend({ backend, simd }: BackendReport): string {
  return `${backend}${simd ? ' (SIMD)' : ''}`;
}

/** `2`, `1 of 4: there is no SharedArrayBuffer` */
export function describeThreads({ wanted, count, reason }: Threads): string {
  if (reason === undefined) return `${count}`;
  return `${count}${wanted === 'auto' ? '' : ` of ${wanted}`}: ${reason}`;
}

/** As the figures of a run have it. */
export function threadFigures({ count, reason }: Threads): { threads: number; threadsReason?: string } {
  return { threads: count, ...(reason === undefined ? {} : { threadsReason: reason }) };
}
