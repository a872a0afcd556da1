/**
 * Registers the gradients that training needs.
 *
 * `@tensorflow/tfjs-core` brings the gradient tape but registers no gradient; only the umbrella packages do, from a
 * file that Node cannot import. What is registered already is left alone.
 */
import * as tf from '@tensorflow/tfjs-core';
import { activationGradients } from './activation.js';
import { arithmeticGradients } from './arithmetic.js';
import { decisionGradients } from './decisions.js';
import { elementwiseGradients } from './elementwise.js';
import { indexingGradients } from './indexing.js';
import { matrixProductGradients } from './matrix-product.js';
import { rearrangementGradients } from './rearrangement.js';
import { reductionGradients } from './reductions.js';

/** Every gradient this package knows, one for each kernel. */
export const gradients: readonly tf.GradConfig[] = [
  ...arithmeticGradients,
  ...elementwiseGradients,
  ...activationGradients,
  ...reductionGradients,
  ...rearrangementGradients,
  ...matrixProductGradients,
  ...indexingGradients,
  ...decisionGradients,
];

/** Registers those that are missing. Returns the names of the kernels that got one. */
export function registerGradients(): string[] {
  const missing = gradients.filter(({ kernelName }) => !tf.getGradient(kernelName));
  for (const gradient of missing) tf.registerGradient(gradient);
  return missing.map(({ kernelName }) => kernelName);
}
