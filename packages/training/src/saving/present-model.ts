/** A model as it is at one moment, for whoever asks while it may be trained. */
import type { Network } from '../model/network.js';
import type { OptimizerState } from '../optimizers/optimizer-state.js';
import type { SavedOptimizerState } from '../optimizers/saved-optimizer-state.js';
import { type NamedArray, readWeights } from '../weights.js';
import type { ModelDescription } from './model-description.js';

/** Description, weights and, once a step was taken, what `optimizer` keeps: all of one moment, between two steps. */
export async function presentModel(
  describe: () => ModelDescription,
  network: Network,
  optimizer: OptimizerState | undefined,
): Promise<readonly [ModelDescription, NamedArray[], SavedOptimizerState | undefined]> {
  while (optimizer?.halfTaken) await optimizer.halfTaken;
  const placed = network.weights();
  const kept = optimizer && optimizer.steps > 0 ? optimizer.exportState(placed) : undefined;
  return Promise.all([describe(), readWeights(placed), kept]);
}
