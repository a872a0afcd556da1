/** The data of `fit`: what to train on and what to validate on, as sources of batches, checked as far as they can be. */
import { OstinatoError, type Rng, show } from '@ostinato/core';
import type { Compiled } from './compiled.js';
import { ArrayBatches } from './data/array-batches.js';
import type { BatchSource } from './data/batch-source.js';
import { type Batches, checkAgain, type InputBatch, isBatches, isValidationBatches } from './data/batches.js';
import { type GivenSamples, type Samples, splitValidation } from './data/samples.js';
import { type DataArguments, refuseArrayOptions } from './data-arguments.js';
import type { FitOptions, FullFitOptions } from './fit-options.js';
import type { Intake } from './intake.js';
import type { Lengths } from './model/network.js';

/** The model's side: its door, how it learns, and the stream that orders samples. */
export interface FitModel {
  readonly intake: Intake;
  readonly compiled: Compiled;
  readonly shuffling: Rng;
}

export interface FitData {
  readonly train: BatchSource;
  readonly validation: BatchSource | undefined;
}

/**
 * Arrays are checked here as a whole, batches one by one when their turn comes.
 *
 * Throws   `validation-split`, `config-validation-data`, `batches-option`, `batches-once`; `input-…`, `target-…`,
 *          `sample-weight-…` for bad arrays, and what building the model throws
 */
export async function openFitData(
  given: DataArguments<FitOptions>,
  options: FullFitOptions,
  model: FitModel,
  where: string,
): Promise<FitData> {
  if (given.batches) return openBatches(given.batches, given.options, options, model, where);
  const { intake, compiled, shuffling } = model;
  const { batchSize, shuffle, validationSplit = 0 } = options;
  const { x, y } = given;
  const samples = await intake.samples({ x, y, sampleWeight: options.sampleWeight }, compiled, where);
  const split = validationSplit === 0 ? undefined : splitValidation(samples, validationSplit, where);
  const train = split?.train ?? samples;
  intake.check(train, compiled, where);
  const weighed = intake.weighed(train, options.classWeight, where);
  const apart = split?.validation ?? (await readValidation(options, model, where));
  return {
    train: new ArrayBatches(weighed, batchSize, shuffle ? shuffling : null),
    validation: openValidation(apart, options, model, where),
  };
}

async function openBatches(
  batches: Batches<InputBatch>,
  given: FitOptions,
  options: FullFitOptions,
  model: FitModel,
  where: string,
): Promise<FitData> {
  refuseArrayOptions(where, given);
  checkAgain(batches, options.epochs - options.initialEpoch, where);
  const { classWeight } = options;
  const train = model.intake.trainingBatches(batches, model.compiled, where, { classWeight });
  const apart = await readValidation(options, model, where, 'any length');
  return { train, validation: openValidation(apart, options, model, where) };
}

/** `validationData` in one of its two forms. */
async function readValidation(
  { validationData }: FitOptions,
  { intake, compiled }: FitModel,
  where: string,
  lengths: Lengths = 'one length',
): Promise<Samples | Batches<InputBatch> | undefined> {
  if (validationData === undefined || isValidationBatches(validationData)) return validationData;
  if (!Array.isArray(validationData) || validationData.length < 2 || validationData.length > 3) {
    throw new OstinatoError('config-validation-data', {
      where,
      what: '`validationData` is not inputs with targets',
      expected: '[x, y], [x, y, sampleWeight] or batches of { x, y }',
      received: show(validationData),
    });
  }
  const [x, y, sampleWeight] = validationData;
  const samples: GivenSamples = { x, y, sampleWeight };
  return intake.samples(samples, compiled, `${where}, validationData`, lengths);
}

function openValidation(
  apart: Samples | Batches<InputBatch> | undefined,
  { epochs, initialEpoch, validationBatchSize }: FullFitOptions,
  { intake, compiled }: FitModel,
  where: string,
): BatchSource | undefined {
  if (apart === undefined) return undefined;
  const place = `${where}, validation`;
  if (isBatches(apart)) {
    checkAgain(apart, epochs - initialEpoch, place);
    return intake.trainingBatches(apart, compiled, place);
  }
  intake.check(apart, compiled, place);
  return new ArrayBatches(apart, validationBatchSize, null);
}
