/** What a model computes with: the backend of tfjs and the kernels. */
import { type BackendReport, useBackend } from '@ostinato/backend';
import { createRegistry, type Registry } from '@ostinato/core';
import { kernels } from '@ostinato/kernels';
import { layers } from '@ostinato/layers';
import type { EngineOptions } from './arguments/requests.js';
import type { Output } from './output.js';
import { countOf } from './show-count.js';

export interface Engine {
  readonly registry: Registry;
  readonly backend: BackendReport;
}

/** Starts the backend; a fallback is told as a warning, in any case. */
export async function startEngine(options: Pick<EngineOptions, 'backend'>, output: Output): Promise<Engine> {
  const registry = createRegistry([layers, kernels]);
  const backend = await useBackend(options.backend, { silent: true });
  if (backend.reason !== undefined) {
    output.warn(
      `The backend '${backend.requested}' cannot start, '${backend.backend}' is used: ${backend.reason}`,
    );
  }
  return { registry, backend };
}

/** `wasm (SIMD, 1 thread)` */
export function describeBackend({ backend, simd, threads }: BackendReport): string {
  return `${backend} (${simd ? 'SIMD, ' : ''}${countOf(threads, 'thread')})`;
}
