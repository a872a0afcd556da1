/** The door of a model: what comes in builds it, if it is not built, and is checked before anything is computed. */
import type { Shape } from '@ostinato/core';
import { checkInputs, checkSamples } from './check-samples.js';
import type { Compiled } from './compiled.js';
import { ArrayBatches } from './data/array-batches.js';
import type { BatchSource } from './data/batch-source.js';
import { type Batches, type InputBatch, isBatches } from './data/batches.js';
import { type ArrayInput, toHostArray } from './data/host-array.js';
import { type Inputs, type Samples, toSamples } from './data/samples.js';
import { readInputBatch, readTrainingBatch, UserBatches } from './data/user-batches.js';
import { type DataArguments, refuseArrayOptions } from './data-arguments.js';
import type { LayerStack } from './layer-stack.js';
import type { EvaluateOptions, RunOptions } from './sequential-options.js';

/** What the door knows of its model. */
export interface IntakeModel {
  readonly stack: LayerStack;
  /** Shape of one sample, if the model was told. */
  readonly inputShape: Shape | undefined;
  readonly ready: (where: string) => Promise<void>;
  readonly build: (shape: Shape) => void;
}

/** `any length`: sequences of another length than the first ones are let in, unless the model was told its shape. */
type Lengths = 'one length' | 'any length';

export class Intake {
  readonly #model: IntakeModel;
  /** The model has its input shape from the first data that came. */
  #inferred = false;

  constructor(model: IntakeModel) {
    this.#model = model;
  }

  /** Throws what building throws, `shape-mismatch`, `target-…`, `sample-weight-shape`. */
  async samples(samples: Samples, compiled: Compiled, where: string, lengths: Lengths = 'one length') {
    await this.#buildFor(samples.x.shape, where, lengths);
    checkSamples(samples, this.#model.stack, compiled, where);
  }

  /** Throws what building throws, and `shape-mismatch`. */
  async inputs({ x }: Inputs, where: string, lengths: Lengths = 'one length'): Promise<void> {
    await this.#buildFor(x.shape, where, lengths);
    checkInputs(x, this.#model.stack, where);
  }

  /** Batches of a user, each checked when its turn comes. */
  trainingBatches(batches: Batches<InputBatch>, compiled: Compiled, where: string): BatchSource {
    const read = async (batch: unknown, place: string): Promise<Samples> => {
      const samples = await readTrainingBatch(batch, place);
      await this.samples(samples, compiled, place, 'any length');
      return samples;
    };
    return new UserBatches(batches, read, where);
  }

  /** The same for batches without targets. */
  inputBatches(batches: Batches<InputBatch>, where: string): BatchSource<Inputs> {
    const read = async (batch: unknown, place: string): Promise<Inputs> => {
      const inputs = await readInputBatch(batch, place);
      await this.inputs(inputs, place, 'any length');
      return inputs;
    };
    return new UserBatches(batches, read, where);
  }

  /** What `evaluate` goes through; arrays are checked here. */
  async trainingSource(
    given: DataArguments<EvaluateOptions>,
    batchSize: number,
    compiled: Compiled,
    where: string,
  ): Promise<BatchSource> {
    if (given.batches) {
      refuseArrayOptions(where, given.options);
      return this.trainingBatches(given.batches, compiled, where);
    }
    const samples = await toSamples(given.x, given.y, given.options.sampleWeight, where);
    await this.samples(samples, compiled, where);
    return new ArrayBatches(samples, batchSize, null);
  }

  /** What `predict` goes through; an array is checked here. */
  async inputSource(
    given: ArrayInput | Batches<InputBatch>,
    options: RunOptions,
    batchSize: number,
    where: string,
  ): Promise<BatchSource<Inputs>> {
    if (isBatches(given)) {
      refuseArrayOptions(where, options);
      return this.inputBatches(given, where);
    }
    const inputs = { x: await toHostArray(given, 'x', where) };
    await this.inputs(inputs, where);
    return new ArrayBatches(inputs, batchSize, null);
  }

  async #buildFor(shape: readonly number[], where: string, lengths: Lengths): Promise<void> {
    const { stack, inputShape, ready, build } = this.#model;
    await ready(where);
    if (!stack.inputShape) {
      build([null, ...(inputShape ?? shape.slice(1))]);
      this.#inferred = inputShape === undefined;
    } else if (this.#inferred && lengths === 'any length') {
      stack.admitLength(shape);
    }
  }
}
