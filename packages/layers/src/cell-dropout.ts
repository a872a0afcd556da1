/**
 * Dropout in cells, as Keras 3 means it: masks are drawn once for each sequence and kept for all its steps.
 *
 * A cell without recurrent dropout draws one mask for its inputs. LSTM and GRU with recurrent dropout draw a mask for
 * each gate, for inputs and for states alike.
 */
import type { SequenceInputs, StepContext } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import type { FullCellOptions } from './cell-options.js';
import { dropoutMask } from './dropout-mask.js';

/** A sequence [batch, steps, …] times one mask [batch, 1, …]. */
export function dropInputOnce(x: tf.Tensor, rate: number, context: StepContext, name = 'input'): tf.Tensor {
  return context.training && rate > 0 ? tf.mul(x, inputMask(x, rate, context, name)) : x;
}

/** A state [batch, …] times one mask of its shape. */
export function dropStateOnce(h: tf.Tensor, rate: number, context: StepContext, name = 'state'): tf.Tensor {
  return context.training && rate > 0 ? tf.mul(h, maskOnce(h.shape, rate, context, name)) : h;
}

type Masks = Pick<SequenceInputs, 'stateMasks' | 'inputMasks'>;
type Rates = Pick<FullCellOptions, 'units' | 'dropout' | 'recurrentDropout'>;

/** The mask that `dropStateOnce` multiplies with, as a fused operation takes it: f32[batch, 1, units]. */
export function stateMask(x: tf.Tensor, options: Rates, context: StepContext): Masks {
  const { units, recurrentDropout } = options;
  if (!context.training || recurrentDropout === 0) return {};
  const mask = maskOnce([x.shape[0]!, units], recurrentDropout, context, 'state');
  return { stateMasks: tf.expandDims(mask, 1) };
}

/**
 * The same for all gates: the masks of `dropForGates`, and of `projectDropped` where it would be called.
 *
 * Shapes   x f32[batch, steps, inputSize] → stateMasks f32[batch, gates, units] · inputMasks f32[batch, gates, inputSize]
 */
export function gateMasks(
  x: tf.Tensor,
  { units, dropout, recurrentDropout }: Rates,
  gates: readonly string[],
  context: StepContext,
): Masks {
  if (!context.training || recurrentDropout === 0) return {};
  const ofState = (gate: string): tf.Tensor =>
    maskOnce([x.shape[0]!, units], recurrentDropout, context, `state/${gate}`);
  const stateMasks = tf.stack(gates.map(ofState), 1);
  if (dropout === 0) return { stateMasks };
  const ofInput = (gate: string): tf.Tensor => inputMask(x, dropout, context, `input/${gate}`);
  return { stateMasks, inputMasks: tf.concat(gates.map(ofInput), 1) };
}

function inputMask(x: tf.Tensor, rate: number, context: StepContext, name: string): tf.Tensor {
  return maskOnce([x.shape[0]!, 1, ...x.shape.slice(2)], rate, context, name);
}

function maskOnce(shape: readonly number[], rate: number, context: StepContext, name: string): tf.Tensor {
  return context.once(`dropout/${name}`, () => dropoutMask(shape, rate, context.rng.split(name)));
}
