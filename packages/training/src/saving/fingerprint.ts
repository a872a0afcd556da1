/** One hash of everything that decides how a model goes on; see `Model.fingerprint`. */
import type { SavedOptimizerState } from '../optimizers/saved-optimizer-state.js';
import { createSha256 } from '../sha256.js';
import { littleEndianBytes, type NamedArray } from '../weights.js';
import type { ModelDescription } from './model-description.js';

export function fingerprintOf(
  description: ModelDescription,
  weights: readonly NamedArray[],
  optimizer: SavedOptimizerState | undefined,
): string {
  const hash = createSha256();
  const utf8 = new TextEncoder();
  const line = (text: string): void => {
    hash.update(utf8.encode(`${text}\n`));
  };
  const tensors = (arrays: readonly NamedArray[]): void => {
    for (const { name, data } of arrays) {
      line(name);
      hash.update(littleEndianBytes(data));
    }
  };
  line('ostinato 1');
  line(JSON.stringify(description));
  tensors(weights);
  if (optimizer) {
    line(JSON.stringify(optimizer.json));
    tensors(optimizer.tensors);
  }
  return hash.hex();
}
