/** One job on every peer: answers first, then times in rounds, so that a change of the machine's pace meets all alike. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Answers, type InputName, inputShapes, type Job, MODES, type Mode } from '../jobs/job.js';
import { jobValues } from '../jobs/job-values.js';
import { writeNpyFile } from '../jobs/npy-file.js';
import { agrees, type Difference, largestDifference, TOLERANCE } from '../peers/compare-answers.js';
import type { OurPeer } from '../peers/our-peer.js';
import type { Budget, Peer, Prepared, Timing } from '../peers/peer.js';
import { type Row, timedRow, type UntimedRow } from './row.js';

/** How long to measure. */
export interface Rounds {
  readonly rounds: number;
  /** One peer's calls of one mode in one round. */
  readonly budget: Budget;
  /** A peer whose calls of one mode have taken this long sits out the rounds left, once it has had two. */
  readonly slowMillis: number;
}

/** Threads that wait for work actively go to sleep meanwhile. */
const PAUSE_MILLIS = 10;

type Absence = Pick<UntimedRow, 'untimed' | 'trouble'>;

/** Our answers to a job, remembered until another is asked for. */
type Answering = (job: Job) => Promise<Prepared>;

/** A peer that answered as we do, and what it will be asked. */
interface Contender {
  readonly peer: Peer;
  readonly prepared: Prepared;
  readonly difference?: number;
  readonly timings: Readonly<Record<Mode, Timing[]>>;
  /** Why its times ended early. */
  failure?: Absence;
}

/** The rows of all peers for a job, ours first. */
export async function measureJob(
  job: Job,
  ours: OurPeer,
  others: readonly Peer[],
  rounds: Rounds,
): Promise<Row[]> {
  const answer = rememberLast((variant: Job) => ours.prepare(variant));
  const without = await whyWithout(job, ours, answer);
  if (without) {
    const rest: Absence = { untimed: 'ours gave no answers to compare', trouble: false };
    return [...absentRows(job, ours, without), ...others.flatMap((peer) => absentRows(job, peer, rest))];
  }
  const contenders: Contender[] = [];
  const absent: Row[] = [];
  for (const peer of others) {
    const outcome = await compare(job, answer, peer);
    if ('untimed' in outcome) absent.push(...absentRows(job, peer, outcome));
    else contenders.push(outcome);
  }
  contenders.unshift({ peer: ours, prepared: await answer(job), timings: noTimings() });
  await runRounds(contenders, rounds);
  const timed = contenders.flatMap((contender) =>
    contender.failure ? absentRows(job, contender.peer, contender.failure) : rowsOf(job, contender),
  );
  return [...timed, ...absent];
}

function absentRows(job: Job, peer: Peer, absence: Absence): Row[] {
  return MODES.map((mode) => ({ job, mode, peer: peer.name, ...absence }));
}

/** Why we have no answers ourselves; undefined when we have. */
async function whyWithout(job: Job, ours: OurPeer, answer: Answering): Promise<Absence | undefined> {
  const skipped = ours.skip(job);
  if (skipped) return { untimed: skipped, trouble: false };
  try {
    await answer(job);
    return undefined;
  } catch (error) {
    return failureOf(error);
  }
}

/** `make`, asked anew only for another argument than the last. */
function rememberLast<Key, Value>(make: (key: Key) => Promise<Value>): (key: Key) => Promise<Value> {
  let last: { readonly key: Key; readonly value: Promise<Value> } | undefined;
  return (key) => {
    if (last?.key !== key) last = { key, value: make(key) };
    return last.value;
  };
}

/** A contender, or why there is none. */
async function compare(job: Job, answer: Answering, peer: Peer): Promise<Contender | Absence> {
  const variant = peer.variant(job);
  const skipped = peer.skip(variant);
  if (skipped) return { untimed: skipped, trouble: false };
  const folder = await mkdtemp(join(tmpdir(), 'ostinato-bench-'));
  try {
    await writeInputs(variant, folder);
    const prepared = await peer.prepare(variant, folder);
    const difference = largestDifference((await answer(variant)).answers, prepared.answers);
    if (!agrees(difference)) return disagreement(difference);
    const { firstCallMillis, remark } = prepared;
    const kept = { firstCallMillis, remark, answers: {} as Answers }; // large, and no longer needed
    return { peer, prepared: kept, difference: difference.worst, timings: noTimings() };
  } catch (error) {
    return failureOf(error);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function disagreement({ answer, worst }: Difference): Absence {
  const untimed = `disagrees: ${answer} by ${worst.toExponential(1)} of its largest value (allowed ${TOLERANCE})`;
  return { untimed, trouble: true };
}

async function writeInputs(job: Job, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [name, shape] of Object.entries(inputShapes(job))) {
    await writeNpyFile(join(folder, `${name}.npy`), jobValues(job, name as InputName), shape);
  }
}

/** The first round warms up and does not count; a peer whose first call was slow is warm. */
async function runRounds(contenders: readonly Contender[], rounds: Rounds): Promise<void> {
  for (let round = 0; round <= rounds.rounds; round++) {
    for (const contender of contenders) {
      if (contender.failure || (round === 0 && isSlow(contender, rounds))) continue;
      try {
        await runRound(contender, rounds, round > 0);
      } catch (error) {
        contender.failure = failureOf(error);
      }
    }
  }
}

async function runRound({ peer, timings }: Contender, rounds: Rounds, counts: boolean): Promise<void> {
  for (const mode of MODES) {
    if (timings[mode].length >= 2 && totalMillis(timings[mode]) > rounds.slowMillis) continue;
    await sleep(PAUSE_MILLIS);
    const timing = await peer.time(mode, rounds.budget);
    if (counts) timings[mode].push(timing);
  }
}

function isSlow({ prepared }: Contender, { slowMillis }: Rounds): boolean {
  return Object.values(prepared.firstCallMillis).some((millis) => millis > slowMillis);
}

function failureOf(error: unknown): Absence {
  return { untimed: `failed: ${error instanceof Error ? error.message : String(error)}`, trouble: true };
}

function rowsOf(job: Job, { peer, prepared, difference, timings }: Contender): Row[] {
  return MODES.map((mode) => {
    const runs = timings[mode].flatMap(({ millis }) => millis);
    return timedRow({ job, mode, peer: peer.name }, runs, {
      firstCallMillis: prepared.firstCallMillis[mode],
      cores: Math.max(...timings[mode].map(({ cores }) => cores)),
      difference,
      remark: prepared.remark,
    });
  });
}

function totalMillis(timings: readonly Timing[]): number {
  return timings.flatMap(({ millis }) => millis).reduce((sum, millis) => sum + millis, 0);
}

function noTimings(): Record<Mode, Timing[]> {
  return { forward: [], train: [] };
}
