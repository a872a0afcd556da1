import { useBackend } from '@ostinato/backend';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { compiledWordModel } from '../test-support/tasks.js';
import { testRegistry } from '../test-support/test-layers.js';
import { modelFromBytes } from './model-file.js';
import { readSafetensors, writeSafetensors } from './safetensors.js';

type Header = Record<string, { dtype: string; shape: number[]; data_offsets: number[] }> & {
  __metadata__: Record<string, string>;
};

const registry = testRegistry();
let bytes: Uint8Array;

beforeAll(async () => {
  await useBackend('cpu');
  bytes = await compiledWordModel({ inputShape: [5] }).toBytes();
});

function split(file: Uint8Array): { header: Header; data: Uint8Array } {
  const size = Number(new DataView(file.buffer, file.byteOffset).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(file.subarray(8, 8 + size)));
  return { header, data: file.subarray(8 + size) };
}

function join(header: string, data: Uint8Array): Uint8Array {
  const text = new TextEncoder().encode(header);
  const file = new Uint8Array(8 + text.length + data.length);
  new DataView(file.buffer).setBigUint64(0, BigInt(text.length), true);
  file.set(text, 8);
  file.set(data, 8 + text.length);
  return file;
}

/** The good file with its header changed. */
function changed(change: (header: Header) => void): Uint8Array {
  const { header, data } = split(bytes);
  change(header);
  return join(JSON.stringify(header), data);
}

function withBias(entry: object): Uint8Array {
  return changed((header) => Object.assign(header['dense/bias']!, entry));
}

function withMetadata(metadata: Record<string, string>): Uint8Array {
  return changed((header) => Object.assign(header.__metadata__, metadata));
}

function describedAs(change: (model: Record<string, unknown>) => void): Uint8Array {
  return changed((header) => {
    const model = JSON.parse(header.__metadata__.model!);
    change(model);
    header.__metadata__.model = JSON.stringify(model);
  });
}

test('the container is what safetensors says: aligned data, names in model order, metadata of strings', () => {
  const { header, data } = split(bytes);
  const { __metadata__: metadata, ...tensors } = header;
  expect(Object.keys(tensors)).toEqual(['embedding/embeddings', 'dense/kernel', 'dense/bias']);
  expect(tensors['dense/kernel']).toEqual({ dtype: 'F32', shape: [3, 1], data_offsets: [144, 156] });
  expect((bytes.length - data.length) % 8).toBe(0);
  expect(metadata).toMatchObject({ format: 'ostinato', formatVersion: '1' });
  expect(JSON.parse(metadata.model!).layers[0]).toEqual({
    layer: '@test/layers>Embedding',
    version: 1,
    config: { inputDim: 12, outputDim: 3 },
  });
});

test('tensors of any shape come back, also from a view that is not aligned', () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(fc.nat(4), { maxLength: 3 }), { maxLength: 4 }),
      fc.nat(7),
      (shapes, shift) => {
        const tensors = shapes.map((shape, i) => ({
          name: `w${i}`,
          shape,
          data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, k) => k - i / 3),
        }));
        const written = writeSafetensors({ tensors, metadata: { a: 'ä' } });
        const shifted = new Uint8Array(written.length + shift);
        shifted.set(written, shift);
        expect(readSafetensors(shifted.subarray(shift), 'test').metadata).toEqual({ a: 'ä' });
        const read = new Map(
          readSafetensors(shifted.subarray(shift), 'test').tensors.map((t) => [t.name, t]),
        );
        expect(read).toEqual(new Map(tensors.map((t) => [t.name, t])));
      },
    ),
  );
});

test('a name used twice is refused when writing', () => {
  const one = { name: 'w', shape: [1], data: new Float32Array(1) };
  expect(() => writeSafetensors({ tensors: [one, one], metadata: {} })).toThrow(/weights-name/);
});

test('a file cut off anywhere is an error of its own kind, and nothing leaks', async () => {
  const before = tf.memory().numTensors;
  for (let length = 0; length < bytes.length; length += 13) {
    await expect(modelFromBytes(bytes.subarray(0, length), { registry })).rejects.toMatchObject({
      code: 'model-file',
    });
  }
  expect(tf.memory().numTensors).toBe(before);
});

test.each([
  [
    'a header length beyond the file',
    () => Uint8Array.of(255, 255, 255, 255, 255, 255, 255, 127, 1),
    'ends before',
  ],
  ['a header that is not JSON', () => join('{"a": ', new Uint8Array()), 'not JSON'],
  ['a header that is not UTF-8', () => Uint8Array.of(2, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xfe), 'not JSON'],
  ['a header that is a list', () => join('[]', new Uint8Array()), 'not a JSON object'],
  ['another program’s tensors', () => join('{}', new Uint8Array()), 'tensors but no model'],
  ['half precision', () => withBias({ dtype: 'F16' }), "'dense/bias' has another type"],
  ['a shape that does not fit', () => withBias({ shape: [2] }), 'do not fit its shape'],
  ['a negative size', () => withBias({ shape: [-1, -1] }), 'has no shape'],
  ['offsets that overlap', () => withBias({ data_offsets: [152, 156] }), 'overlap'],
  ['offsets out of range', () => withBias({ data_offsets: [956, 960] }), 'gap'],
  ['offsets that are words', () => withBias({ data_offsets: ['a'] }), 'no place'],
  ['data beyond the last tensor', () => Uint8Array.from([...bytes, 1]), 'goes on after'],
  [
    'metadata that are no strings',
    () => changed((h) => Object.assign(h, { __metadata__: { a: 1 } })),
    'not strings',
  ],
  ['a description that is not JSON', () => withMetadata({ model: '{' }), 'not JSON'],
  ['a description without layers', () => describedAs((m) => delete m.layers), 'a list of layers'],
  ['another class', () => describedAs((m) => Object.assign(m, { class: 'Tree' })), "class 'Sequential'"],
  [
    'a weight too few',
    () => describedAs((m) => void (m.layers as object[]).push((m.layers as object[])[2]!)),
    "'dense_1/kernel' is missing",
  ],
  [
    'a weight too many',
    () => describedAs((m) => void (m.layers as object[]).pop()),
    "no weight 'dense/kernel'",
  ],
  [
    'a weight of another shape',
    () => describedAs((m) => Object.assign((m.layers as { config: object }[])[2]!.config, { units: 2 })),
    'another shape',
  ],
])('%s', async (_, make, message) => {
  const before = tf.memory().numTensors;
  const failed = modelFromBytes(make(), { registry });
  await expect(failed).rejects.toMatchObject({ code: 'model-file' });
  await expect(failed).rejects.toThrow(message);
  expect(tf.memory().numTensors).toBe(before);
});

test('a description that asks for more weights than there are in the file makes none of them', async () => {
  for (const units of [2 ** 20, 2 ** 31, 1e15]) {
    const large = describedAs((m) => {
      (m.layers as { config: object }[])[2]!.config = { units, kernelInitializer: 'zeros' };
    });
    const before = process.memoryUsage().arrayBuffers;
    await expect(modelFromBytes(large, { registry })).rejects.toThrow(/'dense\/kernel'.*model-file/);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 20);
  }
});

test('a changed weight is found by its hash; a file without a hash is read', async () => {
  const flipped = bytes.slice();
  flipped[flipped.length - 2]! ^= 1;
  await expect(modelFromBytes(flipped, { registry })).rejects.toThrow(
    /not those that were saved.*model-file/,
  );
  const { header } = split(bytes);
  const whole = await modelFromBytes(bytes, { registry });
  expect(header.__metadata__.weightsSha256).toBe(await whole.weightsSha256());
  const without = await modelFromBytes(
    changed((h) => void delete h.__metadata__.weightsSha256),
    { registry },
  );
  expect(await without.weightsSha256()).toBe(await whole.weightsSha256());
});

test('no options, or no bytes: a clear error', async () => {
  const load = modelFromBytes as (...given: unknown[]) => Promise<unknown>;
  await expect(load(bytes)).rejects.toMatchObject({ code: 'config-registry' });
  await expect(load(null, { registry })).rejects.toMatchObject({ code: 'model-file' });
});

test('a file of a newer version says so', async () => {
  const newer = withMetadata({ formatVersion: '3' });
  await expect(modelFromBytes(newer, { registry })).rejects.toMatchObject({ code: 'model-newer' });
});

test('what stands where a name should be is no name, whatever it can do', async () => {
  const odd = describedAs((m) => Object.assign(m, { fused: { toString: 1 } }));
  await expect(modelFromBytes(odd, { registry })).rejects.toMatchObject({ code: 'config-fused' });
});

test('a field that could change prototypes is refused, in the header and in the description', async () => {
  const { header, data } = split(bytes);
  const text = JSON.stringify(header);
  const inHeader = join(text.replace('"format"', '"__proto__":{"polluted":"yes"},"format"'), data);
  await expect(modelFromBytes(inHeader, { registry })).rejects.toThrow(/__proto__.*model-file/);
  const inModel = changed((h) => {
    h.__metadata__.model = h.__metadata__.model!.replace(
      '{"inputDim"',
      '{"__proto__":{"polluted":"yes"},"inputDim"',
    );
  });
  await expect(modelFromBytes(inModel, { registry })).rejects.toThrow(/__proto__.*model-file/);
  expect(({} as { polluted?: string }).polluted).toBeUndefined();
});
