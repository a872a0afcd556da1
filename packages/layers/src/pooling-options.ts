/** What the poolings over windows share: options, their JSON, and the shapes. */
import { checkOneOf, type JsonObject, type LayerOptions, type Shape } from '@ostinato/core';
import {
  checkDataFormat,
  type DataFormat,
  sequenceAxes,
  sequenceShape,
  stepsAndChannels,
} from './data-format.js';
import { checkAxisCount } from './input-axes.js';
import { fillLayerOptions } from './layer-options.js';
import { checkSingleSize, type SingleSize, single } from './single-size.js';
import { checkWindows, countWindows, type Padding, type Window } from './windows.js';

/** Options of a pooling over windows of steps. */
export interface Pooling1DOptions extends LayerOptions {
  /** Steps that a window sees. Default 2. */
  readonly poolSize?: SingleSize;
  /** Steps from one window to the next. Default null: `poolSize`, windows side by side. */
  readonly strides?: SingleSize | null;
  /** Default `valid`. */
  readonly padding?: 'valid' | 'same';
  /** Where the channels stand in input and output. Default `channelsLast`. */
  readonly dataFormat?: DataFormat;
}

/** The options as a layer uses them. */
export interface Pooling {
  readonly window: Window;
  readonly dataFormat: DataFormat;
}

/** Throws `config-pool-size`, `config-strides`, `config-padding`, `config-data-format`, `config-unknown`. */
export function fillPoolingOptions(where: string, options: Pooling1DOptions): Pooling {
  const defaults: Required<Omit<Pooling1DOptions, keyof LayerOptions>> = {
    poolSize: 2,
    strides: null,
    padding: 'valid',
    dataFormat: 'channelsLast',
  };
  const full = fillLayerOptions(where, defaults, options, {
    poolSize: checkSingleSize,
    strides: (...[at, name, value]) => value === null || checkSingleSize(at, name, value),
    padding: (at, name, value) => checkOneOf(at, name, value, ['valid', 'same']),
    dataFormat: checkDataFormat,
  });
  const size = single(full.poolSize);
  const stride = full.strides === null ? size : single(full.strides);
  return { window: { size, stride, dilation: 1, padding: full.padding }, dataFormat: full.dataFormat };
}

export function poolingConfig({ window, dataFormat }: Pooling): JsonObject {
  return { poolSize: window.size, strides: window.stride, padding: window.padding as Padding, dataFormat };
}

/** Throws `shape-mismatch` for what is no sequence, or one shorter than a window. */
export function checkPoolingInput(shape: Shape | undefined, pooling: Pooling, where: string): void {
  const { window, dataFormat } = pooling;
  const [steps] = stepsAndChannels(checkAxisCount(shape, sequenceAxes(dataFormat), where), dataFormat);
  checkWindows(countWindows(steps, window), steps, window, where);
}

export function poolingShape(shape: Shape, { window, dataFormat }: Pooling): Shape {
  const [batch = null] = shape;
  const [steps, channels] = stepsAndChannels(shape, dataFormat);
  return sequenceShape(batch, countWindows(steps, window), channels, dataFormat);
}
