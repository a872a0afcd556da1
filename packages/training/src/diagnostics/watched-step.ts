/** One step of training run again for diagnostics: what every layer puts out, and what comes back through it. */
import { type Layer, type LayerObserver, type ObservedCall, observeLayers, type Param } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import { lossOfBatch } from '../batch-figures.js';
import type { Batch } from '../data/device-batch.js';
import type { Trainable } from '../train-batch.js';
import { valueAndGradients } from '../value-and-gradients.js';

/** A call of a layer with the gradients of its inputs; null for one that is not reached by any, such as ids. */
export interface WatchedCall extends Pick<ObservedCall, 'layer' | 'path'> {
  readonly inputShapes: readonly (readonly number[])[];
  readonly inputGradients: (tf.Tensor | null)[];
}

/** Memory: all gradients are the caller's to dispose. */
export interface WatchedStep {
  readonly loss: number;
  /** In the order in which layers were called; parts before their whole. */
  readonly calls: readonly WatchedCall[];
  readonly params: readonly { readonly param: Param; readonly gradient: tf.Tensor | null }[];
}

/**
 * Forward and backward with the randomness of the coming step; nothing is learnt, and layers keep the states they had.
 *
 * Throws   what a step throws, other than `loss-nan`
 */
export async function watchStep(model: Trainable, batch: Batch): Promise<WatchedStep> {
  const { network, compiled, where } = model;
  const params = network.trainableParams();
  const calls: WatchedCall[] = [];
  const run = (): tf.Tensor => {
    const flows = network.forward(batch.x, true, compiled.state.steps + 1);
    return lossOfBatch(compiled.objectives, batch, flows, params).total;
  };
  const found: { value?: tf.Tensor; gradients: readonly (tf.Tensor | null)[] } = { gradients: [] };
  keepingStates(model, () =>
    tf.tidy(() => {
      const anchor = tf.scalar(0);
      const tensors = [...params.map(({ tensor }) => tensor), anchor];
      const watched = () => observeLayers(tapInputs(calls, anchor), run);
      const { value, gradients } = valueAndGradients(watched, tensors, where);
      found.value = tf.keep(value);
      found.gradients = gradients.slice(0, -1).map((gradient) => gradient && tf.keep(gradient));
    }),
  );
  const [loss] = await found.value!.data();
  found.value!.dispose();
  const ofParams = params.map((param, i) => ({ param, gradient: found.gradients[i] ?? null }));
  return { loss: loss!, calls, params: ofParams };
}

export function disposeStep({ calls, params }: WatchedStep): void {
  for (const { inputGradients } of calls) for (const gradient of inputGradients) gradient?.dispose();
  for (const { gradient } of params) gradient?.dispose();
}

/** Runs `f` and gives the layers back the states they kept before. */
export function keepingStates<T>({ network }: Trainable, f: () => T): T {
  const kept = network.placed.map(({ layer }) => {
    const states = [...layer.keptStates()].map(([name, state]) => [name, tf.keep(tf.clone(state))] as const);
    return { layer, states: new Map(states) };
  });
  try {
    return f();
  } finally {
    for (const { layer, states } of kept) {
      layer.keepStates(states);
      for (const state of states.values()) state.dispose();
    }
  }
}

/** Whether a layer goes through its input step by step. */
export function isRecurrent(layer: Layer): boolean {
  return layer.params.some(({ name }) => /recurrent/i.test(name));
}

/**
 * Puts an identity before every input that can have a gradient, which takes note of it on the way back.
 *
 * Gradients go back only to what they are asked for. Sequences of a recurrent layer are tied to `anchor`, so that they go
 * back through time even where no weight is before the layer.
 */
function tapInputs(calls: WatchedCall[], anchor: tf.Tensor): LayerObserver {
  return {
    before({ layer, path, inputs }) {
      const inputGradients: (tf.Tensor | null)[] = inputs.map(() => null);
      const inputShapes = inputs.map(({ shape }) => shape);
      calls.push({ layer, path, inputShapes, inputGradients });
      return inputs.map((input, i) => {
        if (input.dtype !== 'float32') return input;
        const tied = isRecurrent(layer) && input.rank > 2 ? [anchor] : [];
        return identity(input, tied, (gradient) => {
          const before = inputGradients[i];
          inputGradients[i] = tf.keep(before ? tf.add(before, gradient) : tf.clone(gradient));
          before?.dispose();
        });
      });
    },
  };
}

function identity(
  input: tf.Tensor,
  tied: readonly tf.Tensor[],
  note: (gradient: tf.Tensor) => void,
): tf.Tensor {
  const tapped = tf.customGrad((...given: (tf.Tensor | tf.GradSaveFunc)[]) => ({
    value: tf.clone(given[0] as tf.Tensor),
    gradFunc: (dy: tf.Tensor) => {
      note(dy);
      return tied.length > 0 ? [dy, ...tied.map((tensor) => tf.zerosLike(tensor))] : dy;
    },
  }));
  return tapped(input, ...tied);
}
