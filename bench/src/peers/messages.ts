/** What is said over the pipe to a peer's process: JSON, one object a line. */
import type { Job, Mode } from '../jobs/job.js';
import type { Budget } from './peer.js';

export type Request =
  | { readonly do: 'prepare'; readonly folder: string; readonly job: Job }
  | ({ readonly do: 'time'; readonly mode: Mode } & Budget);

/** The first line of a peer. */
export type Greeting = { readonly versions: Readonly<Record<string, string>> } | { readonly missing: string };

/** `prepare` has also written `answers/NAME.npy` into the folder. */
export interface PreparedAnswer {
  readonly firstCallMillis: Readonly<Record<Mode, number>>;
}

export interface TimedAnswer {
  readonly millis: readonly number[];
  readonly cpuMillis: number;
  readonly wallMillis: number;
}

export interface Failure {
  readonly error: string;
}
