/**
 * The recurrent layer: any cell over a sequence.
 *
 * It owns what cells do not: the choice between a fused kernel and the loop in `time-loop.ts`, masks, kept states,
 * shapes. `SimpleRNN`, `LSTM` and `GRU` are this layer with their cells.
 */
import {
  type BuildContext,
  baseConfig,
  type CallContext,
  type Cell,
  type ConfigWriter,
  checkBoolean,
  checkCount,
  checkFields,
  checkOptions,
  checkShape,
  defineLayer,
  type JsonObject,
  type KernelFinder,
  Layer,
  type LayerOptions,
  type Mask,
  meetPart,
  OstinatoError,
  type QualifiedName,
  type SequenceRequest,
  type Shape,
  type StepContext,
  show,
  showShape,
  showTensor,
} from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import { asFloats } from './as-floats.js';
import { buildCell } from './build-cell.js';
import { DRIVER_FIELDS } from './cell-options.js';
import { type Kept, stepContext } from './step-context.js';
import { stepMask } from './step-mask.js';
import { runTimeLoop, type TimeLoopResult } from './time-loop.js';
import { zeroMasked } from './zero-masked.js';

/** What the driver does with a cell. */
export interface DriverOptions extends LayerOptions {
  /** true: the output of every step; false: of the last. Default false. */
  readonly returnSequences?: boolean;
  /** true: the final states are outputs too. Default false. */
  readonly returnState?: boolean;
  /** Reads the sequence last step first; outputs stay in the order of reading. Default false. */
  readonly goBackwards?: boolean;
  /** Keeps the final states of each batch row as the initial ones of the next batch, until `resetStates`. Default false. */
  readonly stateful?: boolean;
  /** A masked step puts out zeros instead of repeating the step before. Default false. */
  readonly zeroOutputForMask?: boolean;
}

export interface RNNOptions extends DriverOptions {
  readonly cell: Cell;
  /** How many of the last inputs are handed to every step as they are: the cell finds them in its context. Default 0. */
  readonly numConstants?: number;
}

const DEFAULTS = {
  returnSequences: false,
  returnState: false,
  goBackwards: false,
  stateful: false,
  zeroOutputForMask: false,
} as const;

/**
 * A cell over whole sequences.
 *
 * Shapes   x f32[batch, steps, …] (· initial states f32[batch, …] · constants) → f32[batch, …], or
 *          f32[batch, steps, …] with returnSequences; with returnState the final states follow
 * Memory   stateful layers keep their states until `resetStates` or `dispose`
 * Throws   `shape-mismatch` for other inputs; `states-count` and `stateful-batch` for states that do not fit;
 *          `constants-count` when there are fewer inputs than constants
 * Differs  the mask of the sequences counts beside initial states, too; Keras sees it then only when it is handed over
 *
 * @example
 * const layer = rnn({ cell: simpleRNNCell({ units: 16 }), returnSequences: true });
 */
export class RNN extends Layer {
  static override readonly repeatable = true;
  readonly registeredName: QualifiedName;
  readonly cell: Cell;
  readonly options: Required<Omit<RNNOptions, 'cell' | keyof LayerOptions>>;
  #inputShape: Shape = [];
  #kept: readonly tf.Tensor[] | undefined;

  /** `as` is the name of a layer that is this driver with a cell of its own; its config is then the cell's and the driver's. */
  constructor(options: RNNOptions, as?: QualifiedName) {
    if (as) checkOptions(as, options);
    else checkFields('@ostinato/layers>RNN', options, ['cell', 'numConstants', ...DRIVER_FIELDS]);
    super(options);
    this.registeredName = as ?? '@ostinato/layers>RNN';
    if (typeof options.cell?.step !== 'function') {
      throw new OstinatoError('config-cell', {
        where: this.registeredName,
        what: '`cell` is not a cell',
        expected: 'an object made by a cell factory such as simpleRNNCell()',
        received: show(options.cell),
      });
    }
    this.cell = options.cell;
    const flags: Record<string, boolean> = {};
    for (const [name, byDefault] of Object.entries(DEFAULTS)) {
      const { [name as keyof typeof DEFAULTS]: given = byDefault } = options;
      flags[name] = given;
      checkBoolean(this.registeredName, name, flags[name]);
    }
    const { numConstants = 0 } = options;
    checkCount(this.registeredName, 'numConstants', numConstants);
    this.options = { ...flags, numConstants } as typeof this.options;
  }

  override build(context: BuildContext): void {
    const input = context.inputShapes[0] ?? [];
    this.#checkRank(input, context.path, showShape(input));
    this.#inputShape = [null, null, ...input.slice(2)];
    const step: Shape = [input[0] ?? null, ...input.slice(2)];
    const constants = this.#constantsOf(context.inputShapes, context.path);
    buildCell(this.cell, { ...context, inputShapes: [step, ...constants] });
    this.params = this.cell.params;
    this.#findKernel(this.#request(step, false, false), context.kernels);
  }

  call(inputs: readonly tf.Tensor[], context: CallContext): readonly tf.Tensor[] {
    const x = asFloats(inputs[0]!);
    this.#checkRank(x.shape, context.path, showTensor(x));
    checkShape(x, this.#inputShape, context.path);
    const constants = this.#constantsOf(inputs, context.path);
    const given = inputs.slice(1, inputs.length - constants.length);
    const initial = this.#initialStates(given, x.shape[0]!, context.path);
    const mask = stepMask(context.masks[0], x.shape, context.path);
    const result = this.#run(x, mask, initial, constants, context);
    const { states } = result;
    const output = this.options.zeroOutputForMask
      ? zeroMasked(result.output, mask, this.options)
      : result.output;
    if (this.options.stateful) this.#keep(states);
    return this.options.returnState ? [output, ...states] : [output];
  }

  #run(
    x: tf.Tensor,
    mask: Mask,
    initial: readonly tf.Tensor[] | undefined,
    constants: readonly tf.Tensor[],
    context: CallContext,
  ): TimeLoopResult {
    const { goBackwards, returnSequences } = this.options;
    meetPart(this.cell, this.cell.registeredName);
    const kept: Kept = new Map();
    const step = stepContext(context, constants, kept);
    try {
      const dropped = this.cell.dropInput(x, step);
      const fused = this.#findKernel(
        this.#request([x.shape[0]!, ...x.shape.slice(2)], mask !== null, context.training),
        context.kernels,
      );
      if (fused)
        return fused({
          x: dropped,
          context: step,
          ...(mask ? { mask } : {}),
          ...(initial ? { initialStates: initial } : {}),
        });
      const initialStates =
        initial ?? this.cell.stateShapes.map((shape) => tf.zeros([x.shape[0]!, ...shape]));
      const options = { mask, initialStates, goBackwards, returnSequences };
      return runTimeLoop(this.cell, this.cell.prepare(dropped, step), options, step);
    } finally {
      for (const tensors of kept.values()) tf.dispose(tensors as tf.Tensor[]);
    }
  }

  #request(step: Shape, masked: boolean, training: boolean): SequenceRequest {
    const { goBackwards, returnSequences, returnState, stateful } = this.options;
    return {
      inputSize: step[1] ?? 0,
      goBackwards,
      returnSequences,
      returnState: returnState || stateful,
      masked,
      training,
    };
  }

  /** The fused operation with this cell's weights, or undefined for the loop. */
  #findKernel(
    request: SequenceRequest,
    kernels: KernelFinder,
  ): ((inputs: Sequence) => TimeLoopResult) | undefined {
    const offer = this.cell.offer?.(request);
    if (!offer) {
      kernels.without('sequence', `${this.cell.registeredName} names no fused operation`);
      return undefined;
    }
    const kernel = kernels.use(offer.op, offer.config as never);
    return (
      kernel &&
      (({ context, ...inputs }) =>
        kernel.run(
          Object.assign({}, inputs, offer.weights, offer.masks?.(inputs.x, context)) as never,
          offer.config as never,
        ) as TimeLoopResult)
    );
  }

  /** The last inputs, or their shapes, as many as there are constants. */
  #constantsOf<T>(inputs: readonly T[], path: string): readonly T[] {
    const { numConstants } = this.options;
    if (inputs.length > numConstants) return inputs.slice(inputs.length - numConstants);
    throw new OstinatoError('constants-count', {
      where: path,
      what: 'There are fewer inputs than constants and a sequence',
      expected: `the sequence, its initial states if any, and ${numConstants} constants`,
      received: `${inputs.length} inputs`,
    });
  }

  #initialStates(given: readonly tf.Tensor[], batch: number, path: string): readonly tf.Tensor[] | undefined {
    const shapes = this.cell.stateShapes.map((shape) => [batch, ...shape]);
    if (given.length > 0) {
      if (given.length !== shapes.length) {
        throw new OstinatoError('states-count', {
          where: path,
          what: 'The number of initial states is not that of the cell',
          expected: `${shapes.length} of ${shapes.map(showShape).join(', ')}`,
          received: `${given.length}`,
        });
      }
      given.forEach((state, i) => checkShape(state, shapes[i]!, path, `initial state ${i}`));
      return given.map(asFloats);
    }
    if (!this.#kept) return undefined;
    if (this.#kept[0]?.shape[0] === batch) return this.#kept;
    throw new OstinatoError('stateful-batch', {
      where: path,
      what: 'A stateful layer keeps a state for each row of the batch, and the batch has another size now',
      expected: `${this.#kept[0]?.shape[0]} rows`,
      received: `${batch}`,
      fix: 'Use batches of one size, or call resetStates() first',
    });
  }

  #keep(states: readonly tf.Tensor[]): void {
    const old = this.#kept;
    this.#kept = states.map((state) => tf.keep(tf.clone(state)));
    for (const state of old ?? []) state.dispose();
  }

  #checkRank(shape: Shape, path: string, received: string): void {
    if (shape.length >= 3 && !shape.slice(1).includes(0)) return;
    throw new OstinatoError('shape-mismatch', {
      where: path,
      what: 'The input is not a batch of sequences',
      expected: 'an input of [batch, steps, features] with at least one step and one feature',
      received,
      fix:
        shape.length === 2
          ? 'If a recurrent layer is before it, give that `returnSequences: true`; if what comes in are numbers of words, put an embedding() before it; else add an axis for features'
          : 'Reshape the input',
    });
  }

  override get mostInputs(): number {
    return 1 + this.cell.stateShapes.length + this.options.numConstants;
  }

  outputShapes(inputShapes: readonly Shape[]): readonly Shape[] {
    const [batch = null, steps = null, ...step] = inputShapes[0] ?? [];
    if (this.params.length === 0) this.cell.plan?.([batch, ...step], this.registeredName);
    const { outputShape, stateShapes } = this.cell;
    const output = this.options.returnSequences ? [batch, steps, ...outputShape] : [batch, ...outputShape];
    return this.options.returnState ? [output, ...stateShapes.map((shape) => [batch, ...shape])] : [output];
  }

  override outputMasks(_inputs: readonly tf.Tensor[], masks: readonly Mask[]): readonly Mask[] {
    const mask = this.options.returnSequences ? (masks[0] ?? null) : null;
    return this.options.returnState ? [mask, ...this.cell.stateShapes.map(() => null)] : [mask];
  }

  getConfig(write: ConfigWriter): JsonObject {
    const { numConstants, ...flags } = this.options;
    const own =
      this.registeredName === '@ostinato/layers>RNN'
        ? { cell: write(this.cell), ...(numConstants ? { numConstants } : {}) }
        : this.cell.getConfig(write);
    return { ...baseConfig(this), ...own, ...flags };
  }

  override trainingOps(): readonly string[] {
    return ['Unpack', 'Pack', ...this.cell.trainingOps()];
  }

  override resetStates(): void {
    for (const state of this.#kept ?? []) state.dispose();
    this.#kept = undefined;
  }

  override keptStates(): ReadonlyMap<string, tf.Tensor> {
    return new Map(this.#kept?.map((state, i) => [`state_${i}`, state]));
  }

  /** Throws `states-count` for states that are not this cell's. */
  override keepStates(states: ReadonlyMap<string, tf.Tensor>): void {
    const { stateShapes } = this.cell;
    const given = stateShapes.flatMap((_, i) => states.get(`state_${i}`) ?? []);
    const fit = given.length === states.size && given.length === stateShapes.length;
    if (states.size === 0) this.resetStates();
    else if (fit && given.every(({ shape }, i) => showShape(shape.slice(1)) === showShape(stateShapes[i]!)))
      this.#keep(given);
    else throw notItsStates(this.registeredName, stateShapes, [...states.values()]);
  }

  override dispose(): void {
    this.resetStates();
    super.dispose();
  }
}

function notItsStates(where: string, expected: readonly Shape[], given: readonly tf.Tensor[]): OstinatoError {
  return new OstinatoError('states-count', {
    where,
    what: 'These are not the states that this layer keeps',
    expected: `for each row of the batch ${expected.map((shape) => showShape(shape)).join(', ')}`,
    received: given.map(showTensor).join(', '),
  });
}

interface Sequence {
  readonly x: tf.Tensor;
  readonly context: StepContext;
  readonly mask?: tf.Tensor;
  readonly initialStates?: readonly tf.Tensor[];
}

export const rnnSpec = /* @__PURE__ */ defineLayer({
  name: '@ostinato/layers>RNN',
  create: (options: RNNOptions) => new RNN(options),
  read: (config, nested) => ({ ...config, cell: nested.cell(config.cell, '@ostinato/layers>RNN') }),
});

/** Any cell over a sequence. */
export function rnn(options: RNNOptions): RNN {
  return new RNN(options);
}
