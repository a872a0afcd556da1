/** Options of convolutional LSTM cells: defaults, checks, and their JSON. */
import {
  checkBoolean,
  checkOneOf,
  checkProbability,
  checkSize,
  fillOptions,
  type JsonObject,
  OstinatoError,
  show,
} from '@ostinato/core';
import { optionsToJSON } from './cell-options.js';
import { REQUIRED, resolvedInBuild } from './layer-options.js';
import type { LSTMCellOptions } from './lstm-cell.js';

/** One number for all axes of an image, or one for each. */
export type AxisSizes = number | readonly number[];

export interface ConvLSTMOptions extends Omit<LSTMCellOptions, 'units'> {
  /** Number of output channels. */
  readonly filters: number;
  /** What a window sees along each axis. */
  readonly kernelSize: AxisSizes;
  /** From one window over the input to the next. Default 1. */
  readonly strides?: AxisSizes;
  /** Of the windows over the input; those over the state are always `same`. Default `valid`. */
  readonly padding?: 'valid' | 'same';
  /** From one place that a window over the input sees to the next. Default 1; another only with strides of 1. */
  readonly dilationRate?: AxisSizes;
  /** The only order of axes: [batch, steps, …, channels]. */
  readonly dataFormat?: 'channelsLast';
}

/** With a number for each axis. */
export interface FullConvLSTMOptions extends Required<ConvLSTMOptions> {
  readonly kernelSize: readonly number[];
  readonly strides: readonly number[];
  readonly dilationRate: readonly number[];
}

const DEFAULTS: Required<ConvLSTMOptions> = {
  filters: REQUIRED,
  kernelSize: REQUIRED,
  strides: 1,
  padding: 'valid',
  dilationRate: 1,
  dataFormat: 'channelsLast',
  activation: 'tanh',
  recurrentActivation: 'sigmoid',
  useBias: true,
  unitForgetBias: true,
  kernelInitializer: 'glorotUniform',
  recurrentInitializer: 'orthogonal',
  biasInitializer: 'zeros',
  kernelRegularizer: null,
  recurrentRegularizer: null,
  biasRegularizer: null,
  kernelConstraint: null,
  recurrentConstraint: null,
  biasConstraint: null,
  dropout: 0,
  recurrentDropout: 0,
};

/**
 * The options of a cell over images of `rank` axes, with every default filled in.
 *
 * Throws   `config-type`, `config-unknown`, `config-<field>`
 */
export function fillConvLSTMOptions(
  where: string,
  options: ConvLSTMOptions,
  rank: number,
): FullConvLSTMOptions {
  const checkSizes = (at: string, name: string, value: unknown): void =>
    checkAxisSizes(at, name, value, rank);
  const full = fillOptions(where, DEFAULTS, options, {
    filters: checkSize,
    kernelSize: checkSizes,
    strides: checkSizes,
    padding: ['valid', 'same'],
    dilationRate: checkSizes,
    dataFormat: checkChannelsLast,
    useBias: checkBoolean,
    unitForgetBias: checkBoolean,
    dropout: checkProbability,
    recurrentDropout: checkProbability,
    activation: resolvedInBuild,
    recurrentActivation: resolvedInBuild,
    kernelInitializer: resolvedInBuild,
    recurrentInitializer: resolvedInBuild,
    biasInitializer: resolvedInBuild,
    kernelRegularizer: resolvedInBuild,
    recurrentRegularizer: resolvedInBuild,
    biasRegularizer: resolvedInBuild,
    kernelConstraint: resolvedInBuild,
    recurrentConstraint: resolvedInBuild,
    biasConstraint: resolvedInBuild,
  });
  const [kernelSize, strides, dilationRate] = [full.kernelSize, full.strides, full.dilationRate].map(
    (sizes) => (typeof sizes === 'number' ? Array.from({ length: rank }, () => sizes) : [...sizes]),
  ) as [number[], number[], number[]];
  checkStridesOrDilation(where, strides, dilationRate);
  return { ...full, kernelSize, strides, dilationRate };
}

/** As JSON; the sizes as lists, as Keras writes them. */
export function convLSTMOptionsToJSON(options: FullConvLSTMOptions): JsonObject {
  const { kernelSize, strides, dilationRate, ...rest } = options;
  return { ...optionsToJSON(rest), kernelSize, strides, dilationRate };
}

function checkAxisSizes(where: string, name: string, value: unknown, rank: number): void {
  if (!Array.isArray(value)) checkSize(where, name, value);
  else if (value.length !== rank) {
    throw new OstinatoError(`config-${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`, {
      where,
      what: `\`${name}\` has another number of axes`,
      expected: `a positive integer, or a list of ${rank}`,
      received: show(value),
    });
  } else for (const size of value) checkSize(where, name, size);
}

function checkChannelsLast(where: string, _name: string, value: unknown): void {
  if (value !== 'channelsFirst') {
    checkOneOf(where, 'dataFormat', value, ['channelsLast']);
    return;
  }
  throw new OstinatoError('config-data-format', {
    where,
    what: 'The channels of a convolutional LSTM stand last',
    expected: "'channelsLast'",
    received: show(value),
    fix: 'Put permute() before and after it',
  });
}

function checkStridesOrDilation(
  where: string,
  strides: readonly number[],
  dilationRate: readonly number[],
): void {
  if (Math.max(...strides) === 1 || Math.max(...dilationRate) === 1) return;
  throw new OstinatoError('config-dilation-rate', {
    where,
    what: 'Keras does not define windows with both strides and a dilation',
    expected: '`strides` or `dilationRate` of 1',
    received: `strides ${show(strides)} and dilationRate ${show(dilationRate)}`,
  });
}
