/** Building: the weights a layer announces by its contract, no others and no sooner. */
import { type Layer, showShape } from '@ostinato/core';
import type { LayerSubject } from './layer-subject.js';

/** Names are unique, nothing exists before `build`, and what the test knows of the weights is so. */
export function checkBuild(subject: LayerSubject): void {
  const layer = subject.make();
  if (layer.params.length > 0) {
    subject.fail('build', {
      what: 'It has weights before it is built',
      expected: 'none',
      received: namesOf(layer),
    });
  }
  subject.build(layer);
  checkNames(subject, layer);
  checkExpected(subject, layer);
  layer.dispose();
}

function checkNames(subject: LayerSubject, layer: Layer): void {
  const paths = layer.params.map((param) => param.path);
  const twice = paths.find((path, i) => paths.indexOf(path) !== i);
  if (twice === undefined) return;
  subject.fail('build', {
    what: `Two weights have the path '${twice}'`,
    received: namesOf(layer),
    fix: 'Give each weight a name of its own, and each part a place of its own with context.part()',
  });
}

function checkExpected(subject: LayerSubject, layer: Layer): void {
  const { params, paramCount } = subject.options.expected ?? {};
  if (params) {
    const expected = names(Object.entries(params));
    if (namesOf(layer) !== expected) {
      subject.fail('build', {
        what: 'Its weights are not those expected',
        expected,
        received: namesOf(layer),
      });
    }
  }
  const count = layer.params.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
  if (paramCount !== undefined && count !== paramCount) {
    subject.fail('build', {
      what: 'The number of its parameters is not that expected',
      expected: String(paramCount),
      received: `${count} (${namesOf(layer)})`,
    });
  }
}

function namesOf(layer: Layer): string {
  return names(layer.params.map(({ name, shape }) => [name, shape]));
}

function names(weights: readonly (readonly [name: string, shape: readonly number[]])[]): string {
  return weights.map(([name, shape]) => `${name} ${showShape(shape)}`).join(', ') || 'none';
}
