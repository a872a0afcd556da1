/** The door of a model: what comes in builds it, if it is not built, and is checked before anything is computed. */
import type { Registry } from '@ostinato/core';
import { checkInputs, checkTargets } from './check-samples.js';
import type { Compiled } from './compiled.js';
import { ArrayBatches } from './data/array-batches.js';
import type { BatchSource } from './data/batch-source.js';
import { type Batches, type InputBatch, isBatches } from './data/batches.js';
import { type ClassWeight, withClassWeights } from './data/class-weights.js';
import { asDtype, dtypeOf } from './data/host-array.js';
import { type ModelData, namesIn } from './data/named-arrays.js';
import {
  countSamples,
  type GivenSamples,
  type Inputs,
  type Samples,
  toInputs,
  toSamples,
} from './data/samples.js';
import {
  checkInputBatch,
  checkTrainingBatch,
  forgetting,
  placing,
  UserBatches,
} from './data/user-batches.js';
import { type DataArguments, refuseArrayOptions } from './data-arguments.js';
import type { EvaluateOptions, RunOptions } from './model/model-options.js';
import type { Lengths, Network } from './model/network.js';
import { whenReady } from './ready.js';

export class Intake {
  readonly #network: Network;
  readonly #registry: Registry;
  readonly #afterBuild: () => void;

  /** `afterBuild` is called when the first data have built the network. */
  constructor(network: Network, registry: Registry, afterBuild: () => void) {
    this.#network = network;
    this.#registry = registry;
    this.#afterBuild = afterBuild;
  }

  /** Brings samples into form. Throws what building throws, `input-…`, `sample-weight-value`. */
  async samples(
    given: GivenSamples,
    compiled: Compiled,
    where: string,
    lengths: Lengths = 'one length',
  ): Promise<Samples> {
    const inputs = await this.#inputs(given.x, where, lengths);
    compiled.bind(this.#network.outputNames!);
    const needed = compiled.objectives.map(
      ({ loss, metrics, weightedMetrics }) => loss !== null || metrics.length + weightedMetrics.length > 0,
    );
    return toSamples(inputs, given, { names: this.#network.outputNames!, needed }, where);
  }

  /** Throws `shape-mismatch`, `target-…`, `sample-weight-shape`, and what the layers say of the values of inputs. */
  check(samples: Samples, compiled: Compiled, where: string): void {
    checkInputs(samples.x, this.#network, where);
    checkTargets(samples, this.#network, compiled.objectives, where);
  }

  /** Samples that weigh what their classes do. Throws `class-weight`. */
  weighed(samples: Samples, classWeight: ClassWeight | undefined, where: string): Samples {
    const shapes = this.#network.outputShapesFor(samples.x.map(({ shape }) => shape));
    return withClassWeights(samples, classWeight, shapes, where);
  }

  /** Batches of a user, each checked when its turn comes; their `rows` only if these are asked for. */
  trainingBatches(
    batches: Batches<InputBatch>,
    compiled: Compiled,
    where: string,
    { classWeight, rows = false }: { classWeight?: ClassWeight | undefined; rows?: boolean } = {},
  ): BatchSource {
    const read = async (batch: unknown, place: string): Promise<Samples> => {
      checkTrainingBatch(batch, place);
      const samples = await this.samples(batch, compiled, place, 'any length');
      const placed = rows ? placing(batch, countSamples(samples), place) : {};
      this.check(samples, compiled, place);
      return { ...this.weighed(samples, classWeight, place), ...placed, ...forgetting(batch, place) };
    };
    return new UserBatches(batches, read, where);
  }

  /** The same for batches without targets. */
  inputBatches(batches: Batches<InputBatch>, where: string): BatchSource<Inputs> {
    const read = async (batch: unknown, place: string): Promise<Inputs> => {
      checkInputBatch(batch, place);
      const inputs = await this.#inputs(batch.x, place, 'any length');
      const placed = { ...inputs, ...placing(batch, countSamples(inputs), place) };
      checkInputs(inputs.x, this.#network, place);
      return { ...placed, ...forgetting(batch, place) };
    };
    return new UserBatches(batches, read, where);
  }

  /** What `evaluate` goes through; arrays are checked here. `rows`: the places that batches name are wanted. */
  async trainingSource(
    given: DataArguments<EvaluateOptions>,
    { batchSize, rows }: { batchSize: number; rows: boolean },
    compiled: Compiled,
    where: string,
  ): Promise<BatchSource> {
    if (given.batches) {
      refuseArrayOptions(where, given.options);
      return this.trainingBatches(given.batches, compiled, where, { rows });
    }
    const { x, y, options } = given;
    const samples = await this.samples({ x, y, sampleWeight: options.sampleWeight }, compiled, where);
    this.check(samples, compiled, where);
    return new ArrayBatches(samples, batchSize, null);
  }

  /** What `predict` goes through; arrays are checked here. */
  async inputSource(
    given: ModelData | Batches<InputBatch>,
    options: RunOptions,
    batchSize: number,
    where: string,
  ): Promise<BatchSource<Inputs>> {
    if (isBatches(given)) {
      refuseArrayOptions(where, options);
      return this.inputBatches(given, where);
    }
    return new ArrayBatches(await this.inputs(given, where), batchSize, null);
  }

  /** Brings inputs into form and checks them. Throws what building throws, `input-…`, `shape-mismatch`. */
  async inputs(given: ModelData, where: string): Promise<Inputs> {
    const inputs = await this.#inputs(given, where, 'one length');
    checkInputs(inputs.x, this.#network, where);
    return inputs;
  }

  async #inputs(x: ModelData, where: string, lengths: Lengths): Promise<Inputs> {
    const network = this.#network;
    const names = network.inputNames ?? namesIn(x);
    const given = await toInputs(x, names, where);
    const inputs = {
      x: given.x.map((array, i) => asDtype(array, network.inputDtypes[i], names[i]!, where)),
    };
    await whenReady(this.#registry, where);
    const built = network.inputShapes !== null;
    network.admit(
      inputs.x.map(({ shape, data }, i) => ({ name: names[i]!, shape, dtype: dtypeOf(data) })),
      lengths,
    );
    if (!built) this.#afterBuild();
    return inputs;
  }
}
