/** A model: what one does with layers that compute together, however they are put together. */
import type { Optimizer } from '@ostinato/core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { checkBackend } from '../backend-check.js';
import { checkOptions } from '../check-options.js';
import { checkRun } from '../check-run.js';
import { fitFacts } from '../checkpoint/facts.js';
import { TrainingStates } from '../checkpoint/training-states.js';
import { Compiled, type CompileOptions } from '../compiled.js';
import { ArrayBatches } from '../data/array-batches.js';
import type { Batches, InputBatch } from '../data/batches.js';
import { type Batch, withBatch } from '../data/device-batch.js';
import type { ArrayInput } from '../data/host-array.js';
import type { ModelData } from '../data/named-arrays.js';
import { countSamples, type GivenSamples } from '../data/samples.js';
import { type DataArguments, dataArguments } from '../data-arguments.js';
import { type Evaluation, evaluateData } from '../evaluate.js';
import { runFit } from '../fit.js';
import { openFitData } from '../fit-data.js';
import { checkFitOptions, type FitBatchesOptions, type FitOptions } from '../fit-options.js';
import { type FitPosition, FitProgress } from '../fit-progress.js';
import { History } from '../history.js';
import { Intake } from '../intake.js';
import type { ParamGradient } from '../optimizers/optimizer-state.js';
import type { SavedOptimizerState } from '../optimizers/saved-optimizer-state.js';
import { predictBatches } from '../predict.js';
import { type Logs, RunningFigures } from '../running-figures.js';
import { encodeModel } from '../saving/encode-model.js';
import { fingerprintOf } from '../saving/fingerprint.js';
import { describeModel, type ModelDescription } from '../saving/model-description.js';
import { presentModel } from '../saving/present-model.js';
import { type Trainable, trainBatch } from '../train-batch.js';
import { assignWeights } from '../weights.js';
import { busy, disposed, notCompiled } from './model-errors.js';
import type { BatchesRunOptions, EvaluateOptions, RunOptions } from './model-options.js';
import { ModelStructure } from './model-structure.js';

/**
 * Layers that are trained and run as one. `sequential()` and `model()` make one; `CodeModel` is extended.
 *
 * `Outputs` is what `predict` gives: a tensor, or for several outputs what they were named in.
 *
 * Memory   owns its weights and the optimizer's state until `dispose`
 * Throws   see each method; every error is an `OstinatoError`, except what a callback throws and, from `evaluate…` and
 *          `predict`, the reason of an aborted signal. What would disturb a running `fit` is refused: `model-busy`
 */
export abstract class Model<Outputs = unknown> extends ModelStructure {
  /** The record of the last `fit`, also when it failed. */
  history = new History();
  /** Sees the gradients of each step before the optimizer does; they are gone when it is done. */
  gradientListener: ((gradients: readonly ParamGradient[]) => Promise<void>) | undefined;
  #intake: Intake | undefined;
  /** null: disposed. */
  #compiled: Compiled | null | undefined;
  #training = false;
  #stopRequested = false;
  #stopReason: string | undefined;
  readonly #states = new TrainingStates(this);

  /** The outputs in the form in which they were named. */
  protected abstract arrange(outputs: readonly Tensor[]): Outputs;

  /** The optimizer; its `learningRate` may be changed at any time. Throws `not-compiled`. */
  get optimizer(): Optimizer {
    return this.#needCompiled(this.at('optimizer')).optimizer;
  }

  /**
   * Says how to learn. Compiling again starts with a new optimizer.
   *
   * Throws   `optimizer-unknown`, `loss-unknown`, `metric-unknown`, `config-…`; `backend-op` when the backend cannot
   *          train a layer; `model-busy`
   */
  compile(options: CompileOptions): void {
    const where = this.at('compile');
    this.#needIdle(where);
    const compiled = new Compiled(options, this.options.registry, where, this.network.outputNames);
    if (!this.network.inputShapes) this.network.buildAlone();
    if (this.network.inputShapes) checkBackend(this.layers, this.kernels, false);
    this.#compiled?.dispose();
    this.#compiled = compiled;
    this.#states.compile(compiled);
  }

  /**
   * Trains on samples: arrays, or batches of `{ x, y }`.
   *
   * Memory   leaves tensors among its arguments to the caller; copies no more than one batch to the backend at a time
   * Throws   `not-compiled`, `model-disposed`, `model-busy`, `loss-nan`, `config-…`, `input-…`, `target-…`, `sample-weight-…`,
   *          `validation-…`, `batch-…`, `batches-…`; what a callback or the batches throw, as it is
   *
   * @example
   * const history = await model.fit(x, y, { epochs: 10, batchSize: 64, validationSplit: 0.2 });
   * await model.fit(batches, { epochs: 10, validationData: [x, y] });
   */
  async fit(batches: Batches, options?: FitBatchesOptions): Promise<History>;
  async fit(x: ModelData, y: ModelData, options?: FitOptions): Promise<History>;
  async fit(
    x: ModelData | Batches,
    y?: ModelData | FitBatchesOptions,
    options?: FitOptions,
  ): Promise<History> {
    const where = this.at('fit');
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
      this.#states.end();
    }
  }

  /** Where the running `fit` stands; undefined outside of one. */
  get run(): FitPosition | undefined {
    return this.#states.position;
  }

  /**
   * The whole training in one piece, as it stands between two batches: weights, optimizer, epoch and batch, figures so
   * far, history, states that layers and callbacks keep. Hooks may ask for it, and what comes after a fit that was stopped.
   *
   * Throws   `not-compiled`, `not-built`
   */
  async trainingState(): Promise<Uint8Array> {
    const where = this.at('trainingState');
    this.#needCompiled(where);
    this.needBuilt(where);
    return this.#states.toBytes();
  }

  /**
   * Goes on where `trainingState` was asked: the next `fit` with the same options and data, or the one that calls
   * `onTrainBegin` now, does what the other one would have done, to the bit.
   *
   * A model that is not built is built for the data that the other one was built for.
   *
   * Throws   `checkpoint-damaged`, `checkpoint-newer`, and `checkpoint-mismatch` with what differs; `resume-late` in a fit
   *          that is past its beginning; `not-compiled`, `not-built`
   */
  async restoreTrainingState(bytes: Uint8Array): Promise<void> {
    const where = this.at('restoreTrainingState');
    this.#needCompiled(where);
    await this.ready();
    await this.#states.restore(bytes, where);
  }

  /** Ends a running `fit` after its present batch; it returns with `stopped: true` and the reason. */
  stop(reason?: string): void {
    this.#stopRequested = true;
    this.#stopReason ??= reason;
  }

  /** One step on one batch. Returns its loss and metrics before the update. Throws as `fit` does. */
  async trainOnBatch(
    x: ModelData,
    y: ModelData,
    options: Pick<FitOptions, 'sampleWeight' | 'classWeight'> = {},
  ): Promise<Logs> {
    const where = this.at('trainOnBatch');
    checkOptions(where, options, ['sampleWeight', 'classWeight']);
    return this.#onBatch({ x, y, ...options }, where, async (trainable, batch) => {
      const figures = new RunningFigures(trainable.compiled.figures);
      const place = `step ${trainable.compiled.state.steps + 1}`;
      figures.add(await trainBatch(trainable, batch, place), batch.x[0]!.shape[0]!);
      return figures.logs();
    });
  }

  /** One batch on the backend and what learns from it, for tools that look inside. Throws as `fit` does. */
  async inspect<T>(
    x: ModelData,
    y: ModelData,
    look: (trainable: Trainable, batch: Batch) => Promise<T>,
  ): Promise<T> {
    return this.#onBatch({ x, y }, this.at('inspect'), look);
  }

  /**
   * Loss and metrics of samples, e.g. `{ loss, accuracy }`: of arrays, or of batches of `{ x, y }`.
   *
   * Throws   `not-compiled`, `config-…`, `input-…`, `target-…`, `sample-weight-…`, `batch-…`, `batches-…`; the reason
   *          of an aborted signal and what the batches throw, as it is
   */
  async evaluate(batches: Batches, options?: BatchesRunOptions): Promise<Logs>;
  async evaluate(x: ModelData, y: ModelData, options?: EvaluateOptions): Promise<Logs>;
  async evaluate(
    x: ModelData | Batches,
    y?: ModelData | BatchesRunOptions,
    third?: EvaluateOptions,
  ): Promise<Logs> {
    const where = this.at('evaluate');
    const model = { network: this.network, compiled: this.#needCompiled(where), intake: this.#door };
    const given = dataArguments<EvaluateOptions>(where, x, y, third);
    return (await evaluateData(model, given, false, where)).figures;
  }

  /**
   * What `evaluate` gives, and the outputs that `predict` would give in its place, from one pass over the samples: to the
   * bit, in the order of the samples, also of batches with `rows`. A layer that draws random numbers outside of training
   * draws those of `evaluate`.
   *
   * Memory   returns new tensors for the caller to dispose; none when it throws
   * Throws   what `evaluate` does, and `predict-shape`, `batch-rows`
   *
   * @example
   * const { figures, outputs } = await model.evaluateWithOutputs(test.x, test.y, { batchSize: 64 });
   * const probabilities = await outputs.data();
   * outputs.dispose();
   */
  async evaluateWithOutputs(batches: Batches, options?: BatchesRunOptions): Promise<Evaluation<Outputs>>;
  async evaluateWithOutputs(
    x: ModelData,
    y: ModelData,
    options?: EvaluateOptions,
  ): Promise<Evaluation<Outputs>>;
  async evaluateWithOutputs(
    x: ModelData | Batches,
    y?: ModelData | BatchesRunOptions,
    third?: EvaluateOptions,
  ): Promise<Evaluation<Outputs>> {
    const where = this.at('evaluateWithOutputs');
    const model = { network: this.network, compiled: this.#needCompiled(where), intake: this.#door };
    const given = dataArguments<EvaluateOptions>(where, x, y, third);
    const { figures, outputs } = await evaluateData(model, given, true, where);
    return { figures, outputs: this.arrange(outputs) };
  }

  /**
   * Outputs for all samples, of arrays or of batches of `{ x }`, in their order. The model need not be compiled.
   *
   * Memory   returns new tensors for the caller to dispose
   * Throws   `config-…`, `input-…`, `shape-mismatch`, `batch-…`, `batches-…`, `predict-shape`; the reason of an aborted
   *          signal and what the batches throw, as it is
   */
  async predict(batches: Batches<InputBatch>, options?: BatchesRunOptions): Promise<Outputs>;
  async predict(x: ModelData, options?: RunOptions): Promise<Outputs>;
  async predict(x: ModelData | Batches<InputBatch>, options: RunOptions = {}): Promise<Outputs> {
    const where = this.at('predict');
    const { batchSize, pace, signal } = checkRun(where, options, []);
    const source = await this.#door.inputSource(x, options, batchSize, where);
    const outputs = await predictBatches(this.network, source, pace, where);
    if (!outputs) throw signal!.reason;
    return this.arrange(outputs);
  }

  /** Outputs for one batch. Memory: returns new tensors for the caller to dispose. Throws as `predict` does. */
  async predictOnBatch(x: ModelData): Promise<Outputs> {
    const where = this.at('predictOnBatch');
    const inputs = await this.#door.inputs(x, where);
    const source = new ArrayBatches(inputs, countSamples(inputs), null);
    const { pace } = checkRun(where, {}, []);
    return this.arrange((await predictBatches(this.network, source, pace, where))!);
  }

  /**
   * Sets all weights, in the order of `getWeights`; all or none.
   *
   * Throws   `not-built`, `weights-type`, `weights-count`, `shape-mismatch`, `model-busy`
   */
  async setWeights(values: readonly ArrayInput[]): Promise<void> {
    const where = this.at('setWeights');
    this.#needIdle(where);
    this.needBuilt(where);
    await assignWeights(this.network.weights(), values, where);
  }

  /**
   * The model in one piece as a safetensors file: layers, weights, seed, how it was compiled, and the optimizer's state,
   * so that a loaded model trains on as this one would.
   *
   * Throws   `not-built`; `layer-unknown` when the registry has no spec of a layer; `model-code` for a class of no plugin
   */
  async toBytes(options: { readonly includeOptimizer?: boolean } = {}): Promise<Uint8Array> {
    checkOptions(this.at('toBytes'), options, ['includeOptimizer']);
    return encodeModel(...(await this.#present(options.includeOptimizer !== false)));
  }

  /** The model without its weights, as JSON: `modelFromJSON` makes it again. Throws as `toBytes` does. */
  toJSON(): ModelDescription {
    this.needBuilt(this.at('toJSON'));
    return describeModel(this.self(), this.#compiled?.toJSON());
  }

  /**
   * SHA-256 of all that decides how the model goes on: of the UTF-8 of `ostinato 1`, a line feed, the JSON of `toJSON()`,
   * a line feed; then for each weight in model order its path, a line feed and its values as little-endian f32; then, once
   * a step was taken, the JSON of the optimizer's counts and rate, a line feed, and its tensors as the weights. Equal for a
   * model and for what was saved and loaded of it. States that layers keep between batches do not count.
   */
  async fingerprint(): Promise<string> {
    return fingerprintOf(...(await this.#present(true)));
  }

  /** Takes an optimizer's state that stood in a file. Throws `not-compiled`, `optimizer-state`. */
  importOptimizer(state: SavedOptimizerState): void {
    const where = this.at('importOptimizer');
    this.#needIdle(where);
    this.#needCompiled(where).state.importState(state, this.network.weights());
  }

  protected get optimizerSize(): number {
    return this.#compiled?.state.size ?? 0;
  }

  async #present(withOptimizer: boolean): ReturnType<typeof presentModel> {
    this.needBuilt(this.at('getWeights'));
    return presentModel(() => this.toJSON(), this.network, withOptimizer ? this.#compiled?.state : undefined);
  }

  /** Frees weights and the optimizer's state; the model is of no use after. Throws `model-busy`. */
  dispose(): void {
    this.#needIdle(this.at('dispose'));
    this.#compiled?.dispose();
    this.#compiled = null;
    this.network.dispose();
  }

  /** Looks whether the backend can train what was just built, if it is to be trained. Throws `backend-op`. */
  protected afterBuild(): void {
    if (this.#compiled) checkBackend(this.layers, this.kernels, false);
  }

  get #door(): Intake {
    this.#intake ??= new Intake(this.network, this.options.registry, () => this.afterBuild());
    return this.#intake;
  }

  async #onBatch<T>(
    given: GivenSamples,
    where: string,
    use: (trainable: Trainable, batch: Batch) => Promise<T>,
  ): Promise<T> {
    const compiled = this.#needCompiled(where);
    this.#needIdle(where);
    this.#training = true;
    try {
      const samples = await this.#door.samples(given, compiled, where);
      this.#door.check(samples, compiled, where);
      const weighed = this.#door.weighed(samples, given.classWeight, where);
      return await withBatch(weighed, (batch) => use(this.#trainable(compiled, where), batch));
    } finally {
      this.#training = false;
    }
  }

  async #fit(given: DataArguments<FitOptions>, compiled: Compiled, where: string): Promise<void> {
    const options = checkFitOptions(given.options, this.options.registry, where);
    const door = { intake: this.#door, compiled, shuffling: this.network.shuffling };
    const { train, validation } = await openFitData(given, options, door, where);
    this.history = new History();
    const { history } = this;
    const facts = fitFacts(train, validation, given.batches ? null : options);
    const progress = new FitProgress({
      ...options,
      batches: train.count,
      samples: train.size,
      validated: validation !== undefined,
      facts,
      history,
    });
    this.#states.begin(progress);
    await runFit({
      ...options,
      train,
      validation,
      model: this,
      trainable: this.#trainable(compiled, where),
      history,
      progress,
      resume: () => this.#states.resume(where),
      stopped: () => this.#stopRequested || options.signal?.aborted === true,
      aborted: () => options.signal?.aborted === true,
      reason: () => this.#stopReason,
    });
  }

  #trainable(compiled: Compiled, where: string): Trainable {
    const gradients = (found: readonly ParamGradient[]) => this.gradientListener?.(found);
    return { network: this.network, compiled, kernels: this.chooser, where, gradients };
  }

  protected self(): Model {
    return this as Model;
  }

  #needIdle(where: string): void {
    if (this.#training) throw busy(where);
  }

  #needCompiled(where: string): Compiled {
    if (this.#compiled) return this.#compiled;
    throw this.#compiled === null ? disposed(where) : notCompiled(where);
  }
}
