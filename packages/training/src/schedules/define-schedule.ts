/** How a schedule is made of a formula: options with their checks, and a config. */
import {
  fillOptions,
  type JsonObject,
  type LearningRateSchedule,
  type OptionChecks,
  toIdentifier,
} from '@ostinato/core';
import { givenOptions } from '../given-options.js';
import { checkLearningRate } from '../optimizers/optimizer-options.js';

/** What makes a schedule what it is. */
export interface ScheduleSpec<Options extends object> {
  readonly name: string;
  /** Of all options; `undefined` for those that must be given. */
  readonly defaults: { readonly [Field in keyof Options]-?: Options[Field] | undefined };
  /** An option without a check must be a finite number. */
  readonly checks?: OptionChecks<Required<Options>>;
  /** The rate of batch `step`, counted from 0. */
  readonly rate: (step: number, options: Required<Options>) => number;
}

/**
 * A function from options to schedules, which a plugin lists under its name.
 *
 * Memory   none; no tensors
 *
 * @example
 * const halving = defineSchedule<{ readonly initialLearningRate: number; readonly every: number }>({
 *   name: 'halving',
 *   defaults: { initialLearningRate: undefined, every: undefined },
 *   rate: (step, { initialLearningRate, every }) => initialLearningRate * pow(0.5, Math.floor(step / every)),
 * });
 */
export function defineSchedule<Options extends object>(
  spec: ScheduleSpec<Options>,
): (options: Options) => LearningRateSchedule {
  const { name, defaults, checks = {}, rate } = spec;
  return (options) => {
    const full = fillOptions(
      name,
      defaults as Required<Options>,
      options as Partial<Required<Options>>,
      checks,
    );
    return { name, config: configOf(full, defaults), rate: (step) => rate(step, full) };
  };
}

function configOf(options: object, defaults: object): JsonObject {
  const json = Object.entries(options).map(([field, value]) => [
    field,
    isSchedule(value) ? toIdentifier(value) : value,
  ]);
  return givenOptions(Object.fromEntries(json), defaults);
}

function isSchedule(value: unknown): value is LearningRateSchedule {
  return typeof (value as Partial<LearningRateSchedule> | null)?.rate === 'function';
}

/** The check of an option that is a learning rate. */
export const checkRateOption = (where: string, field: string, value: unknown): void =>
  checkLearningRate(where, value, field);
