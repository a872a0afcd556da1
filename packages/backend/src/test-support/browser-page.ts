/** The page that the browser tests open: starts wasm without any path, and takes a gradient. */
import * as tf from '@tensorflow/tfjs-core';
import { useBackend } from '../index.js';

async function run(): Promise<unknown> {
  const wasmPath = new URLSearchParams(location.search).get('wasmPath') ?? undefined;
  const report = await useBackend('wasm', { wasmPath });
  const table = tf.tensor2d([1, 2, 3, 4], [2, 2]);
  const ids = tf.tensor1d([1, 1, 0], 'int32');
  const gradient = tf.grad((t: tf.Tensor) => tf.sum(tf.gather(t, ids)))(table);
  return { ...report, isolated: crossOriginIsolated, gradient: [...gradient.dataSync()] };
}

run()
  .catch((error: unknown) => ({ error: String(error) }))
  .then((result) => fetch('/result', { method: 'POST', body: JSON.stringify(result) }));
