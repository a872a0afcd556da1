/**
 * What stands in TensorBoard's event files: records of `Event` messages, as TensorFlow 2 writes them.
 *
 * Source   tensorflow/core/util/event.proto, tensorflow/core/framework/{summary,tensor,tensor_shape}.proto,
 *          tensorflow/core/lib/io/record_writer.h
 */
import { PbfWriter } from 'pbf';
import { maskedCrc32c } from './crc32c.js';
import { histogramBuckets } from './histogram-buckets.js';

/** Where a figure belongs: its name, the step on the axis, and when it was written, in seconds since 1970. */
export interface EventPlace {
  readonly tag: string;
  readonly step: number;
  readonly wallTime: number;
}

/** A tensor of `DataType` with its little-endian content, and the dashboard that shows it. */
interface Summary {
  readonly tag: string;
  readonly plugin: 'scalars' | 'histograms';
  readonly dtype: number;
  readonly shape: readonly number[];
  readonly content: Uint8Array;
}

const FLOAT = 1;
const DOUBLE = 2;

/** The first record of a file. */
export function versionRecord(wallTime: number): Uint8Array {
  const event = new PbfWriter();
  event.writeDoubleField(1, wallTime);
  event.writeStringField(3, 'brain.Event:2');
  event.writeMessage(10, (writer: string, pbf) => pbf.writeStringField(1, writer), '@ostinato/training');
  return framed(event.finish());
}

/** A number, in f32. */
export function scalarRecord(place: EventPlace, value: number): Uint8Array {
  const content = new DataView(new ArrayBuffer(4));
  content.setFloat32(0, value, true);
  return summaryRecord(place, 'scalars', FLOAT, [], content);
}

/** How many of the numbers lie in each of 30 buckets. */
export function histogramRecord(place: EventPlace, values: ArrayLike<number>): Uint8Array {
  const rows = histogramBuckets(values);
  const content = new DataView(new ArrayBuffer(rows.byteLength));
  rows.forEach((number, i) => {
    content.setFloat64(8 * i, number, true);
  });
  return summaryRecord(place, 'histograms', DOUBLE, [rows.length / 3, 3], content);
}

function summaryRecord(
  { tag, step, wallTime }: EventPlace,
  plugin: Summary['plugin'],
  dtype: number,
  shape: readonly number[],
  { buffer }: DataView<ArrayBuffer>,
): Uint8Array {
  const event = new PbfWriter();
  event.writeDoubleField(1, wallTime);
  if (step !== 0) event.writeVarintField(2, step); // zero is what an absent field means
  const summary: Summary = { tag, plugin, dtype, shape, content: new Uint8Array(buffer) };
  event.writeMessage(5, (value: Summary, pbf) => pbf.writeMessage(1, writeValue, value), summary);
  return framed(event.finish());
}

/** Summary.Value */
function writeValue(summary: Summary, pbf: PbfWriter): void {
  pbf.writeStringField(1, summary.tag);
  pbf.writeMessage(8, writeTensor, summary);
  pbf.writeMessage(9, writeMetadata, summary.plugin);
}

/** TensorProto */
function writeTensor({ dtype, shape, content }: Summary, pbf: PbfWriter): void {
  pbf.writeVarintField(1, dtype);
  pbf.writeMessage(2, writeShape, shape);
  pbf.writeBytesField(4, content);
}

/** TensorShapeProto */
function writeShape(shape: readonly number[], pbf: PbfWriter): void {
  const writeSize = (size: number, dim: PbfWriter): void => dim.writeVarintField(1, size);
  for (const size of shape) pbf.writeMessage(2, writeSize, size);
}

/** SummaryMetadata with PluginData */
function writeMetadata(plugin: string, pbf: PbfWriter): void {
  pbf.writeMessage(1, (name: string, data) => data.writeStringField(1, name), plugin);
}

/** u64 length · its check · data · their check */
function framed(data: Uint8Array): Uint8Array {
  const record = new Uint8Array(data.length + 16);
  const view = new DataView(record.buffer);
  view.setBigUint64(0, BigInt(data.length), true);
  view.setUint32(8, maskedCrc32c(record.subarray(0, 8)), true);
  record.set(data, 12);
  view.setUint32(12 + data.length, maskedCrc32c(data), true);
  return record;
}
