/** Ends a training whose loss is lost. */
import { checkBoolean, checkFields, isOstinatoError } from '@ostinato/core';
import type { Callback } from '../callbacks.js';

export interface TerminateOnNaNOptions {
  /** Lets `fit` throw `loss-nan`, as it does without this callback. Default false. */
  readonly raiseError?: boolean;
}

/**
 * Ends `fit` in place of an error when the loss, a gradient or a new weight is not finite: it returns, with
 * `history.stopped` and the error's message as `history.reason`. The epoch is not on record, since it is not over.
 *
 * Throws   `config-raise-error`
 * Differs  Keras stops after the step, with weights that are NaN; here they are those before it
 *
 * @example
 * const history = await model.fit(x, y, { epochs: 10, callbacks: [terminateOnNaN()] });
 * if (history.stopped) console.log(history.reason);
 */
export function terminateOnNaN(options: TerminateOnNaNOptions = {}): Callback {
  const where = 'terminateOnNaN';
  checkFields(where, options, ['raiseError']);
  const { raiseError = false } = options;
  checkBoolean(where, 'raiseError', raiseError);
  return {
    name: where,
    onBatchError: (_batch, error) => !raiseError && isOstinatoError(error, 'loss-nan'),
  };
}
