/** What the poolings over all steps share: options, their JSON, and the shape that is left. */
import { checkBoolean, type JsonObject, type LayerOptions, type Shape } from '@ostinato/core';
import { checkDataFormat, type DataFormat, sequenceShape, stepsAndChannels } from './data-format.js';
import { fillLayerOptions } from './layer-options.js';

/** Options of a pooling over all steps. */
export interface GlobalPooling1DOptions extends LayerOptions {
  /** Where the channels stand in the input. Default `channelsLast`. */
  readonly dataFormat?: DataFormat;
  /** Keeps an axis of one step. Default false. Spelt as in Keras. */
  readonly keepdims?: boolean;
}

export type FullGlobalPoolingOptions = Required<Omit<GlobalPooling1DOptions, keyof LayerOptions>>;

const DEFAULTS: FullGlobalPoolingOptions = { dataFormat: 'channelsLast', keepdims: false };

/** Throws `config-data-format`, `config-keepdims`, `config-unknown`. */
export function fillGlobalPoolingOptions(
  where: string,
  options: GlobalPooling1DOptions,
): FullGlobalPoolingOptions {
  return fillLayerOptions(where, DEFAULTS, options, { dataFormat: checkDataFormat, keepdims: checkBoolean });
}

/** What differs from the defaults. */
export function globalPoolingConfig({ dataFormat, keepdims }: FullGlobalPoolingOptions): JsonObject {
  return {
    ...(dataFormat === DEFAULTS.dataFormat ? {} : { dataFormat }),
    ...(keepdims ? { keepdims } : {}),
  };
}

export function pooledShape(shape: Shape, { dataFormat, keepdims }: FullGlobalPoolingOptions): Shape {
  const [batch = null] = shape;
  const [, channels] = stepsAndChannels(shape, dataFormat);
  return keepdims ? sequenceShape(batch, 1, channels, dataFormat) : [batch, channels];
}
