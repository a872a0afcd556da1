/** What a graph of layers says of inputs and outputs that do not fit. */
import { OstinatoError, type Shape, showShape, showTensor } from '@ostinato/core';
import type { Tensor } from '@tensorflow/tfjs-core';

export function otherOutputs(path: string, expected: number, outputs: readonly Shape[]): OstinatoError {
  const several = outputs.length > 1;
  return new OstinatoError('layer-outputs', {
    where: path,
    what: several ? 'The layer has more outputs than are taken here' : 'The layer has no such output',
    expected: expected === 1 ? 'one output' : `${expected} outputs`,
    received: `${outputs.length}: ${outputs.map(showShape).join(', ')}`,
    ...(several ? { fix: 'Leave returnState out' } : {}),
  });
}

export function otherInput(received: Tensor | Shape, expected: Shape, where: string): OstinatoError {
  return new OstinatoError('shape-mismatch', {
    where,
    what: 'The model was built for inputs of another shape',
    expected: showShape(expected),
    received: Array.isArray(received) ? showShape(received) : showTensor(received as Tensor),
  });
}

export function otherCount(received: number, names: readonly string[], where: string): OstinatoError {
  return new OstinatoError('inputs-count', {
    where,
    what: 'The number of inputs is not that of the model',
    expected: `${names.length}: ${names.join(', ')}`,
    received: `${received}`,
  });
}

export function noSymbols(where: string): OstinatoError {
  return new OstinatoError('not-built', {
    where,
    what: 'The model has no symbols yet, because the shape of its input is not known',
    fix: 'Give it an `inputShape`, or call build() or predict() first',
  });
}
