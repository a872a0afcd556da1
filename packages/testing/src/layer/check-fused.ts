/** Fused kernels: where one serves the layer, it gives the numbers of the reference path. */
import type { KernelChooser, Layer } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import { type Difference, positionIn, type Values, worstDifference } from '../compare-values.js';
import { masksFor } from './check-masks.js';
import { variablesOf } from './layer-gradients.js';
import type { LayerSubject, RunOptions } from './layer-subject.js';

/** Outputs and every gradient, with and without a mask. Returns why nothing was compared, if so. */
export async function checkFused(subject: LayerSubject): Promise<string | undefined> {
  await subject.registry.ready();
  const layer = subject.built();
  const plain = compare(subject, layer, {});
  const masks = masksFor(subject);
  const masked = masks && compare(subject, layer, { masks });
  if (masks) tf.dispose(masks.filter((mask) => mask !== null));
  layer.dispose();
  return plain !== undefined && (masks === undefined || masked !== undefined) ? plain : undefined;
}

function compare(subject: LayerSubject, layer: Layer, options: RunOptions): string | undefined {
  const kernels = subject.chooser('auto');
  const fused = subject.outputs(layer, { ...options, kernels });
  const refusal = whyReference(kernels);
  if (refusal !== undefined) return refusal;
  const { fusedTolerance: tolerance = 1e-5 } = subject.options;
  const circumstance = options.masks ? ' under a mask' : '';
  subject.outputs(layer, options).forEach((reference, i) => {
    const worst = worstDifference(fused[i]!, reference, tolerance);
    if (worst) report(subject, `Output ${i}${circumstance}`, worst, tolerance);
  });
  const references = variablesOf(subject, layer, options);
  variablesOf(subject, layer, { ...options, kernels }).forEach(({ name, shape, gradient }, k) => {
    const reference: Values = references[k]!.gradient ?? new Float32Array(gradient?.length ?? 0);
    const worst = worstDifference(gradient ?? [], reference, 10 * tolerance);
    if (worst) report(subject, `The gradient in '${name}'${circumstance}`, worst, 10 * tolerance, shape);
  });
  return undefined;
}

function whyReference(kernels: KernelChooser): string | undefined {
  const choices = kernels.choices();
  if (choices.length === 0) return 'it asks for no kernel';
  if (choices.some(({ route }) => route === 'fused')) return undefined;
  return choices.map(({ op, reason }) => `${op}: ${reason}`).join('; ');
}

function report(
  subject: LayerSubject,
  what: string,
  { index, expected, received }: Difference,
  tolerance: number,
  shape?: readonly number[],
): never {
  const place = shape ? positionIn(shape, index) : `index ${index}`;
  return subject.fail('fused and reference', {
    what: `${what} differs between the fused and the reference path at ${place}`,
    expected: `${expected} within ${tolerance}`,
    received: String(received),
  });
}
