/** Damaged files of every kind: the only thing that may come out is an error of ours, soon, and the same without Node. */

import { isOstinatoError } from '@ostinato/core';
import fc from 'fast-check';
import { unzipSync, zipSync } from 'fflate';
import { expect, it } from 'vitest';
import { readImdbNpz } from './imdb-npz.js';
import { readBothWays } from './test-support/both-ways.js';
import { fromBase64, readGolden } from './test-support/golden.js';

const { files } = readGolden<{ files: Record<string, string> }>('keras-imdb.json');
const written = Object.values(files).map(fromBase64);

/** Overwritten bytes, cuts, doubled and removed pieces. */
type Damage = { kind: 'write' | 'cut' | 'double' | 'remove'; at: number; length: number; bytes: number[] };
const damage: fc.Arbitrary<Damage> = fc.record({
  kind: fc.constantFrom('write', 'cut', 'double', 'remove'),
  // Without bias: fast-check's doubles are mostly so small that they would all hit the first byte.
  at: fc.noBias(fc.integer({ min: 0, max: 2 ** 30 })).map((part) => part / 2 ** 30),
  length: fc.integer({ min: 1, max: 40 }),
  bytes: fc.array(
    fc.oneof(fc.integer({ min: 0, max: 255 }), fc.constantFrom(0, 1, 40, 75, 77, 93, 101, 255)),
    {
      minLength: 1,
      maxLength: 6,
    },
  ),
});
const damages = fc.array(damage, { minLength: 1, maxLength: 3 });
const which = fc.nat(written.length - 1);

function apply(bytes: Uint8Array, { kind, at, length, bytes: values }: Damage): Uint8Array {
  const start = Math.floor(at * Math.max(0, bytes.length - 1));
  const head = bytes.subarray(0, start);
  if (kind === 'cut') return bytes.slice(0, start);
  if (kind === 'write') {
    const copy = bytes.slice();
    copy.set(values.slice(0, bytes.length - start), start);
    return copy;
  }
  const piece = bytes.subarray(start, start + length);
  const rest = bytes.subarray(kind === 'remove' ? start + length : start);
  return Uint8Array.from(kind === 'double' ? [...head, ...piece, ...rest] : [...head, ...rest]);
}

/** Reads; anything but success or one of our errors fails the property. */
function readsOrRefuses(bytes: Uint8Array): void {
  try {
    const { train } = readBothWays(() => readImdbNpz(bytes, 'damaged.npz'));
    expect(train.labels.length).toBe(train.ranks.offsets.length - 1);
  } catch (error) {
    if (!isOstinatoError(error)) throw error;
    expect(error.message).toMatch(/^\[damaged\.npz.*\]/);
  }
}

it('damage to the archive', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...written),
      fc.array(damage, { minLength: 1, maxLength: 3 }),
      (bytes, steps) => {
        readsOrRefuses(steps.reduce(apply, bytes));
      },
    ),
    { numRuns: 1500, seed: 20 },
  );
}, 30_000);

it('damage inside a member, with a checksum that fits', () => {
  const members = written.map((bytes) => unzipSync(bytes));
  const names = ['x_train.npy', 'x_test.npy', 'y_train.npy'] as const;
  fc.assert(
    fc.property(which, fc.constantFrom(...names), damages, (file, name, steps) => {
      const whole = members[file]!;
      readsOrRefuses(zipSync({ ...whole, [name]: steps.reduce(apply, whole[name]!) }, { level: 0 }));
    }),
    { numRuns: 3000, seed: 21 },
  );
}, 30_000);

it('anything at all', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), readsOrRefuses), { numRuns: 500, seed: 22 });
});
