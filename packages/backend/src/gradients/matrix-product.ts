/** Gradients of matrix products. */
import * as tf from '@tensorflow/tfjs-core';
import { single, sumToShape } from './gradient-forms.js';

/**
 * y = op(a)·op(b), where op transposes or not: dA = dY·op(B)ᵀ, dB = op(A)ᵀ·dY, transposed back where op transposes.
 *
 * Batch axes of size 1 may have been stretched: their gradients are added up.
 */
const batchMatMul: tf.GradConfig = {
  kernelName: 'BatchMatMul',
  inputsToSave: ['a', 'b'],
  gradFunc: (dy, saved, attrs) => {
    const [a, b] = saved as [tf.Tensor, tf.Tensor];
    const { transposeA, transposeB } = attrs as { transposeA: boolean; transposeB: boolean };
    const y = single(dy);
    return {
      a: () => {
        const gradient = transposeA ? tf.matMul(b, y, transposeB, true) : tf.matMul(y, b, false, !transposeB);
        return sumToShape(gradient, a.shape);
      },
      b: () => {
        const gradient = transposeB ? tf.matMul(y, a, true, transposeA) : tf.matMul(a, y, !transposeA, false);
        return sumToShape(gradient, b.shape);
      },
    };
  },
};

export const matrixProductGradients: readonly tf.GradConfig[] = [batchMatMul];
