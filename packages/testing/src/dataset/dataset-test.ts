/** What a test of a data set is given, and what it says. */

/** The checks, in the order in which they run. */
export const DATASET_CHECKS = ['form', 'dtypes', 'ids', 'labels', 'splits', 'determinism'] as const;

export type DatasetCheck = (typeof DATASET_CHECKS)[number];

/** Numbers in row order, rectangular or (with `offsets`) in rows of unequal length. */
export type DatasetArray =
  | { readonly data: ArrayLike<number>; readonly shape: readonly number[] }
  | { readonly data: ArrayLike<number>; readonly offsets: ArrayLike<number> };

/** A part of a data set, such as its train split. */
export interface DatasetSplit {
  readonly x: DatasetArray;
  readonly y: DatasetArray;
  /** Rows of the source that these samples are, in order; what shuffling and splitting left of it. */
  readonly indices?: ArrayLike<number> | { readonly data: ArrayLike<number> };
}

export interface DatasetTest {
  /** Names of the splits. Default: every field that has an `x` and a `y`. */
  readonly splits?: readonly string[];
  /** x without its rows, e.g. [500]; not for rows of unequal length. */
  readonly sampleShape?: readonly number[];
  readonly xDtype?: 'float32' | 'int32';
  readonly yDtype?: 'float32' | 'int32';
  /** x holds ids: every one lies in [0, limit). */
  readonly ids?: { readonly limit: number };
  /** What y may hold; every one of a list must occur in every split. */
  readonly labels?: readonly number[] | { readonly low: number; readonly high: number };
  /** Whether `indices` of the splits count the rows of one source, so that none may be in two. Default true. */
  readonly oneSource?: boolean;
  /** Another seed must give another order (or other samples). Default true. */
  readonly seeded?: boolean;
  /** Default [1, 2]. */
  readonly seeds?: readonly [number, number];
  /** Checks that do not apply, each with the reason. */
  readonly skip?: Partial<Readonly<Record<DatasetCheck, string>>>;
}

/** What was checked. */
export interface DatasetTestReport {
  readonly checked: readonly DatasetCheck[];
  /** What was not, and why. */
  readonly skipped: readonly { readonly check: DatasetCheck; readonly reason: string }[];
}
