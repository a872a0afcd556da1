/** The minimal gated unit: a cell with one gate, for the driver of `@ostinato/layers`. */
import {
  type BuildContext,
  Cell,
  checkFields,
  checkSize,
  defineCell,
  type JsonObject,
  type Param,
  type Step,
  type StepContext,
} from '@ostinato/core';
import { inputSizeOf, project, splitGates } from '@ostinato/layers';
import * as tf from '@tensorflow/tfjs-core';

export interface MGUCellOptions {
  /** Size of the hidden state. */
  readonly units: number;
}

/**
 * Minimal gated unit: one step.
 *
 * f = σ(x·Wf + h·Uf + bf);  n = tanh(x·Wn + (f⊙h)·Un + bn);  h' = (1−f)⊙h + f⊙n
 *
 * Shapes   x f32[batch, inputSize] · h f32[batch, units] → h' f32[batch, units]
 * Weights  kernel W [inputSize, 2·units] · recurrentKernel U [units, 2·units] · bias b [2·units]; gate order f, n
 * Throws   `config-units`, `config-unknown` for bad options; `shape-mismatch` when a step is not a vector
 * Source   Zhou, Wu, Zhang, Zhou 2016, arXiv:1603.09420
 */
export class MGUCell extends Cell {
  /** `fit` may repeat the operations of a step without asking the cell. */
  static override readonly repeatable = true;
  readonly registeredName = 'plugin-mgu>MGUCell';
  readonly units: number;
  readonly stateShapes: readonly (readonly number[])[];
  readonly outputShape: readonly number[];
  #kernel!: Param;
  #recurrentKernel!: Param;
  #bias!: Param;

  constructor(options: MGUCellOptions) {
    super();
    checkFields(this.registeredName, options, ['units']);
    checkSize(this.registeredName, 'units', options.units);
    this.units = options.units;
    this.stateShapes = [[this.units]];
    this.outputShape = [this.units];
  }

  build(context: BuildContext): void {
    const width = 2 * this.units;
    this.#kernel = context.param('kernel', [inputSizeOf(context), width], { initializer: 'glorotUniform' });
    this.#recurrentKernel = context.param('recurrentKernel', [this.units, width], {
      initializer: 'orthogonal',
    });
    this.#bias = context.param('bias', [width], { initializer: 'zeros' });
    this.params = [this.#kernel, this.#recurrentKernel, this.#bias];
  }

  /** x·W + b for all steps at once: it does not wait for the state. */
  override prepare(x: tf.Tensor): tf.Tensor {
    return project(x, this.#kernel.tensor, this.#bias.tensor);
  }

  step(x: tf.Tensor, [h]: readonly [tf.Tensor], context: StepContext): Step {
    const [xf, xn] = splitGates(x, 2);
    const [Uf, Un] = context.once('recurrentKernel', () => splitGates(this.#recurrentKernel.tensor, 2));
    const f = tf.sigmoid(tf.add(xf, project(h, Uf)));
    const n = tf.tanh(tf.add(xn, project(tf.mul(f, h), Un)));
    const next = tf.add(tf.mul(tf.sub(1, f), h), tf.mul(f, n));
    return { output: next, states: [next] };
  }

  getConfig(): JsonObject {
    return { units: this.units };
  }
}

export const mguCellSpec = defineCell({
  name: 'plugin-mgu>MGUCell',
  create: (options: MGUCellOptions) => new MGUCell(options),
});
