/** Training ops: a layer names the kernels that its backward pass needs beyond elementary arithmetic. */
import type { Layer } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import { masksFor } from './check-masks.js';
import { variablesOf } from './layer-gradients.js';
import type { LayerSubject } from './layer-subject.js';

/**
 * Kernels that every tfjs backend has, so that no layer need name them: arithmetic, comparisons, reductions, matrix
 * products, smooth elementary functions, and moving values about.
 */
export const ELEMENTARY_KERNELS: ReadonlySet<string> = new Set(
  [
    'Add AddN Sub Multiply RealDiv Neg Abs Sign Step Square SquaredDifference Pow Sqrt Rsqrt Reciprocal',
    'Maximum Minimum Max Min Sum Mean Exp Expm1 Log Log1p Sigmoid Tanh Relu ClipByValue Softmax Floor',
    'Equal NotEqual Greater GreaterEqual Less LessEqual LogicalAnd LogicalOr LogicalNot Select All Any',
    'BatchMatMul _FusedMatMul Identity Cast Fill ZerosLike OnesLike Range Reshape ExpandDims Transpose Tile',
    'Concat SplitV Pack Unpack Slice PadV2 Reverse',
  ]
    .join(' ')
    .split(' '),
);

/** What the backward pass of the reference path runs is elementary or named, and what is named exists. */
export async function checkTrainingOps(subject: LayerSubject): Promise<void> {
  const layer = subject.built();
  const named = layer.trainingOps();
  const used = await backwardKernels(subject, layer);
  layer.dispose();
  const unnamed = used.filter((kernel) => !ELEMENTARY_KERNELS.has(kernel) && !named.includes(kernel));
  if (unnamed.length > 0) {
    subject.fail('training ops', {
      what: 'Its backward pass runs kernels that trainingOps() does not name',
      expected: `${[...named, ...unnamed].join(', ')}`,
      received: named.join(', ') || 'none',
      fix: 'Name them, so that a model can say at once what a backend lacks',
    });
  }
  const unknown = named.find((kernel) => !tf.getKernel(kernel, tf.getBackend()));
  if (unknown) {
    subject.fail('training ops', {
      what: `trainingOps() names '${unknown}', which the backend '${tf.getBackend()}' does not have`,
      fix: 'Correct its spelling: it is that of tfjs, such as UnsortedSegmentSum',
    });
  }
}

/** Kernels of a forward and backward pass, less those of a forward pass, each as often as it ran. */
async function backwardKernels(subject: LayerSubject, layer: Layer): Promise<string[]> {
  const masks = masksFor(subject);
  const options = masks ? { masks } : {};
  const both = await kernelsOf(() => void variablesOf(subject, layer, options));
  const forward = await kernelsOf(() => void subject.outputs(layer, options));
  if (masks) tf.dispose(masks.filter((mask) => mask !== null));
  for (const kernel of forward) {
    const place = both.indexOf(kernel);
    if (place >= 0) both.splice(place, 1);
  }
  return [...new Set(both)];
}

async function kernelsOf(f: () => void): Promise<string[]> {
  const { kernels, result } = await tf.profile(() => {
    f();
    return tf.scalar(0);
  });
  tf.dispose(result);
  return kernels.map(({ name }) => name).filter((name) => tf.getKernel(name, tf.getBackend())); // scopes are listed too
}
