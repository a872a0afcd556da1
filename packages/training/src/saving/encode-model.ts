/**
 * A model in one file: its description as JSON in the metadata of a safetensors container, its weights as tensors,
 * and their SHA-256, by which a reader finds damage that no length betrays. The optimizer's tensors stand beside them.
 */
import type { SavedOptimizerState } from '../optimizers/saved-optimizer-state.js';
import { hashWeights, type NamedArray } from '../weights.js';
import type { ModelDescription } from './model-description.js';
import { writeSafetensors } from './safetensors.js';

export const FORMAT = 'ostinato';

/** Raised when older readers would misread a file. */
export const FORMAT_VERSION = 2;

/** What stands before the names of the optimizer's tensors: no layer can be called so. */
export const OPTIMIZER = 'optimizer>';

/** The bytes of a model file. One that version 1 can read says so: a Sequential of layers, without optimizer. */
export function encodeModel(
  description: ModelDescription,
  weights: readonly NamedArray[],
  optimizer?: SavedOptimizerState,
): Uint8Array {
  const model = JSON.stringify(description);
  const first = description.class === 'Sequential' && !optimizer && !model.includes('"@ostinato/training>');
  const slots = (optimizer?.tensors ?? []).map((slot) => ({ ...slot, name: `${OPTIMIZER}${slot.name}` }));
  const metadata = {
    format: FORMAT,
    formatVersion: String(first ? 1 : FORMAT_VERSION),
    model,
    weightsSha256: hashWeights(weights),
    ...(optimizer
      ? { optimizer: JSON.stringify(optimizer.json), optimizerSha256: hashWeights(optimizer.tensors) }
      : {}),
  };
  return writeSafetensors({ tensors: [...weights, ...slots], metadata });
}
