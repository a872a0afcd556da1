/** Closes a backend's gaps for training: kernels that tfjs lacks there, or has in a form that training cannot use. */
import * as tf from '@tensorflow/tfjs-core';
import type { FilledBackend } from './backend-storage.js';
import { registerGradients } from './gradients/register-gradients.js';
import { identityKernel } from './identity-kernel.js';
import { unsortedSegmentSumKernel } from './unsorted-segment-sum.js';

/** Kernels of ours by backend. */
const kernels: Readonly<Record<FilledBackend, Readonly<Record<string, tf.KernelFunc>>>> = {
  cpu: { Identity: identityKernel, UnsortedSegmentSum: unsortedSegmentSumKernel('cpu') },
  wasm: { Identity: identityKernel, UnsortedSegmentSum: unsortedSegmentSumKernel('wasm') },
};

/**
 * Registers this package's kernels for a backend whose own kernels are registered, and the gradients that tfjs-core
 * leaves out. Doing it again changes nothing.
 *
 * Returns the names of the kernels that are ours on that backend.
 */
export function completeBackend(name: string): string[] {
  registerGradients();
  if (!isFilled(name)) return [];
  for (const [kernelName, kernelFunc] of Object.entries(kernels[name])) {
    const present = tf.getKernel(kernelName, name);
    if (present?.kernelFunc === kernelFunc) continue;
    if (present) tf.unregisterKernel(kernelName, name); // else tfjs warns that a kernel is registered twice
    tf.registerKernel({ kernelName, backendName: name, kernelFunc });
  }
  return Object.keys(kernels[name]);
}

function isFilled(name: string): name is FilledBackend {
  return name === 'cpu' || name === 'wasm';
}
