/** What the cells of the family say alike when they name the fused operation that equals them. */
import {
  type Activation,
  activationKey,
  type SequenceConfig,
  type SequenceInputs,
  type SequenceRequest,
} from '@ostinato/core';
import type { FullCellOptions } from './cell-options.js';
import type { CellWeights } from './cell-weights.js';

/** The request with what every cell fixes: sizes, bias, activation, and recurrent dropout where it applies. */
export function sequenceConfig(
  request: SequenceRequest,
  { units, useBias, recurrentDropout }: FullCellOptions,
  activation: Activation,
): SequenceConfig {
  return {
    units,
    useBias,
    activation: activationKey(activation),
    recurrentDropout: request.training ? recurrentDropout : 0,
    ...request,
  };
}

/** The present values of a cell's weights. */
export function weightTensors(
  weights: CellWeights,
): Pick<SequenceInputs, 'kernel' | 'recurrentKernel' | 'bias'> {
  const { kernel, recurrentKernel, bias } = weights;
  return { kernel: kernel.tensor, recurrentKernel: recurrentKernel.tensor, bias: bias?.tensor };
}
