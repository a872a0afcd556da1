/** The plugin that makes the fused kernels known to a registry. */
import { definePlugin, type Plugin } from '@ostinato/core';
import { embeddingKernel } from './embedding-kernel.js';
import { KernelRuntime } from './kernel-runtime.js';
import { optimizerKernels } from './optimizer-kernels.js';
import { simpleRnnKernel } from './simple-rnn-kernel.js';

/** Fused kernels in a memory of their own. */
export interface KernelsPlugin extends Plugin {
  readonly name: '@ostinato/kernels';
  /** Bytes of the kernels' memory in use and in all; zeros before `setup`. For tests and reports. */
  memory(): { readonly inUse: number; readonly total: number };
}

/**
 * Kernels with a memory of their own. Tensors made by one such plugin are moved when another one needs them.
 *
 * Memory   nothing is allocated or compiled before `setup`, which models await
 */
export function createKernels(): KernelsPlugin {
  const runtime = new KernelRuntime();
  const plugin: KernelsPlugin = {
    name: '@ostinato/kernels',
    version: '0.0.0',
    kernels: [simpleRnnKernel(runtime), embeddingKernel(runtime), ...optimizerKernels(runtime)],
    setup: () => runtime.start(),
    memory: () => runtime.memory(),
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
