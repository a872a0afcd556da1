/** `bench targets`: what is measured for them. */
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { measureCeiling } from '../ceiling.js';
import { measureOverhead, type OverheadFigures } from '../fit-overhead.js';
import { LAYER_KINDS } from '../jobs/job.js';
import { jobsOf } from '../jobs/size-table.js';
import { type LoadFigures, measureLoad } from '../load-imdb.js';
import { measureUpdates, type UpdateFigures } from '../optimizer-update.js';
import { OurPeer } from '../peers/our-peer.js';
import type { Peer } from '../peers/peer.js';
import { isMissing, startPeer } from '../peers/start-peers.js';
import { measureJob, type Rounds } from '../table/measure-job.js';
import type { Row } from '../table/row.js';
import { measureTrainingStep, type StepFigures } from '../training-step.js';

/** The seed-size job of every layer, and one in which the products outweigh the rest. */
const SIZES = [
  [64, 500, 32],
  [64, 500, 128],
] as const;

const ROUNDS: Rounds = { rounds: 6, budget: { millis: 400, most: 40 }, slowMillis: 6000 };

/** Rows of this name are ours with two threads. */
export const TWO_THREADS = 'ours, two threads';

export interface TargetFigures {
  /** GFLOP/s of one thread: the highest of many readings. */
  readonly ceiling: number;
  readonly rows: readonly Row[];
  /** With one thread, and with two where there are two processors. */
  readonly steps: readonly StepFigures[];
  /** The same threads: what `fit` with callbacks costs over its kernels. */
  readonly overheads: readonly OverheadFigures[];
  /** One update of all weights of the IMDB program, one thread. */
  readonly updates?: readonly UpdateFigures[];
  readonly load?: LoadFigures | undefined;
  /** Why tfjs-layers has no rows. */
  readonly withoutPeer?: string | undefined;
}

/** Needs the wasm backend. `data`: the IMDB file to time the loader on. */
export async function runTargets(options: {
  readonly data: string | undefined;
  readonly withPeer: boolean;
}): Promise<TargetFigures> {
  const ours = await OurPeer.start(1);
  const others: Peer[] = availableParallelism() > 1 ? [await OurPeer.start(2, TWO_THREADS)] : [];
  const peer = options.withPeer
    ? await startPeer('tfjs-layers', { threads: 1, python: undefined, mostMillis: ROUNDS.slowMillis })
    : { name: 'tfjs-layers', missing: '--no-peer' };
  if (!isMissing(peer)) others.push(peer);
  const [rows, ceilings]: [Row[], number[]] = [[], [await measureCeiling()]];
  try {
    for (const job of jobsOf(LAYER_KINDS, SIZES, false)) {
      rows.push(...(await measureJob(job, ours, others, ROUNDS)));
      ceilings.push(await measureCeiling());
    }
  } finally {
    await Promise.all([ours, ...others].map((one) => one.close()));
  }
  const [steps, overheads]: [StepFigures[], OverheadFigures[]] = [[], []];
  for (const threads of availableParallelism() > 1 ? [1, 2] : [1]) {
    steps.push(await measureTrainingStep(60, threads));
    overheads.push(await measureOverhead({ batches: 313, rounds: 3, threads }));
  }
  const updates = await measureUpdates(60);
  ceilings.push(await measureCeiling());
  const { data } = options;
  const load = data && existsSync(data) ? await measureLoad(data) : undefined;
  const withoutPeer = isMissing(peer) ? peer.missing : undefined;
  return { ceiling: Math.max(...ceilings), rows, steps, overheads, updates, load, withoutPeer };
}
