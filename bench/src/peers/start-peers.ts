/** Starts the other libraries that a run asks for. */
import { fileURLToPath } from 'node:url';
import { floatingOperations, type Job } from '../jobs/job.js';
import type { MissingPeer, Peer, PeerName } from './peer.js';
import { startPipePeer } from './pipe-peer.js';

export interface PeerSettings {
  readonly threads: number;
  /** A Python with the packages of `peers/requirements.txt`. */
  readonly python: string | undefined;
  /** tfjs-layers is not asked for calls that should take longer. */
  readonly mostMillis: number;
}

/** Operations a millisecond that tfjs-layers computes forward and backward, about, on a machine of 2024. */
const TFJS_RATE = 4e5;

/** Starts a peer, or says why it cannot. */
export async function startPeer(name: PeerName, settings: PeerSettings): Promise<Peer | MissingPeer> {
  if (name === 'tfjs-layers') return startTfjsLayers(settings);
  const { python, threads } = settings;
  if (!python) return { name, missing: 'no --python was given' };
  const script = fileURLToPath(new URL('../../peers/peer.py', import.meta.url));
  return startPipePeer({ name, command: python, args: [script, name, String(threads)] });
}

/** On its wasm backend, which has one thread in Node whatever is asked for. */
function startTfjsLayers({ mostMillis }: PeerSettings): Promise<Peer | MissingPeer> {
  const script = fileURLToPath(new URL('../tfjs-layers-peer.mjs', import.meta.url));
  return startPipePeer({
    name: 'tfjs-layers',
    command: process.execPath,
    args: [script],
    variant: (job) => (job.layer === 'gru' ? { ...job, resetAfter: false } : job), // it has no other
    skip: (job) => tooSlowForTfjs(job, mostMillis),
  });
}

function tooSlowForTfjs(job: Job, mostMillis: number): string | undefined {
  const millis = floatingOperations(job, 'train') / TFJS_RATE;
  return millis <= mostMillis ? undefined : `a call would take more than ${mostMillis / 1000} s`;
}

/** Whether a peer takes part. */
export function isMissing(peer: Peer | MissingPeer): peer is MissingPeer {
  return 'missing' in peer;
}
