/** The plugin that makes the fused kernels known to a registry. */
import { checkFields, definePlugin, type Plugin } from '@ostinato/core';
import { denseKernel } from './dense-kernel.js';
import { embeddingKernel } from './embedding-kernel.js';
import { finiteKernel } from './finite-kernel.js';
import { gruKernel } from './gru-kernel.js';
import { KernelRuntime, type ThreadsReport } from './kernel-runtime.js';
import { lstmKernel } from './lstm-kernel.js';
import { optimizerKernels } from './optimizer-kernels.js';
import { simpleRnnKernel } from './simple-rnn-kernel.js';

/** Fused kernels in a memory of their own. */
export interface KernelsPlugin extends Plugin {
  readonly name: '@ostinato/kernels';
  /** Bytes of the kernels' memory in use and in all; zeros before `setup`. For tests and reports. */
  memory(): { readonly inUse: number; readonly total: number };
  /** Threads that take part at this moment, and why there are fewer than wanted; one before `setup`. */
  threads(): ThreadsReport;
  /** Ends the workers; what follows runs on the caller's thread. Programs need not call it: workers keep none alive. */
  stop(): Promise<void>;
}

export interface KernelsOptions {
  /**
   * Threads that compute, the caller's included. 'auto', the default: as many as the process has processors. Results do not depend on it.
   * Where workers cannot be had (`threads()` says why), the caller's thread does all.
   */
  readonly threads?: number | 'auto';
}

/**
 * Kernels with a memory of their own. Tensors made by one such plugin are moved when another one needs them.
 *
 * Memory   nothing is allocated, compiled or started before `setup`, which models await
 * Throws   `config-threads`, `config-type`, `config-unknown`
 */
export function createKernels(options: KernelsOptions = {}): KernelsPlugin {
  checkFields('createKernels', options, ['threads']);
  const runtime = new KernelRuntime(options);
  const plugin: KernelsPlugin = {
    name: '@ostinato/kernels',
    version: '0.0.0',
    kernels: [
      simpleRnnKernel(runtime),
      lstmKernel(runtime),
      gruKernel(runtime),
      denseKernel(runtime),
      embeddingKernel(runtime),
      finiteKernel(runtime),
      ...optimizerKernels(runtime),
    ],
    setup: () => runtime.start(),
    memory: () => runtime.memory(),
    threads: () => runtime.threadsReport(),
    stop: () => runtime.stop(),
  };
  return definePlugin(plugin);
}

/**
 * The kernels of this package.
 *
 * @example
 * const registry = createRegistry([layers, kernels]);
 */
export const kernels: KernelsPlugin = /* @__PURE__ */ createKernels();
