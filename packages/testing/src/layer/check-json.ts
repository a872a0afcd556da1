/** JSON: a layer read back is the layer that was written. */
import { type Layer, type Param, toIdentifier } from '@ostinato/core';
import { firstDifference } from '../compare-values.js';
import { compareWeights } from './check-determinism.js';
import type { LayerSubject } from './layer-subject.js';

/** Written, parsed and read back: the same config, the same fresh weights, and the same outputs bit for bit. */
export function checkJson(subject: LayerSubject): void {
  const original = subject.make();
  const json = subject.registry.layerToJSON(original);
  const text = JSON.stringify(json);
  const copy = subject.registry.layerFromJSON(JSON.parse(text));
  const again = JSON.stringify(subject.registry.layerToJSON(copy));
  if (again !== text) {
    subject.fail('json', {
      what: 'Its JSON changes when it is read and written again',
      expected: text,
      received: again,
    });
  }
  compareSelf(subject, original, copy);
  subject.build(original);
  subject.build(copy);
  const forgets = 'A layer read back from JSON is built with other weights: its config forgets an option';
  compareWeights(subject, original, copy, forgets, 'json');
  original.params.forEach((param, k) => comparePolicies(subject, param, copy.params[k]!));
  compareOutputs(subject, original, copy);
  original.dispose();
  copy.dispose();
}

function compareSelf(subject: LayerSubject, original: Layer, copy: Layer): void {
  const describe = ({ registeredName, givenName, trainable }: Layer): string =>
    JSON.stringify({ layer: registeredName, name: givenName, trainable });
  if (describe(original) === describe(copy)) return;
  subject.fail('json', {
    what: 'A layer read back from JSON is another',
    expected: describe(original),
    received: describe(copy),
    fix: 'Write baseConfig(this) into getConfig(), and read it back',
  });
}

/** Regularizers and constraints do not show in outputs. */
function comparePolicies(subject: LayerSubject, original: Param, copy: Param): void {
  const describe = ({ trainable, regularizer, constraint }: Param): string =>
    JSON.stringify({
      trainable,
      regularizer: regularizer ? toIdentifier(regularizer) : null,
      constraint: constraint ? toIdentifier(constraint) : null,
    });
  if (describe(original) === describe(copy)) return;
  subject.fail('json', {
    what: `The weight '${original.name}' of a layer read back from JSON is treated otherwise`,
    expected: describe(original),
    received: describe(copy),
  });
}

function compareOutputs(subject: LayerSubject, original: Layer, copy: Layer): void {
  for (const training of [false, true]) {
    const wanted = subject.outputs(original, { training });
    const found = subject.outputs(copy, { training });
    wanted.forEach((values, i) => {
      const index = firstDifference(values, found[i] ?? []);
      if (index === undefined && wanted.length === found.length) return;
      subject.fail('json', {
        what: `Output ${i} of a layer read back from JSON differs (training: ${training}): its config forgets an option`,
        expected: `${values[index ?? 0]}`,
        received: `${found[i]?.[index ?? 0]}`,
        fix: 'Write every option that create() takes into getConfig()',
      });
    });
  }
}
