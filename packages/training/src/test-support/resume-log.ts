/** Runs a logger undisturbed, and again with a kill and a resume after every epoch or batch: what it wrote is the same. */
import { expect } from 'vitest';
import type { Callback, CallbackState } from '../callbacks.js';
import type { Logs } from '../running-figures.js';
import type { Sequential } from '../sequential.js';
import { memoryStorage } from '../storage/memory-storage.js';
import type { Storage } from '../storage/storage.js';

const EPOCHS = 3;
const BATCHES = 4;

/** A moment after a batch, or after the end of an epoch for `batch` === BATCHES. */
interface Moment {
  readonly epoch: number;
  readonly batch: number;
}

export const figuresOf = (epoch: number, batch: number): Logs => ({
  loss: 1 / (1 + epoch + batch / 8),
  accuracy: (epoch * BATCHES + batch) / 16,
});

/** Calls the hooks from `from` on; `done` is told of each moment and ends the training with true. */
async function run(
  callback: Callback,
  model: Sequential,
  from: Moment | undefined,
  done: (moment: Moment) => Promise<boolean>,
): Promise<void> {
  let batch = from ? from.batch + 1 : 0;
  for (let epoch = from?.epoch ?? 0; epoch < EPOCHS; epoch++) {
    if (batch > BATCHES) batch = 0;
    else {
      if (batch === 0) await callback.onEpochBegin?.(epoch, model);
      for (; batch < BATCHES; batch++) {
        await callback.onBatchBegin?.(batch, model);
        await callback.onBatchEnd?.(batch, figuresOf(epoch, batch), model);
        if (await done({ epoch, batch })) return;
      }
      const validation = { valLoss: 2 / (1 + epoch), valAccuracy: epoch / 4 };
      await callback.onEpochEnd?.(epoch, { ...figuresOf(epoch, BATCHES), ...validation }, model);
      if (await done({ epoch, batch: BATCHES })) return;
      batch = 0;
    }
  }
  await callback.onTrainEnd?.(undefined, model);
}

async function contents(storage: Storage): Promise<Record<string, Uint8Array>> {
  const keys = await storage.list();
  const values = await Promise.all(keys.map(async (key) => [key, (await storage.read(key))!] as const));
  return Object.fromEntries(values);
}

/**
 * At each moment a checkpoint is taken, and the training killed up to five moments later; another callback goes on from
 * the checkpoint. Returns what the undisturbed run wrote.
 */
export async function expectResumable(
  make: (storage: Storage) => Callback,
  model: Sequential,
): Promise<Record<string, Uint8Array>> {
  const undisturbed = memoryStorage();
  const moments: Moment[] = [];
  const whole = make(undisturbed);
  await whole.onTrainBegin?.(model);
  await run(whole, model, undefined, async (moment) => {
    moments.push(moment);
    return false;
  });
  const expected = await contents(undisturbed);
  for (const [i, moment] of moments.entries()) {
    for (const later of [0, 1, 5]) {
      const storage = memoryStorage();
      const checkpoint = await killed(make(storage), model, moment, moments[i + later] ?? moments.at(-1)!);
      const next = make(storage);
      await next.onTrainBegin?.(model);
      await next.setState?.(checkpoint, model);
      await run(next, model, moment, async () => false);
      expect(await contents(storage), `${JSON.stringify(moment)}, killed ${later} later`).toEqual(expected);
    }
  }
  return expected;
}

/** The state at `at` of a training that ended at `end`, without its `onTrainEnd`. */
async function killed(
  callback: Callback,
  model: Sequential,
  at: Moment,
  end: Moment,
): Promise<CallbackState> {
  let state: CallbackState | undefined;
  await callback.onTrainBegin?.(model);
  await run(callback, model, undefined, async ({ epoch, batch }) => {
    if (epoch === at.epoch && batch === at.batch) state = await callback.getState!();
    return epoch === end.epoch && batch === end.batch;
  });
  return JSON.parse(JSON.stringify(state)) as CallbackState;
}
