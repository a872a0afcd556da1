/** A peer in a process of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import {
  ANSWER_NAMES,
  type AnswerName,
  type Answers,
  answerShapes,
  type Job,
  type Mode,
} from '../jobs/job.js';
import { readNpyFile } from '../jobs/npy-file.js';
import type { Failure, Greeting, PreparedAnswer, Request, TimedAnswer } from './messages.js';
import type { Budget, MissingPeer, Peer, Prepared, Timing } from './peer.js';

/** How to start a peer, and what it does differently. */
export interface PipeOptions {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly variant?: (job: Job) => Job;
  readonly skip?: (job: Job) => string | undefined;
}

const KEPT_ERROR_TEXT = 2000;

/** Starts the process and waits for its greeting. */
export async function startPipePeer(options: PipeOptions): Promise<Peer | MissingPeer> {
  const pipe = new Pipe(options);
  try {
    const greeting = (await pipe.read()) as Greeting;
    if ('versions' in greeting) return new PipePeer(options, pipe, greeting.versions);
    await pipe.close();
    return { name: options.name, missing: greeting.missing };
  } catch (error) {
    return { name: options.name, missing: error instanceof Error ? error.message : String(error) };
  }
}

class PipePeer implements Peer {
  readonly name: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly #options: PipeOptions;
  readonly #pipe: Pipe;

  constructor(options: PipeOptions, pipe: Pipe, versions: Readonly<Record<string, string>>) {
    this.name = options.name;
    this.versions = versions;
    this.#options = options;
    this.#pipe = pipe;
  }

  variant(job: Job): Job {
    return this.#options.variant?.(job) ?? job;
  }

  skip(job: Job): string | undefined {
    return this.#options.skip?.(job);
  }

  async prepare(job: Job, folder: string): Promise<Prepared> {
    const answersFolder = join(folder, 'answers');
    await rm(answersFolder, { recursive: true, force: true }); // no answers of the peer before
    await mkdir(answersFolder);
    const { firstCallMillis } = await this.#pipe.ask<PreparedAnswer>({ do: 'prepare', folder, job });
    const shapes = answerShapes(job);
    const entries = ANSWER_NAMES.map(
      async (name): Promise<[AnswerName, Float32Array]> => [
        name,
        await readNpyFile(join(answersFolder, `${name}.npy`), shapes[name]),
      ],
    );
    return { firstCallMillis, answers: Object.fromEntries(await Promise.all(entries)) as Answers };
  }

  async time(mode: Mode, budget: Budget): Promise<Timing> {
    const { millis, cpuMillis, wallMillis } = await this.#pipe.ask<TimedAnswer>({
      do: 'time',
      mode,
      ...budget,
    });
    return { millis, cores: cpuMillis / wallMillis };
  }

  close(): Promise<void> {
    return this.#pipe.close();
  }
}

/** Lines of JSON to and from a child process. */
class Pipe {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  #errorText = '';
  #spawnError: Error | undefined;

  constructor({ command, args }: PipeOptions) {
    this.#child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    this.#child.on('error', (error) => {
      this.#spawnError = error;
    });
    this.#child.stdin!.on('error', () => {}); // the end of its output tells more
    this.#child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.#errorText = (this.#errorText + text).slice(-KEPT_ERROR_TEXT);
    });
    this.#lines = createInterface({ input: this.#child.stdout! })[Symbol.asyncIterator]();
  }

  async ask<Answer>(request: Request): Promise<Answer> {
    this.#child.stdin!.write(`${JSON.stringify(request)}\n`);
    const answer = (await this.read()) as Answer | Failure;
    if (answer && typeof answer === 'object' && 'error' in answer) throw new Error(answer.error);
    return answer as Answer;
  }

  /** The next object. Throws Error with the last words of a process that has ended. */
  async read(): Promise<unknown> {
    const { done, value } = await this.#lines.next();
    if (!done) return JSON.parse(value);
    if (this.#spawnError) throw this.#spawnError;
    const lastLine = this.#errorText.trim().split('\n').at(-1);
    throw new Error(lastLine ? `its process ended: ${lastLine}` : 'its process ended');
  }

  async close(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null || this.#spawnError) return;
    const ended = once(this.#child, 'exit');
    this.#child.stdin!.end();
    await ended;
  }
}
