/** The sequential model: layers one after the other, and what one does with them. */
import {
  type KernelChoice,
  KernelChooser,
  type Layer,
  type Optimizer,
  type Param,
  type Shape,
  showShape,
} from '@ostinato/core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { checkBackend } from './backend-check.js';
import { checkLayers } from './check-layers.js';
import { checkOptions } from './check-options.js';
import { checkRun } from './check-run.js';
import { Compiled, type CompileOptions } from './compiled.js';
import type { Batches, InputBatch } from './data/batches.js';
import { withBatch } from './data/device-batch.js';
import { type ArrayInput, toHostArray } from './data/host-array.js';
import { countSamples, toSamples } from './data/samples.js';
import { type DataArguments, dataArguments } from './data-arguments.js';
import { evaluateBatches } from './evaluate.js';
import { runFit } from './fit.js';
import { openFitData } from './fit-data.js';
import { checkFitOptions, type FitBatchesOptions, type FitOptions } from './fit-options.js';
import { History } from './history.js';
import { Intake } from './intake.js';
import { LayerStack, type PlacedLayer } from './layer-stack.js';
import { predictBatches } from './predict.js';
import { whenReady } from './ready.js';
import { type Logs, RunningFigures } from './running-figures.js';
import { encodeModel } from './saving/encode-model.js';
import { describeModel } from './saving/model-description.js';
import { builtOtherwise, busy, notBatchShape, notBuilt, notCompiled } from './sequential-errors.js';
import {
  type BatchesRunOptions,
  checkSequentialOptions,
  type EvaluateOptions,
  type FullSequentialOptions,
  isShape,
  type RunOptions,
  type SequentialOptions,
} from './sequential-options.js';
import { sizeOfParams, summarize } from './summary.js';
import { type Trainable, trainBatch } from './train-batch.js';
import { assignWeights, hashWeights, type NamedArray, readWeights } from './weights.js';

/**
 * Layers one after the other, trained and run as one.
 *
 * Memory   owns its weights and the optimizer's state until `dispose`
 * Throws   see each method; every error is an `OstinatoError`, except what a callback throws and, from `evaluate` and
 *          `predict`, the reason of an aborted signal. What would disturb a running `fit` is refused: `model-busy`
 */
export class Sequential {
  readonly name: string;
  readonly options: FullSequentialOptions;
  /** The record of the last `fit`, also when it failed. */
  history = new History();
  readonly #stack: LayerStack;
  readonly #kernels: KernelChooser;
  readonly #intake: Intake;
  #compiled: Compiled | undefined;
  #training = false;
  #stopRequested = false;
  #stopReason: string | undefined;

  /** Use `sequential()`. */
  constructor(layers: readonly Layer[], options: SequentialOptions) {
    checkLayers(layers, 'sequential');
    this.options = checkSequentialOptions(options);
    const { registry, seed, fused, name } = this.options;
    this.name = name;
    this.#kernels = new KernelChooser(registry.kernels, fused);
    this.#stack = new LayerStack(layers, { registry, seed, kernels: this.#kernels, where: name });
    this.#intake = new Intake({
      stack: this.#stack,
      inputShape: this.options.inputShape,
      ready: (where) => whenReady(registry, where),
      build: (shape) => this.build(shape),
    });
  }

  /** The layers in order, with their paths and, once built, their output shapes. */
  get layers(): readonly PlacedLayer[] {
    return this.#stack.placed;
  }

  /** All weights in model order. */
  get params(): readonly Param[] {
    return this.#stack.params();
  }

  /** Shapes of input and output, batch axis included; null before the model is built. */
  get inputShape(): Shape | null {
    return this.#stack.inputShape;
  }

  get outputShape(): Shape | null {
    return this.#stack.outputShape;
  }

  /** Which operations run fused, and why the others do not. */
  get kernels(): KernelChoice[] {
    return this.#kernels.choices();
  }

  /** The optimizer; its `learningRate` may be changed at any time. Throws `not-compiled`. */
  get optimizer(): Optimizer {
    return this.#needCompiled('Sequential.optimizer').optimizer;
  }

  /**
   * Makes the weights. Called by itself with the first data.
   *
   * Throws   `config-input-shape`; `model-built` when it was built for another shape; what the layers say of their
   *          inputs
   */
  build(inputShape: Shape): void {
    if (!isShape(inputShape) || inputShape.length === 0) throw notBatchShape('Sequential.build', inputShape);
    const present = this.#stack.inputShape;
    if (!present) this.#stack.build([...inputShape]);
    else if (showShape(present) !== showShape(inputShape)) {
      throw builtOtherwise('Sequential.build', showShape(present), showShape(inputShape));
    }
    if (this.#compiled) checkBackend(this.#stack.placed, this.kernels, false);
  }

  /**
   * Says how to learn. Compiling again starts with a new optimizer.
   *
   * Throws   `optimizer-unknown`, `loss-unknown`, `metric-unknown`, `config-…`; `backend-op` when the backend cannot
   *          train a layer; `model-busy`
   */
  compile(options: CompileOptions): void {
    this.#needIdle('Sequential.compile');
    const compiled = new Compiled(options, this.options.registry, 'Sequential.compile');
    if (this.options.inputShape && !this.#stack.inputShape) this.build([null, ...this.options.inputShape]);
    if (this.#stack.inputShape) checkBackend(this.#stack.placed, this.kernels, false);
    this.#compiled?.dispose();
    this.#compiled = compiled;
  }

  /**
   * Trains on samples: arrays, or batches of `{ x, y }`.
   *
   * Memory   leaves tensors among its arguments to the caller; copies no more than one batch to the backend at a time
   * Throws   `not-compiled`, `model-busy`, `loss-nan`, `config-…`, `input-…`, `target-…`, `sample-weight-…`,
   *          `validation-…`, `batch-…`, `batches-…`; what a callback or the batches throw, as it is
   *
   * @example
   * const history = await model.fit(x, y, { epochs: 10, batchSize: 64, validationSplit: 0.2 });
   * await model.fit(batches, { epochs: 10, validationData: [x, y] });
   */
  async fit(batches: Batches, options?: FitBatchesOptions): Promise<History>;
  async fit(x: ArrayInput, y: ArrayInput, options?: FitOptions): Promise<History>;
  async fit(
    x: ArrayInput | Batches,
    y?: ArrayInput | FitBatchesOptions,
    options?: FitOptions,
  ): Promise<History> {
    const where = 'Sequential.fit';
    const compiled = this.#needCompiled(where);
    this.#needIdle(where);
    this.#training = true;
    this.#stopRequested = false;
    this.#stopReason = undefined;
    try {
      await this.#fit(dataArguments<FitOptions>(where, x, y, options), compiled, where);
      return this.history;
    } finally {
      this.#training = false;
    }
  }

  /** Waits for the backend and the plugins. Every method that computes does this itself. Throws `backend-none`. */
  async ready(): Promise<void> {
    await whenReady(this.options.registry, this.name);
  }

  /** Ends a running `fit` after its present batch; it returns with `stopped: true` and the reason. */
  stop(reason?: string): void {
    this.#stopRequested = true;
    this.#stopReason ??= reason;
  }

  /** One step on one batch. Returns its loss and metrics before the update. Throws as `fit` does. */
  async trainOnBatch(
    x: ArrayInput,
    y: ArrayInput,
    options: { readonly sampleWeight?: ArrayInput } = {},
  ): Promise<Logs> {
    const where = 'Sequential.trainOnBatch';
    const compiled = this.#needCompiled(where);
    checkOptions(where, options, ['sampleWeight']);
    this.#needIdle(where);
    this.#training = true;
    try {
      const samples = await toSamples(x, y, options.sampleWeight, where);
      await this.#intake.samples(samples, compiled, where);
      const figures = new RunningFigures(compiled.metrics);
      const place = `step ${compiled.state.steps + 1}`;
      const step = withBatch(samples, (batch) => trainBatch(this.#trainable(compiled, where), batch, place));
      figures.add(await step, countSamples(samples));
      return figures.logs();
    } finally {
      this.#training = false;
    }
  }

  /**
   * Loss and metrics of samples, e.g. `{ loss, accuracy }`: of arrays, or of batches of `{ x, y }`.
   *
   * Throws   `not-compiled`, `config-…`, `input-…`, `target-…`, `sample-weight-…`, `batch-…`, `batches-…`; the reason
   *          of an aborted signal and what the batches throw, as it is
   */
  async evaluate(batches: Batches, options?: BatchesRunOptions): Promise<Logs>;
  async evaluate(x: ArrayInput, y: ArrayInput, options?: EvaluateOptions): Promise<Logs>;
  async evaluate(
    x: ArrayInput | Batches,
    y?: ArrayInput | BatchesRunOptions,
    third?: EvaluateOptions,
  ): Promise<Logs> {
    const where = 'Sequential.evaluate';
    const compiled = this.#needCompiled(where);
    const given = dataArguments<EvaluateOptions>(where, x, y, third);
    const { batchSize, pace, signal } = checkRun(where, given.options, ['sampleWeight']);
    const source = await this.#intake.trainingSource(given, batchSize, compiled, where);
    const logs = await evaluateBatches(this.#stack, compiled, source, pace);
    if (!logs) throw signal!.reason;
    return logs;
  }

  /**
   * Outputs for all samples, of an array or of batches of `{ x }`, in their order. The model need not be compiled.
   *
   * Memory   returns a new tensor for the caller to dispose
   * Throws   `config-…`, `input-…`, `shape-mismatch`, `batch-…`, `batches-…`, `predict-shape`; the reason of an aborted
   *          signal and what the batches throw, as it is
   */
  async predict(batches: Batches<InputBatch>, options?: BatchesRunOptions): Promise<Tensor>;
  async predict(x: ArrayInput, options?: RunOptions): Promise<Tensor>;
  async predict(x: ArrayInput | Batches<InputBatch>, options: RunOptions = {}): Promise<Tensor> {
    const where = 'Sequential.predict';
    const { batchSize, pace, signal } = checkRun(where, options, []);
    const source = await this.#intake.inputSource(x, options, batchSize, where);
    const outputs = await predictBatches(this.#stack, source, pace, where);
    if (!outputs) throw signal!.reason;
    return outputs;
  }

  /** Outputs for one batch. Memory: returns a new tensor for the caller to dispose. Throws as `predict` does. */
  async predictOnBatch(x: ArrayInput): Promise<Tensor> {
    const inputs = await toHostArray(x, 'x', 'Sequential.predictOnBatch');
    return this.predict(inputs, { batchSize: inputs.shape[0]! });
  }

  /** Copies of all weights in model order, each `{ name, shape, data }`. Throws `not-built`. */
  async getWeights(): Promise<NamedArray[]> {
    this.#needBuilt('Sequential.getWeights');
    return readWeights(this.#stack.params());
  }

  /**
   * Sets all weights, in the order of `getWeights`; all or none.
   *
   * Throws   `not-built`, `weights-type`, `weights-count`, `shape-mismatch`, `model-busy`
   */
  async setWeights(values: readonly ArrayInput[]): Promise<void> {
    this.#needIdle('Sequential.setWeights');
    this.#needBuilt('Sequential.setWeights');
    await assignWeights(this.#stack.params(), values, 'Sequential.setWeights');
  }

  /** SHA-256 of all weights in model order as little-endian f32: equal for equal weights, to the bit. */
  async weightsSha256(): Promise<string> {
    return hashWeights(await this.getWeights());
  }

  /** The number of weights, e.g. 322113. Throws `not-built`. */
  countParams(): number {
    this.#needBuilt('Sequential.countParams');
    return sizeOfParams(this.params);
  }

  /**
   * Prints a table of the layers in Keras' layout, and which operations run fused or why not.
   *
   * @example
   * model.summary({ print: (line) => log.push(line) });
   */
  summary(options: { readonly print?: (line: string) => void } = {}): void {
    checkOptions('Sequential.summary', options, ['print']);
    if (!this.#stack.inputShape && this.options.inputShape) this.#needBuilt('Sequential.summary');
    const facts = {
      name: this.name,
      placed: this.layers,
      params: this.params,
      trainable: this.#stack.trainableParams(),
      optimizerSize: this.#compiled?.state.size ?? 0,
      kernels: this.kernels,
    };
    const { print = (line: string) => console.log(line) } = options;
    for (const line of summarize(facts)) print(line);
  }

  /**
   * The model in one piece: layers, weights, seed and how it was compiled, as a safetensors file.
   *
   * Throws   `not-built`; `layer-unknown` when the registry has no spec of a layer
   */
  async toBytes(): Promise<Uint8Array> {
    const weights = await this.getWeights();
    return encodeModel(describeModel(this, this.#compiled?.toJSON()), weights);
  }

  /** Forgets what stateful layers keep between batches. */
  resetStates(): void {
    this.#stack.resetStates();
  }

  /** Frees weights and the optimizer's state; the model is of no use after. Throws `model-busy`. */
  dispose(): void {
    this.#needIdle('Sequential.dispose');
    this.#compiled?.dispose();
    this.#compiled = undefined;
    this.#stack.dispose();
  }

  async #fit(given: DataArguments<FitOptions>, compiled: Compiled, where: string): Promise<void> {
    const options = checkFitOptions(given.options, where);
    const door = { intake: this.#intake, compiled, shuffling: this.#stack.shuffling };
    const { train, validation } = await openFitData(given, options, door, where);
    this.history = new History();
    await runFit({
      ...options,
      train,
      validation,
      model: this,
      trainable: this.#trainable(compiled, where),
      history: this.history,
      stopped: () => this.#stopRequested || options.signal?.aborted === true,
      reason: () => this.#stopReason,
    });
  }

  #trainable(compiled: Compiled, where: string): Trainable {
    return { stack: this.#stack, compiled, kernels: this.#kernels, where };
  }

  #needIdle(where: string): void {
    if (this.#training) throw busy(where);
  }

  #needCompiled(where: string): Compiled {
    if (this.#compiled) return this.#compiled;
    throw notCompiled(where);
  }

  #needBuilt(where: string): void {
    if (this.#stack.inputShape) return;
    if (!this.options.inputShape) throw notBuilt(where);
    this.build([null, ...this.options.inputShape]);
  }
}

/**
 * A model of layers one after the other.
 *
 * @example
 * const model = sequential([embedding({ inputDim: 10_000, outputDim: 32 }), simpleRNN({ units: 32 }),
 *   dense({ units: 1, activation: 'sigmoid' })], { registry, seed: 42 });
 */
export function sequential(layers: readonly Layer[], options: SequentialOptions): Sequential {
  return new Sequential(layers, options);
}
