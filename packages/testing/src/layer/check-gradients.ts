/** Gradients: autodiff against finite differences, in every trainable weight and every float input. */
import * as tf from '@tensorflow/tfjs-core';
import { positionIn } from '../compare-values.js';
import { checkGradient } from '../finite-differences.js';
import { masksFor } from './check-masks.js';
import { scatterWeights } from './check-reference.js';
import { type Variable, variablesOf } from './layer-gradients.js';
import type { LayerSubject } from './layer-subject.js';

/** Without a mask, and with one where the layer takes masks. */
export function checkGradients(subject: LayerSubject): void {
  const layer = subject.built();
  scatterWeights(subject, layer);
  for (const variable of variablesOf(subject, layer)) checkVariable(subject, variable, '');
  const masks = masksFor(subject);
  if (masks) {
    for (const variable of variablesOf(subject, layer, { masks }))
      checkVariable(subject, variable, ' under a mask');
    tf.dispose(masks.filter((mask) => mask !== null));
  }
  layer.dispose();
}

function checkVariable(subject: LayerSubject, variable: Variable, circumstance: string): void {
  const { name, shape, values, loss, gradient } = variable;
  const { gradientTolerance = 2e-3 } = subject.options;
  const rng = subject.rng(`directions ${name}`);
  const found = checkGradient(
    loss,
    values,
    gradient ?? new Float32Array(values.length),
    rng,
    gradientTolerance,
  );
  if (found.wrong) {
    const { index, numeric, analytic } = found.wrong;
    const place = index === undefined ? 'along a direction' : `at ${positionIn(shape, index)}`;
    subject.fail('gradients', {
      what: `The gradient in '${name}'${circumstance} is wrong ${place}`,
      expected: `${numeric} by finite differences`,
      received: gradient ? String(analytic) : 'no gradient',
    });
  }
  if (found.kinks * 2 > found.tried) {
    subject.fail('gradients', {
      what: `The loss is not smooth in '${name}'${circumstance} at ${found.kinks} of ${found.tried} places`,
      fix: 'Test it with inputs where it is, or skip this check with the reason',
    });
  }
}
