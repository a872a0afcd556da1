/** The embedding layer: a row of a table for each id. */
import {
  type BuildContext,
  baseConfig,
  type CallContext,
  type Constraint,
  type ConstraintName,
  checkBoolean,
  checkFields,
  checkOptions,
  checkSize,
  defined,
  defineLayer,
  embeddingIdError,
  type Initializer,
  type InitializerName,
  type JsonObject,
  Layer,
  type LayerOptions,
  type Mask,
  OstinatoError,
  type Param,
  primitive,
  type Regularizer,
  type RegularizerName,
  type SampleData,
  type Shape,
  showTensor,
  tensorBeside,
} from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import { optionsToJSON } from './cell-options.js';

const NAME = '@ostinato/layers>Embedding';

export interface EmbeddingOptions extends LayerOptions {
  /** Number of ids: they run from 0 to inputDim − 1. */
  readonly inputDim: number;
  /** Size of the vectors. */
  readonly outputDim: number;
  /** Id 0 is padding: later layers skip it. Default false. */
  readonly maskZero?: boolean;
  /** Default `randomUniform`, from −0.05 to 0.05. */
  readonly embeddingsInitializer?: InitializerName | Initializer;
  readonly embeddingsRegularizer?: RegularizerName | Regularizer | null;
  readonly embeddingsConstraint?: ConstraintName | Constraint | null;
}

const DEFAULTS = {
  maskZero: false,
  embeddingsInitializer: 'randomUniform',
  embeddingsRegularizer: null,
  embeddingsConstraint: null,
} as const;

/**
 * A row of a trainable table for each id.
 *
 * Shapes   ids i32[batch, …] (whole numbers as f32 are taken too) → f32[batch, …, outputDim]
 * Weights  embeddings [inputDim, outputDim]
 * Throws   `embedding-id` when an id is outside [0, inputDim): which row, which position, which value
 */
export class Embedding extends Layer {
  static override readonly repeatable = true;
  readonly registeredName = NAME;
  readonly options: Required<Omit<EmbeddingOptions, keyof LayerOptions>>;
  #table!: Param;

  constructor(options: EmbeddingOptions) {
    checkOptions(NAME, options);
    super(options);
    const { name: _name, trainable: _trainable, ...own } = options;
    checkFields(this.registeredName, own, ['inputDim', 'outputDim', ...Object.keys(DEFAULTS)]);
    this.options = { ...DEFAULTS, ...defined(own) } as typeof this.options;
    checkSize(this.registeredName, 'inputDim', this.options.inputDim);
    checkSize(this.registeredName, 'outputDim', this.options.outputDim);
    checkBoolean(this.registeredName, 'maskZero', this.options.maskZero);
  }

  override build(context: BuildContext): void {
    const { inputDim, outputDim, embeddingsInitializer, embeddingsRegularizer, embeddingsConstraint } =
      this.options;
    this.#table = context.param('embeddings', [inputDim, outputDim], {
      initializer: embeddingsInitializer,
      regularizer: embeddingsRegularizer,
      constraint: embeddingsConstraint,
    });
    this.params = [this.#table];
    context.kernels.use('embedding.lookup', { inputDim, outputDim });
  }

  override checkInput(samples: SampleData, path: string): void {
    checkIds(samples, this.options.inputDim, path);
  }

  call([ids]: readonly tf.Tensor[], { kernels, path }: CallContext): tf.Tensor {
    const { inputDim, outputDim } = this.options;
    const whole = wholeNumbers(ids!, path);
    const kernel = kernels.use('embedding.lookup', { inputDim, outputDim });
    if (kernel)
      return kernel.run({ table: this.#table.tensor, ids: whole, where: path }, { inputDim, outputDim });
    primitive([whole], (given) => {
      checkIds({ data: given.dataSync(), shape: given.shape }, inputDim, path);
      return [];
    });
    return tf.gather(this.#table.tensor, whole as tf.Tensor1D);
  }

  override get mostInputs(): number {
    return 1;
  }

  outputShapes(inputShapes: readonly Shape[]): readonly Shape[] {
    return [[...(inputShapes[0] ?? []), this.options.outputDim]];
  }

  override outputMasks([ids]: readonly tf.Tensor[]): readonly Mask[] {
    return [this.options.maskZero ? notZero(ids!) : null];
  }

  getConfig(): JsonObject {
    return { ...baseConfig(this), ...optionsToJSON(this.options) };
  }

  override trainingOps(): readonly string[] {
    return ['GatherV2', 'UnsortedSegmentSum'];
  }
}

function wholeNumbers(ids: tf.Tensor, path: string): tf.Tensor {
  if (ids.dtype === 'int32') return ids;
  if (ids.dtype === 'float32') return tf.cast(ids, 'int32');
  throw new OstinatoError('dtype-mismatch', {
    where: path,
    what: 'The input is not made of ids',
    expected: 'a tensor of int32 (or float32 with whole numbers)',
    received: showTensor(ids),
  });
}

/** On the host: for tfjs' NotEqual the ids are moved to its memory, and the mask back to that of the kernels. */
function notZero(ids: tf.Tensor): tf.Tensor {
  const [mask] = primitive([ids], (given) => {
    const values = given.dataSync();
    const counts = new Uint8Array(values.length);
    for (let i = 0; i < values.length; i++) counts[i] = values[i] === 0 ? 0 : 1;
    return [tensorBeside(given, counts, 'bool')];
  });
  return mask;
}

/** Ahead of the reference path: tfjs' own kernels read what lies outside the table, or throw without saying where. */
function checkIds({ data, shape }: SampleData, inputDim: number, path: string): void {
  const bad = data instanceof Int32Array ? firstBadInteger(data, inputDim) : firstBad(data, inputDim);
  if (bad >= 0) throw embeddingIdError(path, inputDim, data[bad]!, bad, shape);
}

/** The index of the first that is no id, or −1. */
function firstBad(data: SampleData['data'], inputDim: number): number {
  for (let i = 0; i < data.length; i++) {
    const id = data[i]!;
    if (!(id >= 0 && id < inputDim && Number.isInteger(id))) return i;
  }
  return -1;
}

/** A third of the time, which passes before each batch that a user makes. */
function firstBadInteger(data: Int32Array, inputDim: number): number {
  for (let i = 0; i < data.length; i++) {
    if (data[i]! >>> 0 >= inputDim) return i; // what is negative is a large unsigned one
  }
  return -1;
}

export const embeddingSpec = /* @__PURE__ */ defineLayer({
  name: NAME,
  create: (options: EmbeddingOptions) => new Embedding(options),
});

/** A row of a trainable table for each id. */
export function embedding(options: EmbeddingOptions): Embedding {
  return new Embedding(options);
}
