/**
 * Watching layers as they are called: for diagnostics, which rerun a step and look at what flows.
 *
 * A pass through layers is synchronous, so one observer for the time of a function is enough; without one a call costs a
 * comparison.
 */
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Layer } from './layer.js';

/** One call of a layer, or of a part of a layer, which is seen before the whole. */
export interface ObservedCall {
  readonly layer: Layer;
  readonly path: string;
  readonly inputs: readonly Tensor[];
}

export interface LayerObserver {
  /** Before a call; may give other tensors of the same shapes and values in place of its inputs. */
  before?(call: ObservedCall): readonly Tensor[];
  /** After a call that did not throw. */
  after?(call: ObservedCall, outputs: readonly Tensor[]): void;
}

let present: LayerObserver | undefined;

/** Runs `f`, synchronous, with its layers watched; an observer from before is back afterwards. */
export function observeLayers<T>(observer: LayerObserver, f: () => T): T {
  const before = present;
  present = observer;
  try {
    return f();
  } finally {
    present = before;
  }
}

/** The observer of the running `observeLayers`. */
export function layerObserver(): LayerObserver | undefined {
  return present;
}
