/** The weights every cell of the family has: kernel, recurrent kernel, bias. */
import type { BuildContext, Initializer, Param } from '@ostinato/core';
import type { FullCellOptions } from './cell-options.js';
import { inputSizeOf } from './input-size.js';

export interface CellWeights {
  readonly kernel: Param;
  readonly recurrentKernel: Param;
  readonly bias: Param | undefined;
}

/** What a cell wants of its weights beyond the options. */
export interface CellWeightShapes {
  /** units times the number of gates */
  readonly width: number;
  readonly biasShape: readonly number[];
  /** In place of `options.biasInitializer`. */
  readonly biasInitializer?: Initializer;
}

/**
 * Makes kernel [inputSize, width], recurrentKernel [units, width] and, with `useBias`, bias.
 *
 * Throws   `shape-mismatch` when a step of the input is not a vector of known size
 */
export function buildCellWeights(
  context: BuildContext,
  options: FullCellOptions,
  shapes: CellWeightShapes,
): CellWeights {
  return {
    kernel: context.param('kernel', [inputSizeOf(context), shapes.width], {
      initializer: options.kernelInitializer,
      regularizer: options.kernelRegularizer,
      constraint: options.kernelConstraint,
    }),
    recurrentKernel: context.param('recurrentKernel', [options.units, shapes.width], {
      initializer: options.recurrentInitializer,
      regularizer: options.recurrentRegularizer,
      constraint: options.recurrentConstraint,
    }),
    bias: options.useBias
      ? context.param('bias', shapes.biasShape, {
          initializer: shapes.biasInitializer ?? options.biasInitializer,
          regularizer: options.biasRegularizer,
          constraint: options.biasConstraint,
        })
      : undefined,
  };
}

/** The weights as a list, in the order of `getWeights`. */
export function listWeights({ kernel, recurrentKernel, bias }: CellWeights): readonly Param[] {
  return bias ? [kernel, recurrentKernel, bias] : [kernel, recurrentKernel];
}
