/** The options that all optimizers have, and the links they stand for. */
import {
  checkBoolean,
  checkFraction,
  checkNotNegative,
  checkPositive,
  checkSize,
  type LearningRateSchedule,
  type OptionCheck,
  OstinatoError,
  show,
} from '@ostinato/core';
import { clipByGlobalNorm, clipByNorm, clipByValue } from './links/clipping.js';
import type { DecayWeightsOptions } from './links/decay-weights.js';
import type { Link } from './links/link.js';
import { checkRate } from './optimizer-options.js';

/** What every optimizer can be told. Names and defaults are those of Keras 3. */
export interface OptimizerOptions {
  /** A number, or a schedule such as `cosineDecay(…)`. */
  readonly learningRate?: number | LearningRateSchedule;
  /** Part of each weight that goes with a step, times the learning rate. Default none; AdamW 0.004. */
  readonly weightDecay?: number | null;
  /** Weights that do not decay: `bias`, `embedding/*`, a run of whole parts of a path. Default none. */
  readonly excludeFromWeightDecay?: readonly string[];
  /** Cuts each number of a gradient to [−clipValue, clipValue]. At most one of the three. */
  readonly clipValue?: number | null;
  /** The largest norm of the gradient of one weight. */
  readonly clipNorm?: number | null;
  /** The largest norm of all gradients together. */
  readonly globalClipNorm?: number | null;
  /**
   * Keeps a running mean of the weights, which they become when `fit` ends; not after an aborted signal, so that it may go
   * on. Default false.
   */
  readonly useEma?: boolean;
  /** How much of that mean stays at each batch. Default 0.99. */
  readonly emaMomentum?: number;
  /** Every how many updates the weights become their means. Default never. */
  readonly emaOverwriteFrequency?: number | null;
  /** How many batches make one update, of the mean of their gradients; at least 2. Default each makes one. */
  readonly gradientAccumulationSteps?: number | null;
}

export type CommonSettings = Required<OptimizerOptions>;

export const COMMON_DEFAULTS: Omit<CommonSettings, 'learningRate'> = {
  weightDecay: null,
  excludeFromWeightDecay: [],
  clipValue: null,
  clipNorm: null,
  globalClipNorm: null,
  useEma: false,
  emaMomentum: 0.99,
  emaOverwriteFrequency: null,
  gradientAccumulationSteps: null,
};

const orNull =
  (check: OptionCheck): OptionCheck =>
  (where, field, value, all) => {
    if (value !== null) check(where, field, value, all);
  };

export const COMMON_CHECKS: { readonly [Field in keyof CommonSettings]: OptionCheck } = {
  learningRate: (where, _field, value) => checkRate(where, value),
  weightDecay: orNull(checkNotNegative),
  excludeFromWeightDecay: checkPatterns,
  clipValue: orNull(checkPositive),
  clipNorm: orNull(checkPositive),
  globalClipNorm: orNull(checkPositive),
  useEma: checkBoolean,
  emaMomentum: checkFraction,
  emaOverwriteFrequency: orNull(checkSize),
  gradientAccumulationSteps: orNull(checkAccumulation),
};

/** Throws `optimizer-clipping` when more than one kind of clipping is asked for. */
export function checkClipping(where: string, settings: CommonSettings): void {
  const asked = (['clipValue', 'clipNorm', 'globalClipNorm'] as const).filter(
    (field) => settings[field] !== null,
  );
  if (asked.length <= 1) return;
  throw new OstinatoError('optimizer-clipping', {
    where,
    what: 'Gradients are to be clipped in two ways at once',
    expected: 'at most one of `clipValue`, `clipNorm` and `globalClipNorm`',
    received: asked.map((field) => `${field}: ${settings[field]}`).join(', '),
  });
}

/** Empty when no clipping is asked for. */
export function clippingLinks({ clipValue, clipNorm, globalClipNorm }: CommonSettings): readonly Link[] {
  if (clipValue !== null) return [clipByValue(clipValue)];
  if (clipNorm !== null) return [clipByNorm(clipNorm)];
  return globalClipNorm === null ? [] : [clipByGlobalNorm(globalClipNorm)];
}

/** How weights decay. */
export function decayOf(settings: CommonSettings): DecayWeightsOptions {
  return { rate: settings.weightDecay ?? 0, exclude: settings.excludeFromWeightDecay };
}

function checkPatterns(where: string, _field: string, value: unknown): void {
  if (Array.isArray(value) && value.every((one) => typeof one === 'string' && one !== '')) return;
  throw new OstinatoError('config-exclude-from-weight-decay', {
    where,
    what: '`excludeFromWeightDecay` is not a list of patterns',
    expected: "an array of parts of paths, such as ['bias', 'embedding/*']",
    received: show(value),
  });
}

function checkAccumulation(where: string, _field: string, value: unknown): void {
  if (Number.isSafeInteger(value) && (value as number) >= 2) return;
  throw new OstinatoError('config-gradient-accumulation-steps', {
    where,
    what: '`gradientAccumulationSteps` is not a number of batches to add up',
    expected: 'an integer of at least 2, or null',
    received: show(value),
  });
}
