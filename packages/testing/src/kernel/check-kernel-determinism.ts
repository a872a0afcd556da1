/** Determinism: the same inputs give the same bits, also when the workspace has been used for others. */
import { firstDifference, positionIn } from '../compare-values.js';
import type { KernelSubject } from './kernel-subject.js';

export function checkKernelDeterminism(subject: KernelSubject): void {
  const first = subject.outputsOf(subject.run);
  const gradients = subject.differentiable ? subject.gradientsOf(subject.run) : [];
  const second = subject.outputsOf(subject.run);
  const again = subject.differentiable ? subject.gradientsOf(subject.run) : [];
  first.forEach(({ place, shape, values }, i) => {
    const index = firstDifference(values, second[i]?.values ?? []);
    if (index === undefined) return;
    subject.fail('determinism', {
      what: `'${place}' differs between two calls with the same inputs at ${positionIn(shape, index)}`,
      expected: `${values[index]} again`,
      received: String(second[i]?.values[index]),
    });
  });
  gradients.forEach((gradient, i) => {
    const index = firstDifference(gradient ?? [], again[i] ?? []);
    if (index === undefined) return;
    subject.fail('determinism', {
      what: `Gradient ${i} differs between two calls with the same inputs`,
      expected: `${gradient?.[index]} again`,
      received: String(again[i]?.[index]),
    });
  });
}
