/** `bench table`: every size and layer, ours beside the other libraries. */
import { measureCeiling } from '../ceiling.js';
import { type Job, jobName } from '../jobs/job.js';
import { jobsOf } from '../jobs/size-table.js';
import { median } from '../measure.js';
import type { TableRequest } from '../options.js';
import { OurPeer } from '../peers/our-peer.js';
import type { MissingPeer, Peer } from '../peers/peer.js';
import { isMissing, startPeer } from '../peers/start-peers.js';
import { measureJob, type Rounds } from './measure-job.js';
import { isTimed, type Row } from './row.js';
import { showMillis } from './show-numbers.js';

const FULL: Rounds = { rounds: 5, budget: { millis: 50, most: 200 }, slowMillis: 8000 };
const QUICK: Rounds = { rounds: 3, budget: { millis: 30, most: 100 }, slowMillis: 1500 };

/** What a run found. */
export interface TableFigures {
  readonly threads: number;
  /** Of one thread, in GFLOP/s: the highest reading, and the middle one. One reading before each job. */
  readonly ceiling: { readonly highest: number; readonly median: number };
  readonly versions: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly missing: readonly MissingPeer[];
  readonly rows: readonly Row[];
}

/** Measures job after job. `onProgress` gets the figures so far after each, so that an interrupted run is not lost. */
export async function runTable(
  request: TableRequest,
  onProgress: (figures: TableFigures) => Promise<void>,
): Promise<TableFigures> {
  const rounds = request.quick ? QUICK : FULL;
  const { peers, missing } = await startPeers(request, rounds.slowMillis);
  const versions = Object.fromEntries(peers.map((peer) => [peer.name, peer.versions]));
  const ours = await OurPeer.start(request.threads);
  const jobs = jobsOf(request.layers, request.sizes, request.sequences);
  const [rows, readings]: [Row[], number[]] = [[], []];
  const figures = (): TableFigures => {
    const ceiling = { highest: Math.max(...readings), median: median(readings) };
    return { threads: request.threads, ceiling, versions, missing, rows };
  };
  try {
    for (const [i, job] of jobs.entries()) {
      readings.push(await measureCeiling());
      const start = performance.now();
      const found = await measureJob(job, ours, peers, rounds);
      rows.push(...found);
      console.log(progressLine(job, found, `${i + 1}/${jobs.length}`, performance.now() - start));
      await onProgress(figures());
    }
  } finally {
    await Promise.all([ours, ...peers].map((peer) => peer.close()));
  }
  return figures();
}

/** The peers that take part; says which do not, and why. */
async function startPeers(
  { peers: names, python, threads }: TableRequest,
  mostMillis: number,
): Promise<{ peers: Peer[]; missing: MissingPeer[] }> {
  const settings = { python, threads, mostMillis };
  const started = await Promise.all(names.map((name) => startPeer(name, settings)));
  const [peers, missing]: [Peer[], MissingPeer[]] = [[], []];
  for (const peer of started) {
    if (isMissing(peer)) missing.push(peer);
    else peers.push(peer);
  }
  for (const { name, missing: why } of missing) console.log(`Without ${name}: ${why}`);
  for (const { name, versions } of peers) {
    console.log(
      `With ${name}: ${Object.entries(versions)
        .map((pair) => pair.join(' '))
        .join(', ')}`,
    );
  }
  return { peers, missing };
}

/** `3/12  LSTM B=1 T=50 H=32   ours 0.2 ms, 0.6 ms   4 s`. Says at once what has no time and was not skipped. */
function progressLine(job: Job, rows: readonly Row[], count: string, millis: number): string {
  const ours = rows
    .filter((row) => row.peer === 'ours')
    .map((row) => (isTimed(row) ? showMillis(row.fastestMillis) : '–'));
  const troubles = rows.flatMap((row) =>
    !isTimed(row) && row.mode === 'train' && row.trouble ? `\n    ${row.peer} ${row.untimed}` : [],
  );
  return `${count.padStart(6)}  ${jobName(job).padEnd(28)} ours ${ours.join(', ')}   ${(millis / 1000).toFixed(0)} s${troubles.join('')}`;
}
