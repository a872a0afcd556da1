/** Starts the other libraries that a run asks for. */
import { fileURLToPath } from 'node:url';
import { floatingOperations, type Job } from '../jobs/job.js';
import type { MissingPeer, Peer, PeerName } from './peer.js';
import { startPipePeer } from './pipe-peer.js';

export interface PeerSettings {
  readonly threads: number;
  /** A Python with the packages of `peers/requirements.txt`. */
  readonly python: string | undefined;
}

/** tfjs-layers computes about 0.4 GFLOP/s forward and backward: beyond this a call takes more than about six seconds. */
const MOST_OPERATIONS_TFJS = 2e9;

/** Starts a peer, or says why it cannot. */
export async function startPeer(name: PeerName, settings: PeerSettings): Promise<Peer | MissingPeer> {
  if (name === 'tfjs-layers') return startTfjsLayers();
  const { python, threads } = settings;
  if (!python) return { name, missing: 'no --python was given' };
  const script = fileURLToPath(new URL('../../peers/peer.py', import.meta.url));
  return startPipePeer({ name, command: python, args: [script, name, String(threads)] });
}

/** On its wasm backend, which has one thread in Node whatever is asked for. */
function startTfjsLayers(): Promise<Peer | MissingPeer> {
  const script = fileURLToPath(new URL('../tfjs-layers-peer.mjs', import.meta.url));
  return startPipePeer({
    name: 'tfjs-layers',
    command: process.execPath,
    args: [script],
    variant: (job) => (job.layer === 'gru' ? { ...job, resetAfter: false } : job), // it has no other
    skip: tooSlowForTfjs,
  });
}

function tooSlowForTfjs(job: Job): string | undefined {
  return floatingOperations(job, 'train') <= MOST_OPERATIONS_TFJS
    ? undefined
    : 'takes more than six seconds a call';
}

/** Whether a peer takes part. */
export function isMissing(peer: Peer | MissingPeer): peer is MissingPeer {
  return 'missing' in peer;
}
