/** Splits: no sample is in two places, and the seed decides the order. */
import { firstDifference } from '../compare-values.js';
import { type DatasetSubject, indicesOf } from './dataset-subject.js';
import type { DatasetSplit } from './dataset-test.js';

/** Rows of the source occur once; of one source, in one split. */
export function checkSplits(subject: DatasetSubject): string | undefined {
  const { oneSource = true } = subject.test;
  let seen = new Map<number, string>();
  for (const [name, split] of subject.splits) {
    const indices = indicesOf(split);
    if (!indices) return 'it tells no indices';
    if (!oneSource) seen = new Map();
    for (let i = 0; i < indices.length; i++) {
      const row = indices[i]!;
      const other = seen.get(row);
      if (other !== undefined) {
        subject.fail('splits', {
          what: `Row ${row} of the source is in '${other}' and again in '${name}'`,
          expected: 'each row once',
        });
      }
      seen.set(row, name);
    }
  }
  return undefined;
}

/** The same seed gives the same bits; another gives another order. */
export async function checkDatasetDeterminism(subject: DatasetSubject): Promise<void> {
  const [seed, otherSeed] = subject.test.seeds ?? [1, 2];
  const again = await subject.load(seed);
  for (const [name, split] of subject.splits) {
    const part = differingPart(split, again.get(name)!);
    if (part === undefined) continue;
    subject.fail('determinism', {
      what: `${name}.${part} differs between two loads with seed ${seed}`,
      fix: 'Draw randomness from the seed alone',
    });
  }
  if (subject.test.seeded === false) return;
  const other = await subject.load(otherSeed);
  const differs = [...subject.splits].some(([name, split]) => differingPart(split, other.get(name)!));
  if (differs) return;
  subject.fail('determinism', {
    what: `Seeds ${seed} and ${otherSeed} give the same samples in the same order`,
  });
}

function differingPart(a: DatasetSplit, b: DatasetSplit): string | undefined {
  if (firstDifference(a.x.data, b.x.data) !== undefined) return 'x';
  if (firstDifference(a.y.data, b.y.data) !== undefined) return 'y';
  return firstDifference(indicesOf(a) ?? [], indicesOf(b) ?? []) === undefined ? undefined : 'indices';
}
