/** A data set under test: its splits, loaded. */
import { type Finding, fail } from '../conformance-error.js';
import type { DatasetArray, DatasetCheck, DatasetSplit, DatasetTest } from './dataset-test.js';

/** Loads a data set with a seed. */
export type DatasetLoad = (seed: number) => Promise<object>;

export class DatasetSubject {
  readonly where: string;
  readonly test: DatasetTest;
  readonly splits: ReadonlyMap<string, DatasetSplit>;
  readonly load: (seed: number) => Promise<ReadonlyMap<string, DatasetSplit>>;

  private constructor(
    where: string,
    test: DatasetTest,
    load: DatasetSubject['load'],
    splits: ReadonlyMap<string, DatasetSplit>,
  ) {
    this.where = where;
    this.test = test;
    this.load = load;
    this.splits = splits;
  }

  static async of(load: DatasetLoad, test: DatasetTest): Promise<DatasetSubject> {
    const where = load.name || 'data set';
    const read = async (seed: number) => splitsOf(await load(seed), test, where);
    return new DatasetSubject(where, test, read, await read(test.seeds?.[0] ?? 1));
  }

  fail(check: DatasetCheck, finding: Finding): never {
    return fail(this.where, check, finding);
  }
}

function splitsOf(loaded: object, test: DatasetTest, where: string): ReadonlyMap<string, DatasetSplit> {
  const fields = loaded as Record<string, unknown>;
  const names = test.splits ?? Object.keys(fields).filter((name) => isSplit(fields[name]));
  for (const name of names) {
    if (isSplit(fields[name])) continue;
    fail(where, 'form', {
      what: `There is no split '${name}'`,
      expected: 'an object { x, y }',
      received: Object.keys(fields).join(', ') || 'nothing',
    });
  }
  if (names.length === 0) {
    fail(where, 'form', {
      what: 'It has no splits',
      expected: 'fields that are { x, y }, such as train and test',
      received: Object.keys(fields).join(', ') || 'nothing',
    });
  }
  return new Map(names.map((name) => [name, fields[name] as DatasetSplit]));
}

function isSplit(value: unknown): value is DatasetSplit {
  return typeof value === 'object' && value !== null && 'x' in value && 'y' in value;
}

/** How many rows there are. */
export function rowsOf(array: DatasetArray): number {
  return 'offsets' in array ? array.offsets.length - 1 : (array.shape[0] ?? 0);
}

export function indicesOf({ indices }: DatasetSplit): ArrayLike<number> | undefined {
  return indices && 'data' in indices ? indices.data : indices;
}
