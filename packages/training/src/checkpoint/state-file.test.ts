// A state in a file: what comes back, and what is said of a file that is not what was written.
import { isOstinatoError } from '@ostinato/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { writeSafetensors } from '../saving/safetensors.js';
import { fromExactJson, toExactJson } from './exact-json.js';
import { OPEN_SEAL, seal } from './seal.js';
import { decodeState, encodeState } from './state-file.js';
import type { TrainingState } from './training-state.js';

const array = (name: string, ...data: number[]) => ({
  name,
  shape: [data.length],
  data: Float32Array.from(data),
});

const state: TrainingState = {
  versions: { '@ostinato/training': '0.0.0' },
  facts: { seed: 7, fit: { batchSize: 32, samples: null } },
  inputs: [{ name: 'input', shape: [1, 4], dtype: 'int32' }],
  cursor: { epoch: 2, batch: 11, begun: true },
  seconds: 1.25,
  figures: { loss: 0.1 + 0.2, samples: 352, totals: [[1e300, 5e-324], [Number.NaN]] },
  history: [{ epoch: 1, seconds: 2, loss: Number.POSITIVE_INFINITY, accuracy: -0 }],
  weights: [array('dense/kernel', 1, -0, 3.5), array('dense/bias', Number.NaN)],
  optimizer: { json: { steps: 5 }, tensors: [array('dense/kernel/m', 1, 2, 3)] },
  kept: [array('lstm/state_0', 9, 8)],
  callbacks: new Map([
    [
      'earlyStopping',
      { json: { best: Number.NEGATIVE_INFINITY }, tensors: [array('dense/kernel', 4, 5, 6)] },
    ],
    ['0', { json: null }],
  ]),
};
const file = encodeState(state);
const headerSize = Number(new DataView(file.buffer).getBigUint64(0, true));
const dataStart = 8 + headerSize;

function codeOf(bytes: Uint8Array): string {
  try {
    decodeState(bytes, 'here');
    return 'read';
  } catch (error) {
    return isOstinatoError(error) ? error.code : `no OstinatoError: ${error}`;
  }
}

test('all of it comes back, every number to the bit', () => {
  expect(decodeState(file, 'here')).toEqual(state);
  const header = JSON.parse(new TextDecoder().decode(file.subarray(8, dataStart)));
  expect(Object.keys(header)).toEqual([
    '__metadata__',
    'weights/dense/kernel',
    'weights/dense/bias',
    'optimizer/dense/kernel/m',
    'kept/lstm/state_0',
    'callbacks/earlyStopping/dense/kernel',
  ]);
});

test('JSON keeps every number', () => {
  fc.assert(
    fc.property(fc.jsonValue({ noUnicodeString: false }), fc.double(), (json, number) => {
      const value = { json: json as never, list: [number, -0, Number.NaN], deep: { number } };
      if (toExactJson(value).includes('__proto__')) return;
      expect(fromExactJson(toExactJson(value), 'here')).toEqual(value);
    }),
  );
});

test('no bit can change unnoticed, wherever it stands', () => {
  for (let at = 0; at < file.length; at++) {
    const bit = 1 << (at & 7);
    const bytes = file.slice();
    bytes[at]! ^= bit;
    expect(codeOf(bytes), `bit ${bit} of byte ${at}`).toBe('checkpoint-damaged');
  }
});

test('it cannot end early, nor go on', () => {
  const boundaries = [0, 1, 7, 8, 9, 30, 99, 124, dataStart - 1, dataStart, dataStart + 1, dataStart + 12];
  const some = Array.from({ length: 40 }, (_, i) => Math.floor((file.length * i) / 40));
  for (const size of [...boundaries, ...some, file.length - 4, file.length - 1]) {
    expect(codeOf(file.subarray(0, size)), `${size} bytes`).toBe('checkpoint-damaged');
  }
  expect(codeOf(Uint8Array.of(...file, 0))).toBe('checkpoint-damaged');
});

test('the error says what kind of damage it is, and where', () => {
  const flipped = (at: number): Uint8Array => file.map((byte, i) => (i === at ? byte ^ 16 : byte));
  expect(() => decodeState(file.subarray(0, 700), 'runs/a')).toThrow(
    new RegExp(
      `\\[runs/a\\] The file is cut off\\. Expected ${file.length} bytes; received 700\\..*checkpoint-damaged`,
    ),
  );
  expect(() => decodeState(flipped(file.length - 1), 'runs/a')).toThrow(/not those that were written/);
  expect(() => decodeState(flipped(10), 'runs/a')).toThrow(/no training state, or its beginning is damaged/);
  expect(() => decodeState('text' as never, 'runs/a')).toThrow(/checkpoint-damaged/);
});

/** A file with the right seal, made by somebody else. */
function sealed(metadata: Record<string, string>, tensors = state.weights): Uint8Array {
  return seal(writeSafetensors({ tensors, metadata: { ...OPEN_SEAL, ...metadata } }));
}

const head = { format: 'ostinato-training-state', formatVersion: '1' };
const parts = JSON.parse(
  JSON.parse(new TextDecoder().decode(file.subarray(8, dataStart))).__metadata__.state,
) as Record<string, unknown>;

test.each<[string, Record<string, string>, string]>([
  ['another format', { ...head, format: 'ostinato' }, 'checkpoint-damaged'],
  ['a newer version', { ...head, formatVersion: '2', state: '?' }, 'checkpoint-newer'],
  ['no state', head, 'checkpoint-damaged'],
  ['a state that is no JSON', { ...head, state: '{' }, 'checkpoint-damaged'],
  ['a prototype', { ...head, state: '{"__proto__":{}}' }, 'checkpoint-damaged'],
  ['a callback without its tensor', { ...head, state: JSON.stringify(parts) }, 'checkpoint-damaged'],
  ...['versions', 'facts', 'cursor', 'seconds', 'figures', 'history', 'optimizer', 'callbacks'].map(
    (part): [string, Record<string, string>, string] => [
      `${part} of another type`,
      { ...head, state: JSON.stringify({ ...parts, [part]: 'x' }) },
      'checkpoint-damaged',
    ],
  ),
])('a right seal and %s', (_, metadata, code) => {
  expect(codeOf(sealed(metadata))).toBe(code);
});
