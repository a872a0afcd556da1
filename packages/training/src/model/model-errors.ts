/** What a model says when it is asked too early or twice. */
import { OstinatoError, show } from '@ostinato/core';

export function notCompiled(where: string): OstinatoError {
  return new OstinatoError('not-compiled', {
    where,
    what: 'The model has not been told how to learn',
    fix: "Call model.compile({ optimizer: 'adam', loss: 'binaryCrossentropy' }) first",
  });
}

export function disposed(where: string): OstinatoError {
  return new OstinatoError('model-disposed', {
    where,
    what: 'The model has been disposed, and its weights are gone',
    fix: 'Make it anew, or read it from where it was saved',
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

export function notBatchShape(where: string, received: unknown): OstinatoError {
  return new OstinatoError('config-input-shape', {
    where,
    what: 'This is not the shape of a batch',
    expected: 'sizes ≥ 1 or null with the batch axis first, e.g. [null, 500]',
    received: show(received),
  });
}

export function busy(where: string): OstinatoError {
  return new OstinatoError('model-busy', {
    where,
    what: 'The model is being trained',
    fix: 'Await the running fit() or trainOnBatch() first; stop() ends a fit early',
  });
}
