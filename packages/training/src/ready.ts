/** Waits for everything a model computes with. */
import { OstinatoError, type Registry } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';

/** The registry's plugins and the tfjs backend. Throws `backend-none` when no backend was started. */
export async function whenReady(registry: Registry, where: string): Promise<void> {
  try {
    await tf.ready();
  } catch (cause) {
    throw new OstinatoError('backend-none', {
      where,
      what: 'No backend of tfjs is there to compute with',
      fix: "Call `await useBackend('wasm')` from @ostinato/backend first",
      cause,
    });
  }
  await registry.ready();
}
