/**
 * A model in one file: its description as JSON in the metadata of a safetensors container, its weights as tensors,
 * and their SHA-256, by which a reader finds damage that no length betrays.
 *
 * Not here: the optimizer's moments. A loaded model can be trained on, with fresh ones.
 */
import { hashWeights, type NamedArray } from '../weights.js';
import type { ModelDescription } from './model-description.js';
import { writeSafetensors } from './safetensors.js';

export const FORMAT = 'ostinato';

/** Raised when older readers would misread a file. */
export const FORMAT_VERSION = 1;

/** The bytes of a model file. */
export function encodeModel(description: ModelDescription, weights: readonly NamedArray[]): Uint8Array {
  const metadata = {
    format: FORMAT,
    formatVersion: String(FORMAT_VERSION),
    model: JSON.stringify(description),
    weightsSha256: hashWeights(weights),
  };
  return writeSafetensors({ tensors: weights, metadata });
}
