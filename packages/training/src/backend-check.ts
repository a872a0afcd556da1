/** Whether the active backend can train a model, asked before it tries. */
import { type KernelChoice, OstinatoError } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import type { PlacedLayer } from './model/network.js';

/**
 * Throws `backend-op` when a layer that runs its reference path needs a tfjs kernel for training that the backend lacks.
 *
 * Layers whose choice is not on record yet are passed over unless `final`: they are checked after their first call.
 */
export function checkBackend(
  placed: readonly PlacedLayer[],
  choices: readonly KernelChoice[],
  final: boolean,
): void {
  const backend = tf.getBackend();
  if (!backend) return;
  for (const { layer, path } of placed) {
    const own = choices.filter((choice) => choice.path === path || choice.path.startsWith(`${path}/`));
    if (own.some(({ route }) => route === 'fused')) continue;
    if (own.length === 0 && !final) continue;
    const missing = layer.trainingOps().find((op) => !tf.getKernel(op, backend));
    if (missing) throw cannotTrain(path, missing, backend, own[0]?.reason);
  }
}

function cannotTrain(path: string, op: string, backend: string, reason: string | undefined): OstinatoError {
  return new OstinatoError('backend-op', {
    where: path,
    what: `The backend '${backend}' has no kernel '${op}', which training this layer needs${
      reason ? ` (no fused kernel: ${reason})` : ''
    }`,
    fix: 'Start the backend with useBackend() from @ostinato/backend, which adds what is missing, or give createRegistry() a plugin with a fused kernel',
  });
}
