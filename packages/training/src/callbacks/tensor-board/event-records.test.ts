import { bytesToHex } from '@noble/hashes/utils.js';
import { expect, test } from 'vitest';
import { readGolden } from '../../test-support/golden.js';
import { maskedCrc32c } from './crc32c.js';
import { histogramRecord, scalarRecord, versionRecord } from './event-records.js';
import { histogramBuckets } from './histogram-buckets.js';

interface EventGolden {
  readonly kind: 'scalar' | 'histogram';
  readonly tag: string;
  readonly step: number;
  readonly wallTime: number;
  readonly value?: number;
  readonly values?: readonly number[];
  readonly record: string;
}

const golden = readGolden<{
  crc: { bytes: number[]; masked: number }[];
  version: { wallTime: number; record: string };
  events: EventGolden[];
  buckets: { values: number[]; buckets: number[] }[];
}>('tensorboard.json');

test.each(golden.crc)('the check of $bytes.length bytes', ({ bytes, masked }) => {
  expect(maskedCrc32c(Uint8Array.from(bytes))).toBe(masked);
});

test('a file begins with the bytes that TensorFlow begins it with', () => {
  expect(bytesToHex(versionRecord(golden.version.wallTime))).toBe(golden.version.record);
});

test.each(golden.events)('$kind $tag at $step: the bytes that TensorFlow writes', ({ record, ...event }) => {
  const written =
    event.kind === 'scalar'
      ? scalarRecord(event, event.value!)
      : histogramRecord(event, Float32Array.from(event.values!));
  expect(bytesToHex(written)).toBe(record);
});

test.each(golden.buckets)('$values.length numbers in buckets', ({ values, buckets }) => {
  expect([...histogramBuckets(Float32Array.from(values))]).toEqual(buckets);
});

test('no numbers give buckets that hold nothing', () => {
  expect([...histogramBuckets([])]).toEqual(Array.from({ length: 90 }, () => 0));
});
