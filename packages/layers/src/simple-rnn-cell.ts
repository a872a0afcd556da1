/** The fully connected recurrent cell: the smallest one, and the pattern for others. */
import {
  type Activation,
  type BuildContext,
  Cell,
  defineCell,
  type JsonObject,
  type SequenceOffer,
  type SequenceRequest,
  type Step,
  type StepContext,
} from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import { dropInputOnce, dropStateOnce, stateMask } from './cell-dropout.js';
import { type CellOptions, type FullCellOptions, fillCellOptions, optionsToJSON } from './cell-options.js';
import { buildCellWeights, type CellWeights, listWeights } from './cell-weights.js';
import { project } from './project.js';
import { sequenceConfig, weightTensors } from './sequence-offer.js';

export type SimpleRNNCellOptions = CellOptions;

/**
 * Fully connected recurrent cell: one step.
 *
 * h' = act(x·W + b + h·R)
 *
 * Shapes   x f32[batch, inputSize] · h f32[batch, units] → h' f32[batch, units]
 * Weights  kernel W [inputSize, units] · recurrentKernel R [units, units] · bias b [units]
 * Units    dropout and recurrentDropout are probabilities in [0, 1)
 * Throws   `config-units` and its like for bad options; `shape-mismatch` when a step is not a vector
 * Source   Elman 1990, Finding Structure in Time
 */
export class SimpleRNNCell extends Cell {
  static override readonly repeatable = true;
  readonly registeredName = '@ostinato/layers>SimpleRNNCell';
  readonly options: FullCellOptions;
  readonly stateShapes: readonly (readonly number[])[];
  readonly outputShape: readonly number[];
  #weights!: CellWeights;
  #activation!: Activation;

  constructor(options: SimpleRNNCellOptions) {
    super();
    this.options = fillCellOptions(this.registeredName, options, {});
    this.outputShape = [this.options.units];
    this.stateShapes = [this.outputShape];
  }

  build(context: BuildContext): void {
    const { units } = this.options;
    this.#activation = context.activation(this.options.activation);
    this.#weights = buildCellWeights(context, this.options, { width: units, biasShape: [units] });
    this.params = listWeights(this.#weights);
  }

  override dropInput(x: tf.Tensor, context: StepContext): tf.Tensor {
    return dropInputOnce(x, this.options.dropout, context);
  }

  override prepare(x: tf.Tensor): tf.Tensor {
    return project(x, this.#weights.kernel.tensor, this.#weights.bias?.tensor);
  }

  step(x: tf.Tensor, [h]: readonly tf.Tensor[], context: StepContext): Step {
    const memory = dropStateOnce(h!, this.options.recurrentDropout, context);
    const output = this.#activation.apply(tf.add(x, project(memory, this.#weights.recurrentKernel.tensor)));
    return { output, states: [output] };
  }

  override offer(request: SequenceRequest): SequenceOffer {
    const config = sequenceConfig(request, this.options, this.#activation);
    return {
      op: 'simpleRNN.sequence',
      config,
      weights: weightTensors(this.#weights),
      masks: (x, context) => stateMask(x, this.options, context),
    };
  }

  getConfig(): JsonObject {
    return optionsToJSON(this.options);
  }
}

export const simpleRNNCellSpec = /* @__PURE__ */ defineCell({
  name: '@ostinato/layers>SimpleRNNCell',
  create: (options: SimpleRNNCellOptions) => new SimpleRNNCell(options),
});

/** A `SimpleRNNCell` to put into `rnn({ cell })`. */
export function simpleRNNCell(options: SimpleRNNCellOptions): SimpleRNNCell {
  return new SimpleRNNCell(options);
}
