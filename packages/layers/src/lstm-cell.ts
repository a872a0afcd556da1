/** Long short-term memory. */
import {
  type Activation,
  activationKey,
  type BuildContext,
  Cell,
  checkBoolean,
  defineCell,
  type JsonObject,
  type SequenceOffer,
  type SequenceRequest,
  type Step,
  type StepContext,
} from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import { dropInputOnce, gateMasks } from './cell-dropout.js';
import {
  type FullCellOptions,
  fillCellOptions,
  type GatedCellOptions,
  optionsToJSON,
} from './cell-options.js';
import { buildCellWeights, type CellWeights, listWeights } from './cell-weights.js';
import { forgetBias } from './forget-bias.js';
import { dropForGates, projectDropped, recurrentProduct } from './gates.js';
import { lstmUpdate } from './lstm-update.js';
import { project } from './project.js';
import { sequenceConfig, weightTensors } from './sequence-offer.js';

export interface LSTMCellOptions extends GatedCellOptions {
  /** Adds one to the forget gate's initial bias, so that a new cell remembers. Default true. */
  readonly unitForgetBias?: boolean;
}

const GATES = ['i', 'f', 'c', 'o'] as const;

/**
 * Long short-term memory: one step.
 *
 * i = σ(x·Wi + h·Ri + bi);  f = σ(x·Wf + h·Rf + bf);  g = tanh(x·Wc + h·Rc + bc);  o = σ(x·Wo + h·Ro + bo)
 * c' = f⊙c + i⊙g;  h' = o⊙tanh(c')
 *
 * Shapes   x f32[batch, inputSize] · h, c f32[batch, units] → h', c' f32[batch, units]
 * Weights  kernel [inputSize, 4·units] · recurrentKernel [units, 4·units] · bias [4·units]; gate order i, f, c, o
 * Units    dropout and recurrentDropout are probabilities in [0, 1)
 * Throws   `config-units` and its like for bad options; `shape-mismatch` when a step is not a vector
 * Source   Hochreiter and Schmidhuber 1997; the forget gate of Gers et al. 2000
 * Differs  PyTorch keeps two biases, which are added; ONNX orders the gates i, o, f, c
 */
export class LSTMCell extends Cell {
  static override readonly repeatable = true;
  readonly registeredName = '@ostinato/layers>LSTMCell';
  readonly options: FullCellOptions & Required<LSTMCellOptions>;
  readonly stateShapes: readonly (readonly number[])[];
  readonly outputShape: readonly number[];
  #weights!: CellWeights;
  #activation!: Activation;
  #gate!: Activation;

  constructor(options: LSTMCellOptions) {
    super();
    this.options = fillCellOptions(this.registeredName, options, {
      recurrentActivation: 'sigmoid' as Required<LSTMCellOptions>['recurrentActivation'],
      unitForgetBias: true as boolean,
    });
    checkBoolean(this.registeredName, 'unitForgetBias', this.options.unitForgetBias);
    this.outputShape = [this.options.units];
    this.stateShapes = [this.outputShape, this.outputShape];
  }

  build(context: BuildContext): void {
    const { units, unitForgetBias, biasInitializer } = this.options;
    this.#activation = context.activation(this.options.activation);
    this.#gate = context.activation(this.options.recurrentActivation);
    this.#weights = buildCellWeights(context, this.options, {
      width: 4 * units,
      biasShape: [4 * units],
      ...(unitForgetBias ? { biasInitializer: forgetBias(units, context.initializer(biasInitializer)) } : {}),
    });
    this.params = listWeights(this.#weights);
  }

  override dropInput(x: tf.Tensor, context: StepContext): tf.Tensor {
    return this.options.recurrentDropout > 0 ? x : dropInputOnce(x, this.options.dropout, context);
  }

  override prepare(x: tf.Tensor, context: StepContext): tf.Tensor {
    const { dropout, recurrentDropout } = this.options;
    const [kernel, bias] = [this.#weights.kernel.tensor, this.#weights.bias?.tensor];
    if (!context.training || dropout === 0 || recurrentDropout === 0) return project(x, kernel, bias);
    return projectDropped(x, kernel, bias, dropout, GATES, context);
  }

  step(x: tf.Tensor, [h, c]: readonly tf.Tensor[], context: StepContext): Step {
    const seen = dropForGates(h!, this.options.recurrentDropout, GATES, context);
    const z = tf.add(x, recurrentProduct(seen, this.#weights.recurrentKernel.tensor));
    return lstmUpdate(z, c!, this.#gate, this.#activation);
  }

  override offer(request: SequenceRequest): SequenceOffer {
    const config = {
      recurrentActivation: activationKey(this.#gate),
      ...sequenceConfig(request, this.options, this.#activation),
    };
    return {
      op: 'lstm.sequence',
      config,
      weights: weightTensors(this.#weights),
      masks: (x, context) => gateMasks(x, this.options, GATES, context),
    };
  }

  getConfig(): JsonObject {
    return optionsToJSON(this.options);
  }
}

export const lstmCellSpec = /* @__PURE__ */ defineCell({
  name: '@ostinato/layers>LSTMCell',
  create: (options: LSTMCellOptions) => new LSTMCell(options),
});

/** An `LSTMCell` to put into `rnn({ cell })`. */
export function lstmCell(options: LSTMCellOptions): LSTMCell {
  return new LSTMCell(options);
}
