/**
 * The safetensors container: named tensors of raw numbers behind a JSON header, and a map of strings.
 *
 * 8 bytes little-endian length of the header · header · data. Only f32 is written and read here. What a model puts in
 * stands in `model-file.ts`.
 *
 * Source   https://github.com/huggingface/safetensors, README "Format"
 */
import { OstinatoError } from '@ostinato/core';
import { littleEndianBytes, type NamedArray } from '../weights.js';
import { parseSafetensorsHeader, type TensorPlace } from './safetensors-header.js';

export interface Container {
  readonly tensors: readonly NamedArray[];
  readonly metadata: Readonly<Record<string, string>>;
}

/** The container as bytes; tensors in the given order, data aligned to 8 bytes. Throws `weights-name` for a name used twice. */
export function writeSafetensors({ tensors, metadata }: Container): Uint8Array {
  const header: [string, unknown][] = [['__metadata__', metadata]];
  let end = 0;
  for (const { name, shape, data } of tensors) {
    if (header.some(([other]) => other === name)) throw nameTwice(name);
    header.push([name, { dtype: 'F32', shape, data_offsets: [end, end + data.byteLength] }]);
    end += data.byteLength;
  }
  const text = new TextEncoder().encode(JSON.stringify(Object.fromEntries(header)));
  const headerSize = Math.ceil(text.length / 8) * 8;
  const bytes = new Uint8Array(8 + headerSize + end).fill(0x20, 8, 8 + headerSize);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(headerSize), true);
  bytes.set(text, 8);
  let at = 8 + headerSize;
  for (const { data } of tensors) {
    bytes.set(littleEndianBytes(data), at);
    at += data.byteLength;
  }
  return bytes;
}

/** Reads a container, checking every length and offset. Throws `model-file`. */
export function readSafetensors(bytes: Uint8Array, where: string): Container {
  const { places, metadata, dataStart } = parseSafetensorsHeader(bytes, where);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const tensors = places.map(({ name, shape, start, end }: TensorPlace): NamedArray => {
    const data = new Float32Array((end - start) / 4);
    for (let i = 0; i < data.length; i++) data[i] = view.getFloat32(dataStart + start + 4 * i, true);
    return { name, shape, data };
  });
  return { tensors, metadata };
}

function nameTwice(name: string): OstinatoError {
  return new OstinatoError('weights-name', {
    where: 'saveModel',
    what: `Two weights are called '${name}'`,
    fix: 'Give parts of a layer different names when they are built',
  });
}
