/** Says where a training goes on that was broken off. */
import type { Callback, FitPosition } from '@ostinato/training';
import type { Output } from '../output.js';

/** A callback that remembers nothing: being handed a state tells it that the fit goes on. */
export function goingOn(output: Output): Callback {
  return {
    name: 'goingOn',
    getState: () => ({ json: null }),
    setState: (_state, { run }) => output.say(whereItGoesOn(run!)),
  };
}

/** `Going on in epoch 2 of 3, after 120 of 313 batches.` */
function whereItGoesOn({ epochs, epoch, batches, batch }: FitPosition): string {
  if (epoch >= epochs) return 'All epochs are done; the test is left.';
  const after = batch === 0 ? '' : `, after ${batch} of ${batches} batches`;
  return `Going on ${batch === 0 ? 'with' : 'in'} epoch ${epoch + 1} of ${epochs}${after}.`;
}
