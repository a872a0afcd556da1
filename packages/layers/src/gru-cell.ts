/** Gated recurrent unit. */
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
import { dropForGates, projectDropped, recurrentProduct } from './gates.js';
import { project } from './project.js';
import { sequenceConfig, weightTensors } from './sequence-offer.js';
import { splitGates } from './split-gates.js';

export interface GRUCellOptions extends GatedCellOptions {
  /** Whether the reset gate acts after the product with the recurrent kernel (v1 of the paper) or before (v3). Default true. */
  readonly resetAfter?: boolean;
}

const GATES = ['z', 'r', 'h'] as const;

/**
 * Gated recurrent unit: one step.
 *
 * z = σ(x·Wz + h·Rz + bz);  r = σ(x·Wr + h·Rr + br)
 * n = tanh(x·Wh + bh + r⊙(h·Rh + ch)) with resetAfter, else tanh(x·Wh + bh + (r⊙h)·Rh)
 * h' = z⊙h + (1−z)⊙n
 *
 * Shapes   x f32[batch, inputSize] · h f32[batch, units] → h' f32[batch, units]
 * Weights  kernel [inputSize, 3·units] · recurrentKernel [units, 3·units] · bias [2, 3·units] with resetAfter (input's,
 *          then recurrent), else [3·units]; gate order z, r, h
 * Units    dropout and recurrentDropout are probabilities in [0, 1)
 * Throws   `config-units` and its like for bad options; `shape-mismatch` when a step is not a vector
 * Source   Cho et al. 2014, arXiv:1406.1078v1, §2.3 (reset after the product; v3 applies it before)
 * Differs  PyTorch stores the gates r, z, n
 */
export class GRUCell extends Cell {
  static override readonly repeatable = true;
  readonly registeredName = '@ostinato/layers>GRUCell';
  readonly options: FullCellOptions & Required<GRUCellOptions>;
  readonly stateShapes: readonly (readonly number[])[];
  readonly outputShape: readonly number[];
  #weights!: CellWeights;
  #activation!: Activation;
  #gate!: Activation;

  constructor(options: GRUCellOptions) {
    super();
    this.options = fillCellOptions(this.registeredName, options, {
      recurrentActivation: 'sigmoid' as Required<GRUCellOptions>['recurrentActivation'],
      resetAfter: true as boolean,
    });
    checkBoolean(this.registeredName, 'resetAfter', this.options.resetAfter);
    this.outputShape = [this.options.units];
    this.stateShapes = [this.outputShape];
  }

  build(context: BuildContext): void {
    const { units, resetAfter } = this.options;
    this.#activation = context.activation(this.options.activation);
    this.#gate = context.activation(this.options.recurrentActivation);
    this.#weights = buildCellWeights(context, this.options, {
      width: 3 * units,
      biasShape: resetAfter ? [2, 3 * units] : [3 * units],
    });
    this.params = listWeights(this.#weights);
  }

  override dropInput(x: tf.Tensor, context: StepContext): tf.Tensor {
    return this.options.recurrentDropout > 0 ? x : dropInputOnce(x, this.options.dropout, context);
  }

  override prepare(x: tf.Tensor, context: StepContext): tf.Tensor {
    const { dropout, recurrentDropout } = this.options;
    const [kernel, bias] = [this.#weights.kernel.tensor, this.#bias(0)];
    if (!context.training || dropout === 0 || recurrentDropout === 0) return project(x, kernel, bias);
    return projectDropped(x, kernel, bias, dropout, GATES, context);
  }

  step(x: tf.Tensor, [h]: readonly tf.Tensor[], context: StepContext): Step {
    const seen = dropForGates(h!, this.options.recurrentDropout, GATES, context);
    const [xz, xr, xh] = splitGates(x, 3);
    const [z, n] = this.options.resetAfter
      ? this.#resetAfter(xz, xr, xh, seen)
      : this.#resetBefore(xz, xr, xh, seen, context);
    const output = tf.add(tf.mul(z, h!), tf.mul(tf.sub(1, z), n));
    return { output, states: [output] };
  }

  #resetAfter(
    xz: tf.Tensor,
    xr: tf.Tensor,
    xh: tf.Tensor,
    seen: readonly tf.Tensor[],
  ): [tf.Tensor, tf.Tensor] {
    const product = recurrentProduct(seen, this.#weights.recurrentKernel.tensor);
    const bias = this.#bias(1);
    const [hz, hr, hh] = splitGates(bias ? tf.add(product, bias) : product, 3);
    const r = this.#gate.apply(tf.add(xr, hr));
    return [this.#gate.apply(tf.add(xz, hz)), this.#activation.apply(tf.add(xh, tf.mul(r, hh)))];
  }

  #resetBefore(
    xz: tf.Tensor,
    xr: tf.Tensor,
    xh: tf.Tensor,
    seen: readonly tf.Tensor[],
    context: StepContext,
  ): [tf.Tensor, tf.Tensor] {
    const [Rz, Rr, Rh] = GATES.map((gate, i) =>
      context.once(`recurrentKernel/${gate}`, () => this.#block(i)),
    );
    const r = this.#gate.apply(tf.add(xr, project(seen[1]!, Rr!)));
    const n = this.#activation.apply(tf.add(xh, project(tf.mul(r, seen[2]!), Rh!)));
    return [this.#gate.apply(tf.add(xz, project(seen[0]!, Rz!))), n];
  }

  /** The recurrent kernel of one gate. */
  #block(gate: number): tf.Tensor {
    const { units } = this.options;
    return tf.slice(this.#weights.recurrentKernel.tensor, [0, gate * units], [units, units]);
  }

  /** Bias of the input's product (0) or of the recurrent one (1), which only resetAfter has. */
  #bias(row: 0 | 1): tf.Tensor | undefined {
    const bias = this.#weights.bias?.tensor;
    if (!bias || !this.options.resetAfter) return row === 0 ? bias : undefined;
    return tf.reshape(tf.slice(bias, [row, 0], [1, 3 * this.options.units]), [3 * this.options.units]);
  }

  override offer(request: SequenceRequest): SequenceOffer {
    const config = {
      recurrentActivation: activationKey(this.#gate),
      resetAfter: this.options.resetAfter,
      ...sequenceConfig(request, this.options, this.#activation),
    };
    return {
      op: 'gru.sequence',
      config,
      weights: weightTensors(this.#weights),
      masks: (x, context) => gateMasks(x, this.options, GATES, context),
    };
  }

  getConfig(): JsonObject {
    return optionsToJSON(this.options);
  }
}

export const gruCellSpec = /* @__PURE__ */ defineCell({
  name: '@ostinato/layers>GRUCell',
  create: (options: GRUCellOptions) => new GRUCell(options),
});

/** A `GRUCell` to put into `rnn({ cell })`. */
export function gruCell(options: GRUCellOptions): GRUCell {
  return new GRUCell(options);
}
