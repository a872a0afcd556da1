import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { useBackend } from '@ostinato/backend';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Answers, Job, Mode } from '../jobs/job.js';
import { OurPeer } from '../peers/our-peer.js';
import type { Budget, Peer, Prepared, Timing } from '../peers/peer.js';
import { measureJob, type Rounds } from './measure-job.js';
import { isTimed, type Row } from './row.js';

const job: Job = {
  layer: 'gru',
  batch: 2,
  steps: 5,
  inputSize: 4,
  units: 3,
  sequences: false,
  resetAfter: true,
};
const rounds: Rounds = { rounds: 3, budget: { millis: 1, most: 2 }, slowMillis: 1000 };

let ours: OurPeer;
let helper: OurPeer;
beforeAll(async () => {
  await useBackend('wasm', { silent: true });
  ours = await OurPeer.start(1);
  helper = await OurPeer.start(1, 'helper');
});
afterAll(() => Promise.all([ours.close(), helper.close()]));

/** A peer that computes as we do, unless something is changed, and whose calls take what they are told. */
class FakePeer implements Peer {
  readonly name = 'fake';
  readonly versions = {};
  readonly asked: string[] = [];

  constructor(
    readonly change: Partial<Peer> & {
      readonly spoil?: (answers: Answers) => void;
      readonly millis?: number;
    } = {},
  ) {}

  variant(job: Job): Job {
    return this.change.variant?.(job) ?? job;
  }

  skip(job: Job): string | undefined {
    return this.change.skip?.(job);
  }

  async prepare(job: Job, folder: string): Promise<Prepared> {
    if (!existsSync(join(folder, 'recurrent-kernel.npy'))) throw new Error('no inputs');
    const prepared = await helper.prepare(job);
    this.change.spoil?.(prepared.answers);
    return prepared;
  }

  async time(mode: Mode, budget: Budget): Promise<Timing> {
    this.asked.push(mode);
    const { millis = 4 } = this.change;
    return this.change.time?.(mode, budget) ?? { millis: [millis + this.asked.length], cores: 1 };
  }

  async close(): Promise<void> {}
}

const rowsOf = async (peer: FakePeer, wanted = job): Promise<Row[]> =>
  (await measureJob(wanted, ours, [peer], rounds)).filter(({ peer: name }) => name === 'fake');

it('times both modes in rounds, the first of which does not count', async () => {
  const peer = new FakePeer();
  const [forward, train] = await rowsOf(peer);
  expect(peer.asked).toEqual(Array.from({ length: 4 }, () => ['forward', 'train']).flat());
  expect(forward).toMatchObject({
    mode: 'forward',
    runs: 3,
    fastestMillis: 7,
    medianMillis: 9,
    difference: 0,
  });
  expect(train).toMatchObject({ mode: 'train', runs: 3, fastestMillis: 8, medianMillis: 10 });
});

it('has our rows first', async () => {
  const rows = await measureJob(job, ours, [new FakePeer()], rounds);
  expect(rows.map(({ peer, mode }) => [peer, mode])).toEqual([
    ['ours', 'forward'],
    ['ours', 'train'],
    ['fake', 'forward'],
    ['fake', 'train'],
  ]);
  expect(rows.every(isTimed)).toBe(true);
});

it.each(['output', 'd-x', 'd-bias'] as const)('times nobody whose %s differs', async (name) => {
  const peer = new FakePeer({
    spoil: (answers) => {
      answers[name][1]! *= 1.01;
      answers[name][1]! += 0.01;
    },
  });
  const rows = await rowsOf(peer);
  expect(peer.asked).toEqual([]);
  expect(rows.map((row) => (isTimed(row) ? '' : row.untimed))).toEqual([
    expect.stringMatching(new RegExp(`^disagrees: ${name} by .* \\(allowed 0.00002\\)$`)),
    expect.stringContaining('disagrees'),
  ]);
});

it("compares a variant with our variant: GRU's other reset gate", async () => {
  const before = (job: Job): Job => ({ ...job, resetAfter: false });
  const [row] = await rowsOf(new FakePeer({ variant: before }));
  expect(row).toMatchObject({ difference: 0, runs: 3 });
  expect(row!.job.resetAfter).toBe(true);
});

it('lets a slow peer sit out after two rounds', async () => {
  const peer = new FakePeer({ millis: 600 });
  const [forward] = await rowsOf(peer);
  expect(forward).toMatchObject({ runs: 2 });
});

it('keeps the reason of a peer that skips, cannot, or stops in the middle', async () => {
  const reasons = async (peer: FakePeer): Promise<string[]> =>
    (await rowsOf(peer)).map((row) => (isTimed(row) ? 'timed' : row.untimed));
  expect(await reasons(new FakePeer({ skip: () => 'takes too long' }))).toEqual([
    'takes too long',
    'takes too long',
  ]);
  const fails = new FakePeer({
    spoil: () => {
      throw new Error('out of memory');
    },
  });
  expect(await reasons(fails)).toEqual(['failed: out of memory', 'failed: out of memory']);
  const stops = new FakePeer({
    time: async () => {
      throw new Error('its process ended');
    },
  });
  expect(await reasons(stops)).toEqual(['failed: its process ended', 'failed: its process ended']);
});
