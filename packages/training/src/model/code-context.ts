/** What the code of a model is given and returns, and what is said when it is not as it should be. */
import { type Layer, type Mask, OstinatoError, type Rng } from '@ostinato/core';
import type * as tf from '@tensorflow/tfjs-core';

/** What the code is given with each call. */
export interface CodeContext {
  /** true while fitting. */
  readonly training: boolean;
  /** Randomness of this call, apart from that of the layers. */
  readonly rng: Rng;
  /** Calls a layer that was tracked, with the masks of its inputs. Throws `layer-untracked`; `layer-outputs` for several. */
  apply(layer: Layer, inputs: tf.Tensor | readonly tf.Tensor[]): tf.Tensor;
  /** All outputs of a layer that has several. */
  applyAll(layer: Layer, inputs: tf.Tensor | readonly tf.Tensor[]): readonly tf.Tensor[];
  /** Which steps count of an input, or of what a layer put out; null: all. */
  maskOf(tensor: tf.Tensor): Mask;
  /** Gives what the code computed itself the mask that it goes on with. Returns the tensor. */
  withMask<T extends tf.Tensor>(tensor: T, mask: Mask): T;
}

/** What the code returns. */
export type CodeOutputs = tf.Tensor | readonly tf.Tensor[] | Readonly<Record<string, tf.Tensor>>;

export function onlyOne(outputs: readonly tf.Tensor[], layer: Layer): tf.Tensor {
  if (outputs.length === 1) return outputs[0]!;
  throw new OstinatoError('layer-outputs', {
    where: layer.givenName ?? layer.registeredName,
    what: 'apply() gives the one output of a layer, and this layer has several',
    fix: 'Take them with applyAll()',
  });
}

export function untracked(layer: Layer, where: string): OstinatoError {
  return new OstinatoError('layer-untracked', {
    where,
    what: `The code calls a layer ${layer?.registeredName ?? ''} that is not one of the model's`,
    fix: 'Make it in a field or in the constructor with this.track(layer)',
  });
}

export function notCalled(path: string): OstinatoError {
  return new OstinatoError('layer-not-called', {
    where: path,
    what: 'The code did not call this layer when it ran first, so its weights cannot be made',
    fix: 'Call every tracked layer, whatever the data are',
  });
}

export function noSymbols(where: string): OstinatoError {
  return new OstinatoError('no-symbols', {
    where,
    what: 'A model that is written as code has no symbols to cut other models out of',
    fix: 'Return what is to be seen as another output of call()',
  });
}
