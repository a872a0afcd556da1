/** Whoever computes a job and is timed on it: this repository's layers, or another library in a process of its own. */
import type { Answers, Job, Mode } from '../jobs/job.js';

export const PEER_NAMES = ['tfjs-layers', 'keras-tensorflow', 'keras-jax', 'keras-torch', 'torch'] as const;
export type PeerName = (typeof PEER_NAMES)[number];

/** A job made ready. */
export interface Prepared {
  /** The first call of each mode: what compiling takes, where there is any. */
  readonly firstCallMillis: Readonly<Record<Mode, number>>;
  readonly answers: Answers;
  /** Why this is not the fast path; undefined when it is, or when there is but one. */
  readonly remark?: string | undefined;
}

/** How long to repeat a call. At least one call is made, however long it takes. */
export interface Budget {
  readonly millis: number;
  readonly most: number;
}

/** What calls took. */
export interface Timing {
  readonly millis: readonly number[];
  /** Processor time of the peer's whole process over its wall time: how many cores it used. */
  readonly cores: number;
}

export interface Peer {
  readonly name: string;
  readonly versions: Readonly<Record<string, string>>;
  /** The job that this peer can compute in the place of `job`: GRU's other variant, for one. */
  variant(job: Job): Job;
  /** Why this peer is not asked for that job; undefined when it is. */
  skip(job: Job): string | undefined;
  /** Computes every answer. `folder` holds the inputs as .npy files; the peer may write there. */
  prepare(job: Job, folder: string): Promise<Prepared>;
  /** Repeats a call of the job that was prepared last. */
  time(mode: Mode, budget: Budget): Promise<Timing>;
  close(): Promise<void>;
}

/** A peer that cannot take part, and why. */
export interface MissingPeer {
  readonly name: string;
  readonly missing: string;
}
