/** What each backend can train, read from tfjs' registry of kernels and gradients. */
import { OstinatoError } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import { isOurs } from './complete-backend.js';
import { gradients } from './gradients/register-gradients.js';

/**
 * native: tfjs' kernel serves. filled: a kernel of this package does. missing: the backend has none.
 * no gradient: it computes, but nothing can be learnt through it (convolutions, until somebody registers theirs).
 * Comparisons and argMax count as trainable: their gradient is 0.
 */
export type Training = 'native' | 'filled' | 'no gradient' | 'missing';

/**
 * Every kernel that the backend has or that training may ask for, in alphabetical order.
 *
 * Throws   `backend-unknown` when no kernel of that backend is registered: `useBackend` does it
 *
 * @example
 * trainable('wasm').get('UnsortedSegmentSum'); // 'filled'
 */
export function trainable(backendName: string): ReadonlyMap<string, Training> {
  const present = tf.getKernelsForBackend(backendName).map(({ kernelName }) => kernelName);
  if (present.length === 0) {
    throw new OstinatoError('backend-unknown', {
      where: 'trainable',
      what: `No kernels of a backend '${backendName}' are registered`,
      fix: `Call await useBackend('${backendName}') first`,
    });
  }
  const names = new Set([...present, ...gradients.map(({ kernelName }) => kernelName)]);
  return new Map([...names].sort().map((name) => [name, trainingOf(name, backendName)]));
}

function trainingOf(kernelName: string, backendName: string): Training {
  const kernel = tf.getKernel(kernelName, backendName) as tf.KernelConfig | undefined;
  if (!kernel) return 'missing';
  if (!tf.getGradient(kernelName)) return 'no gradient';
  return isOurs(kernel) ? 'filled' : 'native';
}
