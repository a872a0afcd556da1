/** The states of a fit's callbacks, by the name or the place of each. */
import type { Callback, CallbackState } from '../callbacks.js';
import type { Model } from '../model/model.js';
import { checkCallbackState } from './check-callback-state.js';

/** Callbacks under the keys of a checkpoint: the name, else the place; `name-2` for a name that is there again. */
export function callbacksByKey(callbacks: readonly Callback[]): ReadonlyMap<string, Callback> {
  const byKey = new Map<string, Callback>();
  for (const [i, callback] of callbacks.entries()) {
    const name = callback.name ?? String(i);
    let key = name;
    for (let again = 2; byKey.has(key); again++) key = `${name}-${again}`;
    byKey.set(key, callback);
  }
  return byKey;
}

/** What they keep. Throws `callback-state` for what could not be read from a file again. */
export async function readCallbackStates(
  callbacks: ReadonlyMap<string, Callback>,
): Promise<Map<string, CallbackState>> {
  const states = new Map<string, CallbackState>();
  for (const [key, callback] of callbacks) {
    if (!callback.getState) continue;
    const state: unknown = await callback.getState();
    checkCallbackState(state, key);
    states.set(key, state);
  }
  return states;
}

/** A callback that is new, and a state whose callback is gone, are left as they are. */
export async function restoreCallbackStates(
  callbacks: ReadonlyMap<string, Callback>,
  states: ReadonlyMap<string, CallbackState>,
  model: Model,
): Promise<void> {
  for (const [key, callback] of callbacks) {
    const state = states.get(key);
    if (state) await callback.setState?.(state, model);
  }
}
