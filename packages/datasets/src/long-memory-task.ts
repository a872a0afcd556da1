/** What the long-memory tasks are asked for, and what they give. */

export interface LongMemoryOptions {
  /** How far back a model must remember: what the literature calls T. Default 200. */
  readonly steps?: number;
  /** Rows to train on. Default 10,000. */
  readonly train?: number;
  /** Rows to test with, drawn from a stream of their own. Default 1000. */
  readonly test?: number;
  /** All rows follow from it, whatever the others are: a longer split begins with the shorter one. Default 1. */
  readonly seed?: number;
}

export const LONG_MEMORY_FIELDS = ['steps', 'train', 'test', 'seed'] as const;

/** A generated task. */
export interface LongMemoryTask<X, Y> {
  readonly train: { readonly x: X; readonly y: Y };
  readonly test: { readonly x: X; readonly y: Y };
  /** The best loss without memory, and who reaches it: a model that is not below it has learnt nothing. */
  readonly baseline: { readonly loss: number; readonly of: string };
}
