/** Forward through the layers to the loss, and back to the gradients. */
import { type KernelChooser, OstinatoError, type Param } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import { checkBackend } from './backend-check.js';
import { type BatchLoss, lossOfBatch } from './batch-figures.js';
import type { Compiled } from './compiled.js';
import type { Batch } from './data/device-batch.js';
import type { Flow, Network } from './model/network.js';
import { valueAndGradients } from './value-and-gradients.js';
import type { WeightUpdates } from './weight-updates.js';

/** What a pass needs of a model. */
export interface Passable {
  readonly network: Network;
  readonly compiled: Compiled;
  readonly kernels: KernelChooser;
  readonly where: string;
}

/** What a pass gives, with something in the place of each tensor. */
export interface PassOf<T> {
  /** The loss that is learnt from. */
  readonly value: T;
  /** Of each parameter; null where the loss does not depend on it. */
  readonly gradients: readonly (T | null)[];
  readonly flows: readonly { readonly output: T; readonly mask: T | null }[];
  /** Of each output, unweighted; empty where there is one output. */
  readonly losses: readonly (T | null)[];
}

export type Pass = PassOf<tf.Tensor>;

/** Something else in the same places: `f` is asked once for each, always in one order. */
export function mapPass<T, U>({ value, gradients, flows, losses }: PassOf<T>, f: (item: T) => U): PassOf<U> {
  const each = (items: readonly (T | null)[]): (U | null)[] =>
    items.map((item) => (item === null ? null : f(item)));
  return {
    value: f(value),
    gradients: each(gradients),
    flows: flows.map(({ output, mask }) => ({ output: f(output), mask: mask === null ? null : f(mask) })),
    losses: each(losses),
  };
}

/** The number of the step that a pass belongs to, from 1: random numbers follow from it. */
export function stepOf({ state }: Compiled): number {
  return state.steps + 1;
}

/**
 * Takes a batch through the model. `updates` takes the new values of weights without gradients.
 *
 * Memory   call it inside `tidy`, which does not dispose `flows` and `losses`: `disposePass` does. Nothing is left when it throws
 * Throws   what layers and losses throw; `nothing-trainable`; `backend-op`; `memory`
 */
export function runPass(
  { compiled, network, kernels, where }: Passable,
  batch: Batch,
  params: readonly Param[],
  updates: WeightUpdates,
): Pass {
  const { objectives, state } = compiled;
  let flows: readonly Flow[] = [];
  let losses: BatchLoss['losses'] = [];
  const lossOf = (): tf.Tensor => {
    flows = network.forward(batch.x, true, stepOf(compiled), updates.take);
    for (const { output, mask } of flows) {
      tf.keep(output); // the metrics need them after the pass
      if (mask) tf.keep(mask);
    }
    if (state.steps === 0) checkBackend(network.placed, kernels.choices(), true);
    const loss = lossOfBatch(objectives, batch, flows, params);
    if (objectives.length > 1) losses = loss.losses.map((one) => one && tf.keep(one));
    return loss.total;
  };
  try {
    const tensors = params.map((param) => param.tensor);
    const { value, gradients } = valueAndGradients(lossOf, tensors, where);
    if (gradients.every((gradient) => gradient === null)) throw nothingTrainable(where);
    return { flows, losses, value, gradients };
  } catch (error) {
    disposePass({ flows, losses });
    throw error;
  }
}

/** Disposes what `tidy` does not. */
export function disposePass({ flows, losses }: Pick<Pass, 'flows' | 'losses'>): void {
  for (const { output, mask } of flows) tf.dispose([output, ...(mask ? [mask] : [])]);
  for (const loss of losses) loss?.dispose();
}

export function nothingTrainable(where: string): OstinatoError {
  return new OstinatoError('nothing-trainable', {
    where,
    what: 'The loss depends on no trainable weight',
    fix: 'Set `trainable` of a layer that has weights, or add one',
  });
}
