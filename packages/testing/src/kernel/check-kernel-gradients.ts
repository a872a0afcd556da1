/** Gradients of a kernel: those of the reference, or finite differences. */
import { createRng } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import { positionIn, worstDifference } from '../compare-values.js';
import { checkGradient } from '../finite-differences.js';
import { floatInputs, type KernelSubject } from './kernel-subject.js';
import { valuesOf, withTensor } from './kernel-tensors.js';

export function checkKernelGradients(subject: KernelSubject): string | undefined {
  if (!subject.differentiable) return 'the operation has no gradient';
  subject.inTidy(() => {
    const inputs = subject.test.inputs();
    const gradients = subject.gradientsOf(subject.run, inputs);
    if (subject.test.gradientsFrom === 'finite differences') compareDifferences(subject, inputs, gradients);
    else compareReference(subject, inputs, gradients);
  });
  return undefined;
}

type Gradients = readonly (Float32Array | undefined)[];

function compareReference(subject: KernelSubject, inputs: unknown, gradients: Gradients): void {
  const { tolerance = 1e-5, gradientTolerance = 10 * tolerance } = subject.test;
  const wanted = subject.gradientsOf(subject.reference, inputs);
  if (wanted.every((gradient) => gradient === undefined)) {
    subject.fail('gradients', {
      what: 'The reference has no gradients to compare with',
      fix: "Write it in tfjs ops, or set gradientsFrom: 'finite differences'",
    });
  }
  floatInputs(inputs).forEach(({ place, tensor }, i) => {
    const found = gradients[i] ?? new Float32Array(tensor.size);
    const worst = worstDifference(found, wanted[i] ?? new Float32Array(tensor.size), gradientTolerance);
    if (!worst) return;
    subject.fail('gradients', {
      what: `The gradient in '${place}' differs from the reference's at ${positionIn(tensor.shape, worst.index)}`,
      expected: `${worst.expected} within ${gradientTolerance}`,
      received: gradients[i] ? String(worst.received) : 'no gradient',
    });
  });
}

function compareDifferences(subject: KernelSubject, inputs: unknown, gradients: Gradients): void {
  const { gradientTolerance = 2e-3 } = subject.test;
  floatInputs(inputs).forEach(({ place, tensor }, i) => {
    const loss = (values: Float32Array): number => {
      const moved = tf.tensor(values, tensor.shape);
      const result = subject.lossOf(withTensor(inputs, place, moved));
      moved.dispose();
      return result;
    };
    const gradient = gradients[i] ?? new Float32Array(tensor.size);
    const rng = createRng(7).split(`directions ${place}`);
    const { wrong } = checkGradient(loss, valuesOf(tensor), gradient, rng, gradientTolerance);
    if (!wrong) return;
    const where =
      wrong.index === undefined ? 'along a direction' : `at ${positionIn(tensor.shape, wrong.index)}`;
    subject.fail('gradients', {
      what: `The gradient in '${place}' is wrong ${where}`,
      expected: `${wrong.numeric} by finite differences`,
      received: gradients[i] ? String(wrong.analytic) : 'no gradient',
    });
  });
}
