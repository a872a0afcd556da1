/** One worker, of Node or of a browser, behind the same few functions. */
import { OstinatoError, show } from '@ostinato/core';

/** A running worker. */
export interface Thread {
  /** Ends it, wherever it is. */
  terminate(): Promise<void>;
}

interface Events {
  readonly onReady: () => void;
  /** It ended without being told to. */
  readonly onDeath: (reason: string) => void;
}

/** A worker that runs `source`, is sent `start`, and answers with one message when it is ready. */
export function startThread(source: string, start: unknown, events: Events): Thread {
  const node = nodeWorkers();
  return node ? startInNode(node, source, start, events) : startInBrowser(source, start, events);
}

/** Logical processors that this process may use. */
export function processorCount(): number {
  const node = (globalThis as { process?: NodeJS.Process }).process;
  const os = node?.versions?.node ? node.getBuiltinModule('node:os') : undefined;
  return os?.availableParallelism() ?? globalThis.navigator?.hardwareConcurrency ?? 1;
}

/** Why no worker can take part here; undefined when they can. */
export function threadsRefusal(): string | undefined {
  if (typeof SharedArrayBuffer !== 'function')
    return 'there is no SharedArrayBuffer (is the page cross-origin isolated?)';
  if (!nodeWorkers() && typeof Worker !== 'function') return 'there are no workers here';
  try {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 1, 0);
  } catch {
    return "a browser's main thread may not wait for workers: run the model inside a worker";
  }
  return undefined;
}

type NodeWorkers = typeof import('node:worker_threads');

/** Asked for at run time, so that bundlers for browsers find no import of `node:*`. */
function nodeWorkers(): NodeWorkers | undefined {
  const node = (globalThis as { process?: NodeJS.Process }).process;
  return node?.versions?.node ? node.getBuiltinModule?.('node:worker_threads') : undefined;
}

function startInNode({ Worker }: NodeWorkers, source: string, start: unknown, events: Events): Thread {
  let ended = false;
  const worker = new Worker(source, { eval: true, execArgv: [] }); // the program's preloads (--import) are not the workers'
  const die = (reason: string): void => {
    if (!ended) events.onDeath(reason);
    ended = true;
  };
  worker.once('message', events.onReady);
  worker.on('error', (error) => die(show(error instanceof Error ? error.message : error)));
  worker.on('exit', (code) => die(`it ended with exit code ${code}`));
  worker.postMessage(start);
  worker.unref(); // a program that has nothing else to do ends
  return {
    terminate: async () => {
      ended = true;
      await worker.terminate();
    },
  };
}

function startInBrowser(source: string, start: unknown, events: Events): Thread {
  const url = URL.createObjectURL(new Blob([source], { type: 'text/javascript' }));
  const worker = new Worker(url);
  worker.onmessage = () => {
    URL.revokeObjectURL(url);
    events.onReady();
  };
  worker.onerror = (event) =>
    events.onDeath(event.message || 'the page does not allow it (content security policy?)');
  worker.postMessage(start);
  return { terminate: async () => worker.terminate() };
}

/** The number of threads that an option means. Throws `config-threads`. */
export function wantedThreads(threads: unknown): number {
  if (threads === 'auto') return processorCount();
  if (typeof threads === 'number' && Number.isInteger(threads) && threads >= 1 && threads <= MAX_THREADS)
    return threads;
  throw new OstinatoError('config-threads', {
    where: 'createKernels',
    what: '`threads` is not a number of threads',
    expected: `'auto' or a whole number from 1 to ${MAX_THREADS}`,
    received: show(threads),
  });
}

const MAX_THREADS = 256;
