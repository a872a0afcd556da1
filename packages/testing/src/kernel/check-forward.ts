/** Forward: the kernel's outputs are those of the reference, in form, shape, dtype and value. */
import { showTensor } from '@ostinato/core';
import { positionIn, worstDifference } from '../compare-values.js';
import type { KernelSubject, PlacedValues } from './kernel-subject.js';

export function checkForward(subject: KernelSubject): void {
  const found = subject.outputsOf(subject.run);
  const wanted = subject.outputsOf(subject.reference);
  if (form(found) !== form(wanted)) {
    subject.fail('forward', {
      what: 'The outputs have another form than those of the reference',
      expected: form(wanted),
      received: form(found),
    });
  }
  const { tolerance = 1e-5 } = subject.test;
  found.forEach(({ place, shape, values }, i) => {
    const worst = worstDifference(values, wanted[i]!.values, tolerance);
    if (!worst) return;
    subject.fail('forward', {
      what: `'${place}' differs from the reference at ${positionIn(shape, worst.index)}`,
      expected: `${worst.expected} within ${tolerance}`,
      received: String(worst.received),
    });
  });
}

function form(tensors: readonly PlacedValues[]): string {
  return tensors
    .map(
      ({ place, shape, dtype }) => `${place} ${showTensor({ shape: [...shape], dtype: dtype as 'float32' })}`,
    )
    .join(', ');
}
