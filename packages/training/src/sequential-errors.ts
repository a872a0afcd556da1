/** What a sequential model says when it is asked too early or twice. */
import { OstinatoError } from '@ostinato/core';

export function notCompiled(where: string): OstinatoError {
  return new OstinatoError('not-compiled', {
    where,
    what: 'The model has not been told how to learn',
    fix: "Call model.compile({ optimizer: 'adam', loss: 'binaryCrossentropy' }) first",
  });
}

export function notBuilt(where: string): OstinatoError {
  return new OstinatoError('not-built', {
    where,
    what: 'The model has no weights yet, because the shape of its input is not known',
    fix: 'Call model.build([null, …]) with the shape of a batch, or fit() or predict() first',
  });
}

export function builtOtherwise(where: string, expected: string, received: string): OstinatoError {
  const what = 'The model was built before, for another shape';
  return new OstinatoError('model-built', { where, what, expected, received });
}

export function busy(where: string): OstinatoError {
  return new OstinatoError('model-busy', {
    where,
    what: 'The model is being trained already',
    fix: 'Await the other fit() first',
  });
}
