/** What starts a tfjs backend: the two that this package knows. */
import * as tf from '@tensorflow/tfjs-core';
import { findWasmFile } from './wasm-files.js';

/**
 * A tfjs backend that `useBackend` can start.
 *
 * @example
 * const webgl = { name: 'webgl', start: async () => { await import('@tensorflow/tfjs-backend-webgl'); } };
 */
export interface BackendAdapter {
  /** The name under which tfjs knows it. */
  readonly name: string;
  /** Makes tfjs know it: usually a dynamic import. Throws where it cannot run, with the reason. */
  start(): Promise<void>;
}

/** Plain JavaScript: slow, and runs everywhere. */
export function cpuAdapter(): BackendAdapter {
  return {
    name: 'cpu',
    start: async () => {
      await import('@tensorflow/tfjs-backend-cpu');
      // The first tensor on this backend prints an advertisement for tfjs-node unless it has been printed.
      const backend = tf.findBackend('cpu') as { firstUse?: boolean } | null;
      if (backend?.firstUse) backend.firstUse = false;
    },
  };
}

/**
 * SIMD WebAssembly. `wasmPath` names the folder of the `.wasm` files, or the file, where it is not found by itself.
 *
 * One thread: tfjs' threaded build waits for ever when a minifier has renamed what its workers need, and Node cannot
 * start it.
 */
export function wasmAdapter(wasmPath?: string): BackendAdapter {
  return {
    name: 'wasm',
    start: async () => {
      if (typeof WebAssembly !== 'object') throw new Error('this engine has no WebAssembly');
      const { setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm');
      if ('wasm' in tf.engine().registry) return; // running already
      tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
      const file = await findWasmFile(
        (await hasSimd()) ? 'tfjs-backend-wasm-simd.wasm' : 'tfjs-backend-wasm.wasm',
        wasmPath,
      );
      setWasmPaths({
        'tfjs-backend-wasm.wasm': file,
        'tfjs-backend-wasm-simd.wasm': file,
        'tfjs-backend-wasm-threaded-simd.wasm': file,
      });
    },
  };
}

/** Whether tfjs' wasm computes with SIMD instructions here. */
export async function hasSimd(): Promise<boolean> {
  return Boolean(await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT'));
}
