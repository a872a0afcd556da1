/** Where the channels of an input stand. */
import { OstinatoError, type Shape, show } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';

/** channelsLast: [batch, …, channels]. channelsFirst: [batch, channels, …]. */
export type DataFormat = 'channelsLast' | 'channelsFirst';

/** Throws `config-data-format`. */
export function checkDataFormat(where: string, _name: string, value: unknown): void {
  if (value === 'channelsLast' || value === 'channelsFirst') return;
  throw new OstinatoError('config-data-format', {
    where,
    what: '`dataFormat` is not an order of axes',
    expected: "'channelsLast' or 'channelsFirst'",
    received: show(value),
  });
}

/** The channels at the end, from wherever they stand. */
export function channelsToEnd(x: tf.Tensor, format: DataFormat): tf.Tensor {
  if (format === 'channelsLast' || x.rank < 3) return x;
  return tf.transpose(x, [0, ...Array.from({ length: x.rank - 2 }, (_, i) => i + 2), 1]);
}

/** The channels from the end to where they are to stand. */
export function channelsFromEnd(x: tf.Tensor, format: DataFormat): tf.Tensor {
  if (format === 'channelsLast' || x.rank < 3) return x;
  return tf.transpose(x, [0, x.rank - 1, ...Array.from({ length: x.rank - 2 }, (_, i) => i + 1)]);
}

/** Names of the axes of a sequence, for errors. */
export function sequenceAxes(format: DataFormat): readonly string[] {
  return format === 'channelsLast' ? ['batch', 'steps', 'channels'] : ['batch', 'channels', 'steps'];
}

/** Number of steps and of channels of a sequence's shape. */
export function stepsAndChannels(shape: Shape, format: DataFormat): [number | null, number | null] {
  const [, first = null, second = null] = shape;
  return format === 'channelsLast' ? [first, second] : [second, first];
}

/** The shape of a sequence of so many steps and channels. */
export function sequenceShape(
  batch: number | null,
  steps: number | null,
  channels: number | null,
  format: DataFormat,
): Shape {
  return format === 'channelsLast' ? [batch, steps, channels] : [batch, channels, steps];
}
