/** Gradients: autodiff against finite differences, in every trainable weight and every float input. */
import * as tf from '@tensorflow/tfjs-core';
import { positionIn } from '../compare-values.js';
import { checkGradient, type GradientCheck } from '../finite-differences.js';
import { masksFor } from './check-masks.js';
import { scatterWeights } from './check-reference.js';
import { type Variable, variablesOf } from './layer-gradients.js';
import type { LayerSubject } from './layer-subject.js';

/** Without a mask, and with one where the layer takes masks. */
export function checkGradients(subject: LayerSubject): void {
  const layer = subject.built();
  scatterWeights(subject, layer);
  checkAll(subject, variablesOf(subject, layer), '');
  const masks = masksFor(subject);
  if (masks) {
    checkAll(subject, variablesOf(subject, layer, { masks }), ' under a mask');
    tf.dispose(masks.filter((mask) => mask !== null));
  }
  layer.dispose();
}

function checkAll(subject: LayerSubject, variables: readonly Variable[], circumstance: string): void {
  let [tried, kinks] = [0, 0];
  for (const variable of variables) {
    const found = checkVariable(subject, variable, circumstance);
    tried += found.tried;
    kinks += found.kinks;
  }
  if (kinks * 2 <= tried) return;
  subject.fail('gradients', {
    what: `The loss has kinks${circumstance} at ${kinks} of the ${tried} places that were tried`,
    fix: 'Test it with inputs where it is smooth, or skip this check with the reason',
  });
}

function checkVariable(subject: LayerSubject, variable: Variable, circumstance: string): GradientCheck {
  const { name, shape, values, loss, gradient = new Float32Array(values.length) } = variable;
  const { gradientTolerance = 2e-3 } = subject.options;
  const rng = subject.rng(`directions ${name}`);
  const found = checkGradient(loss, values, gradient, rng, gradientTolerance);
  if (found.wrong) {
    const { index, numeric, analytic } = found.wrong;
    const place = index === undefined ? 'along a direction' : `at ${positionIn(shape, index)}`;
    subject.fail('gradients', {
      what: `The gradient in '${name}'${circumstance} is wrong ${place}`,
      expected: `${numeric} by finite differences`,
      received: variable.gradient ? String(analytic) : 'no gradient',
    });
  }
  return found;
}
