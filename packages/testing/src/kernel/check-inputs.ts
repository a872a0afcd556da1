/** Inputs: a kernel reads its inputs, and writes where its contract lets it alone. */
import { firstDifference, positionIn } from '../compare-values.js';
import type { KernelSubject } from './kernel-subject.js';
import { tensorsIn, valuesOf } from './kernel-tensors.js';

/** Inputs keep their values and stay alive, through the gradient too; outputs are new tensors. */
export function checkInputs(subject: KernelSubject): void {
  subject.inTidy(() => {
    const inputs = subject.test.inputs();
    const placed = tensorsIn(inputs);
    const before = placed.map(({ tensor }) => valuesOf(tensor));
    const outputs = tensorsIn(subject.run(inputs));
    for (const { place, tensor } of outputs) {
      const same = placed.find((input) => input.tensor.id === tensor.id);
      if (same) subject.fail('inputs', { what: `The output '${place}' is the input '${same.place}' itself` });
    }
    if (subject.differentiable) subject.gradientsOf(subject.run, inputs);
    placed.forEach(({ place, tensor }, i) => {
      if (tensor.isDisposed) subject.fail('inputs', { what: `The input '${place}' was disposed` });
      const values = valuesOf(tensor);
      const index = firstDifference(values, before[i]!);
      if (index === undefined || subject.overwrites(place)) return;
      subject.fail('inputs', {
        what: `The input '${place}' was overwritten at ${positionIn(tensor.shape, index)}`,
        expected: String(before[i]![index]),
        received: String(values[index]),
      });
    });
  });
}
