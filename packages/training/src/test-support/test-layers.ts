/** Small layers for the tests of models: this package must not import the real ones. */
import {
  type Activation,
  type BuildContext,
  baseConfig,
  type CallContext,
  createRegistry,
  defineLayer,
  definePlugin,
  type JsonObject,
  Layer,
  type LayerOptions,
  type Mask,
  OstinatoError,
  type Param,
  type Plugin,
  type Registry,
  type SampleData,
  type Shape,
} from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';

interface DenseOptions extends LayerOptions {
  readonly units: number;
  readonly activation?: string;
  readonly kernelRegularizer?: string;
  readonly kernelConstraint?: string;
}

class Dense extends Layer {
  readonly registeredName = '@test/layers>Dense';
  readonly options: DenseOptions;
  #kernel!: Param;
  #bias!: Param;
  #activation!: Activation;

  constructor(options: DenseOptions) {
    super(options);
    this.options = options;
  }

  override build(context: BuildContext): void {
    const size = context.inputShapes[0]!.at(-1);
    if (!size || context.inputShapes[0]!.length < 2) {
      throw new OstinatoError('shape-mismatch', { where: context.path, what: 'No features' });
    }
    const { units, kernelRegularizer: regularizer, kernelConstraint: constraint } = this.options;
    this.#activation = context.activation(this.options.activation);
    this.#kernel = context.param('kernel', [size, units], {
      initializer: 'glorotUniform',
      regularizer,
      constraint,
    });
    this.#bias = context.param('bias', [units], { initializer: 'zeros' });
    this.params = [this.#kernel, this.#bias];
  }

  call([x]: readonly tf.Tensor[]): tf.Tensor {
    const { shape } = x!;
    const rows = tf.reshape(x!, [-1, shape.at(-1)!]) as tf.Tensor2D;
    const product = tf.add(tf.matMul(rows, this.#kernel.tensor as tf.Tensor2D), this.#bias.tensor);
    return this.#activation.apply(tf.reshape(product, [...shape.slice(0, -1), this.options.units]));
  }

  outputShapes([shape]: readonly Shape[]): readonly Shape[] {
    return [[...shape!.slice(0, -1), this.options.units]];
  }

  getConfig(): JsonObject {
    return { ...baseConfig(this), ...(this.options as unknown as JsonObject) };
  }
}

interface EmbeddingOptions extends LayerOptions {
  readonly inputDim: number;
  readonly outputDim: number;
  readonly maskZero?: boolean;
}

class Embedding extends Layer {
  readonly registeredName = '@test/layers>Embedding';
  readonly options: EmbeddingOptions;
  #table!: Param;

  constructor(options: EmbeddingOptions) {
    super(options);
    this.options = options;
  }

  override build(context: BuildContext): void {
    const { inputDim, outputDim } = this.options;
    this.#table = context.param('embeddings', [inputDim, outputDim], { initializer: 'randomUniform' });
    this.params = [this.#table];
    context.kernels.use('embedding.lookup', { inputDim, outputDim });
  }

  override checkInput({ data }: SampleData, path: string): void {
    const bad = Array.from(data).findIndex((id) => id >= this.options.inputDim);
    if (bad >= 0) throw new OstinatoError('embedding-id', { where: path, what: `position ${bad}` });
  }

  call([ids]: readonly tf.Tensor[]): tf.Tensor {
    return tf.gather(this.#table.tensor, tf.cast(ids!, 'int32') as tf.Tensor1D);
  }

  outputShapes([shape]: readonly Shape[]): readonly Shape[] {
    return [[...shape!, this.options.outputDim]];
  }

  override outputMasks([ids]: readonly tf.Tensor[]): readonly Mask[] {
    return [this.options.maskZero ? tf.notEqual(ids!, tf.scalar(0, ids!.dtype as 'int32')) : null];
  }

  override trainingOps(): readonly string[] {
    return ['UnsortedSegmentSum'];
  }

  getConfig(): JsonObject {
    return { ...baseConfig(this), ...(this.options as unknown as JsonObject) };
  }
}

/** Drops half of its inputs while training; remembers what it dropped. */
class Dropout extends Layer {
  readonly registeredName = '@test/layers>Dropout';
  readonly drawn: number[][] = [];

  call([x]: readonly tf.Tensor[], { training, rng }: CallContext): tf.Tensor {
    if (!training) return x!;
    const keep = Array.from({ length: x!.size }, () => (rng.uniform() < 0.5 ? 0 : 2));
    this.drawn.push(keep);
    return tf.mul(x!, tf.tensor(keep, x!.shape));
  }

  outputShapes([shape]: readonly Shape[]): readonly Shape[] {
    return [shape!];
  }

  getConfig(): JsonObject {
    return baseConfig(this);
  }
}

/** The mean over steps, [batch, steps, n] → [batch, n], and a name like SimpleRNN's. */
class MeanOverSteps extends Layer {
  readonly registeredName = '@test/layers>MeanOverSteps';

  call([x]: readonly tf.Tensor[]): tf.Tensor {
    return tf.mean(x!, 1);
  }

  outputShapes([shape]: readonly Shape[]): readonly Shape[] {
    return [[shape![0]!, ...shape!.slice(2)]];
  }

  override outputMasks(): readonly Mask[] {
    return [null];
  }

  getConfig(): JsonObject {
    return baseConfig(this);
  }
}

/** Its inputs side by side along the last axis, and the first one's mask. */
class Join extends Layer {
  readonly registeredName = '@test/layers>Join';

  call(inputs: readonly tf.Tensor[]): tf.Tensor {
    return tf.concat([...inputs], -1);
  }

  outputShapes(shapes: readonly Shape[]): readonly Shape[] {
    const sizes = shapes.map((shape) => shape.at(-1)!);
    if (shapes.some((shape) => shape.length !== shapes[0]!.length)) {
      throw new OstinatoError('shape-mismatch', { where: this.givenName ?? 'join', what: 'Ranks differ' });
    }
    return [[...shapes[0]!.slice(0, -1), sizes.reduce((sum, size) => sum + size, 0)]];
  }

  getConfig(): JsonObject {
    return baseConfig(this);
  }
}

/** Two outputs: the sequence as it is, and its mean. */
class Both extends Layer {
  readonly registeredName = '@test/layers>Both';

  call([x]: readonly tf.Tensor[]): readonly tf.Tensor[] {
    return [tf.mul(x!, 2), tf.mean(x!, 1)];
  }

  outputShapes([shape]: readonly Shape[]): readonly Shape[] {
    return [shape!, [shape![0]!, ...shape!.slice(2)]];
  }

  override outputMasks(_: readonly tf.Tensor[], masks: readonly Mask[]): readonly Mask[] {
    return [masks[0] ?? null, null];
  }

  getConfig(): JsonObject {
    return baseConfig(this);
  }
}

export const join = (options: LayerOptions = {}): Join => new Join(options);
export const both = (options: LayerOptions = {}): Both => new Both(options);
export const dense = (options: DenseOptions): Dense => new Dense(options);
export const embedding = (options: EmbeddingOptions): Embedding => new Embedding(options);
export const dropout = (options: LayerOptions = {}): Dropout => new Dropout(options);
export const meanOverSteps = (options: LayerOptions = {}): MeanOverSteps => new MeanOverSteps(options);

export const testLayers = definePlugin({
  name: '@test/layers',
  version: '1.0.0',
  layers: [
    defineLayer({ name: '@test/layers>Dense', create: dense }),
    defineLayer({ name: '@test/layers>Embedding', create: embedding }),
    defineLayer({ name: '@test/layers>Dropout', create: dropout }),
    defineLayer({ name: '@test/layers>Join', create: join }),
    defineLayer({ name: '@test/layers>Both', create: both }),
    defineLayer({ name: '@test/layers>MeanOverSteps', create: meanOverSteps }),
  ],
});

export function testRegistry(...more: Plugin[]): Registry {
  return createRegistry([testLayers, ...more]) as unknown as Registry;
}
