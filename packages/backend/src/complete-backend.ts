/** Closes a backend's gaps for training: kernels that tfjs lacks there, or has in a form that training cannot use. */
import * as tf from '@tensorflow/tfjs-core';
import { positiveAxis } from './accumulation-axis.js';
import type { FilledBackend } from './backend-storage.js';
import { concatInBlocks, reverseInBlocks, splitInBlocks } from './block-kernels.js';
import { fewAxes } from './few-axes.js';
import { biasAfterProduct } from './fused-product.js';
import { registerGradients } from './gradients/register-gradients.js';
import { identityKernel } from './identity-kernel.js';
import { transposeFirst } from './transposed-product.js';
import { unsortedSegmentSumKernel } from './unsorted-segment-sum.js';
import { addUnwritten } from './unwritten-sum.js';

/** A kernel of ours; it may use the one that tfjs has. */
type Filling = (native: tf.KernelFunc | undefined) => tf.KernelFunc;

const around =
  (mend: (native: tf.KernelFunc) => tf.KernelFunc): Filling =>
  (native) =>
    mend(native!);

const fillings: Readonly<Record<FilledBackend, Readonly<Record<string, Filling>>>> = {
  cpu: {
    Identity: () => identityKernel,
    Add: around(addUnwritten),
    UnsortedSegmentSum: () => unsortedSegmentSumKernel('cpu'),
    Cumsum: around(positiveAxis),
    Cumprod: around(positiveAxis),
    Reverse: around(reverseInBlocks('cpu')),
    SplitV: around(splitInBlocks('cpu')),
    Concat: around(concatInBlocks('cpu')),
  },
  wasm: {
    Identity: () => identityKernel,
    Add: around((native) => addUnwritten(fewAxes(native))),
    Sub: around(fewAxes),
    Multiply: around(fewAxes),
    RealDiv: around(fewAxes),
    SquaredDifference: around(fewAxes),
    UnsortedSegmentSum: () => unsortedSegmentSumKernel('wasm'),
    BatchMatMul: around(transposeFirst),
    _FusedMatMul: around((native) => transposeFirst(biasAfterProduct(native))),
    Cumsum: around(positiveAxis),
    Cumprod: around(positiveAxis),
    Reverse: around(reverseInBlocks('wasm')),
    SplitV: around(splitInBlocks('wasm')),
    Concat: around(concatInBlocks('wasm')),
  },
};

/** Kernels made here: what a second call finds and leaves. */
const ours = new WeakSet<tf.KernelFunc>();

/**
 * Registers this package's kernels for a backend whose own kernels are registered, and the gradients that tfjs-core
 * leaves out. Doing it again changes nothing. `useBackend` does it.
 *
 * Returns the names of the kernels that are ours on that backend.
 */
export function completeBackend(name: string): string[] {
  registerGradients();
  if (!isFilled(name)) return [];
  for (const [kernelName, fill] of Object.entries(fillings[name])) register(kernelName, name, fill);
  return Object.keys(fillings[name]);
}

/** What tfjs prepares for its kernel when the backend starts stays part of ours. */
function register(kernelName: string, backendName: FilledBackend, fill: Filling): void {
  const present = tf.getKernel(kernelName, backendName) as tf.KernelConfig | undefined;
  if (present && isOurs(present)) return;
  const kernelFunc = fill(present?.kernelFunc);
  ours.add(kernelFunc);
  if (present) tf.unregisterKernel(kernelName, backendName); // else tfjs warns that a kernel is registered twice
  tf.registerKernel({ ...present, kernelName, backendName, kernelFunc });
}

/** Whether a kernel is one of this package. */
export function isOurs(kernel: tf.KernelConfig): boolean {
  return ours.has(kernel.kernelFunc);
}

function isFilled(name: string): name is FilledBackend {
  return name === 'cpu' || name === 'wasm';
}
