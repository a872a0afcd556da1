/** Chooses a tfjs backend, starts it, completes it for training, and says what it did. */
import { OstinatoError, show, unknownName } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import { type BackendAdapter, cpuAdapter, hasSimd, wasmAdapter } from './adapters.js';
import { completeBackend } from './complete-backend.js';
import { withoutRethrowing } from './rethrowing-listeners.js';
import { checkBackendOptions, type UseBackendOptions } from './use-backend-options.js';

export type BackendName = 'wasm' | 'cpu';

/** What was chosen. */
export interface BackendReport {
  /** The backend that runs. */
  readonly backend: string;
  readonly requested: string;
  /** Why it is not the requested one; absent when it is. */
  readonly reason?: string;
  /** Kernels of this backend that are ours because tfjs' are missing or unfit for training. */
  readonly filled: readonly string[];
  /** Whether tfjs computes with SIMD instructions. */
  readonly simd: boolean;
  /** Threads that tfjs computes with: 1, unless the application started a threaded backend itself. */
  readonly threads: number;
}

let previous: Promise<unknown> = Promise.resolve();

/**
 * Starts a backend and makes it fit for training: see `completeBackend`.
 *
 * Nothing is loaded or registered before the call. Calls wait for one another; the last one counts.
 *
 * Throws   `backend-unknown` for a name that is neither known nor an adapter; `backend-unavailable` when nothing starts
 *          · `config-…` for options
 *
 * @example
 * const { backend, reason } = await useBackend('wasm');
 */
export function useBackend(
  requested: BackendName | BackendAdapter,
  options: UseBackendOptions = {},
): Promise<BackendReport> {
  const start = (): Promise<BackendReport> => startRequested(requested, options);
  const report = previous.then(start, start);
  previous = report.catch(() => undefined);
  return report;
}

async function startRequested(
  requested: BackendName | BackendAdapter,
  options: UseBackendOptions,
): Promise<BackendReport> {
  checkBackendOptions('useBackend', options);
  const adapter = adapterFor(requested, options);
  const cause = await tryToStart(adapter);
  if (cause === undefined) return report(adapter.name, adapter.name);
  const reason = reasonOf(cause);
  if (options.fallback === false || adapter.name === 'cpu') throw unavailable(adapter.name, reason, cause);
  const second = await tryToStart(cpuAdapter());
  if (second !== undefined) throw unavailable('cpu', reasonOf(second), second);
  if (!options.silent) console.warn(`[useBackend] '${adapter.name}' cannot start, using 'cpu': ${reason}`);
  return report('cpu', adapter.name, reason);
}

function adapterFor(requested: unknown, options: UseBackendOptions): BackendAdapter {
  if (requested === 'wasm') return wasmAdapter(options.wasmPath);
  if (requested === 'cpu') return cpuAdapter();
  if (typeof requested === 'string') {
    throw unknownName('backend-unknown', {
      where: 'useBackend',
      kind: 'backend',
      name: requested,
      known: ['wasm', 'cpu'],
      fix: 'For any other tfjs backend pass an adapter { name, start() }',
    });
  }
  const adapter = requested as Partial<BackendAdapter> | null | undefined;
  if (typeof adapter?.name === 'string' && typeof adapter.start === 'function')
    return adapter as BackendAdapter;
  throw new OstinatoError('backend-unknown', {
    where: 'useBackend',
    what: 'This is not a backend',
    expected: "'wasm', 'cpu' or an adapter { name, start() }",
    received: show(requested),
  });
}

/** Makes the adapter's backend the current one. Returns what went wrong, if anything. */
async function tryToStart(adapter: BackendAdapter): Promise<unknown> {
  try {
    await adapter.start();
    if (!tf.findBackendFactory(adapter.name)) {
      return new Error(`its start() made no tfjs backend called '${adapter.name}' known`);
    }
    completeBackend(adapter.name);
    if (await withoutRethrowing(() => tf.setBackend(adapter.name))) return undefined;
    return new Error('tfjs could not initialize it; its own message is in the log');
  } catch (error) {
    return error ?? new Error('its start() failed without a reason');
  }
}

async function report(backend: string, requested: string, reason?: string): Promise<BackendReport> {
  return {
    backend,
    requested,
    ...(reason === undefined ? {} : { reason }),
    filled: completeBackend(backend),
    ...(backend === 'wasm' ? await wasmSpeed() : { simd: false, threads: 1 }),
  };
}

async function wasmSpeed(): Promise<{ simd: boolean; threads: number }> {
  const { getThreadsCount } = await import('@tensorflow/tfjs-backend-wasm');
  const threaded = Boolean(await tf.env().getAsync('WASM_HAS_MULTITHREAD_SUPPORT'));
  return { simd: await hasSimd(), threads: threaded ? getThreadsCount() : 1 };
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function unavailable(name: string, reason: string, cause: unknown): OstinatoError {
  return new OstinatoError('backend-unavailable', {
    where: 'useBackend',
    what: `The backend '${name}' cannot start: ${reason}`,
    cause,
  });
}
