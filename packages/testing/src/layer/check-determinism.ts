/** Determinism: the seed and the input decide everything. */
import type { Layer } from '@ostinato/core';
import { firstDifference, positionIn } from '../compare-values.js';
import type { LayerSubject } from './layer-subject.js';

/** Same seed, same weights; same input, same output bits, in and out of training. */
export function checkDeterminism(subject: LayerSubject): void {
  const [first, second] = [subject.built(), subject.built()];
  compareWeights(subject, first, second, 'Two layers built from one seed have different weights');
  for (const training of [false, true]) {
    const [a, b] = [subject.outputs(first, { training }), subject.outputs(first, { training })];
    a.forEach((values, i) => {
      const index = firstDifference(values, b[i] ?? []);
      if (index === undefined) return;
      subject.fail('determinism', {
        what: `Output ${i} differs between two calls with the same input and stream (training: ${training})`,
        expected: `${values[index]} again`,
        received: `${b[i]?.[index]}`,
        fix: 'Draw randomness from context.rng alone, and keep nothing between calls that resetStates() does not forget',
      });
    });
  }
  first.dispose();
  second.dispose();
}

/** Fails unless two layers have the same weights to the bit. */
export function compareWeights(
  subject: LayerSubject,
  first: Layer,
  second: Layer,
  what: string,
  check: 'determinism' | 'json' = 'determinism',
): void {
  const shown = ({ params }: Layer): string =>
    params.map(({ name, shape }) => `${name} [${shape}]`).join(', ');
  if (shown(first) !== shown(second)) {
    subject.fail(check, { what, expected: shown(first), received: shown(second) });
  }
  first.params.forEach((param, k) => {
    const [a, b] = [param.tensor.dataSync(), second.params[k]!.tensor.dataSync()];
    const index = firstDifference(a, b);
    if (index === undefined) return;
    subject.fail(check, {
      what,
      expected: `${a[index]} at ${positionIn(param.shape, index)} of '${param.name}'`,
      received: `${b[index]}`,
    });
  });
}
