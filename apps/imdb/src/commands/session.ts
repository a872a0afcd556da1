/** What `train` and `compare` have in common: a folder for results, an engine, and Ctrl-C. */
import { isOstinatoError } from '@ostinato/core';
import type { ProgressBar } from '@ostinato/training';
import type { TrainingOptions } from '../arguments/requests.js';
import { type Engine, withEngine } from '../engine.js';
import { claimRunFolder, type RunFolder } from '../files/run-folder.js';
import { checkWritable } from '../files/write-atomically.js';
import { type Interrupt, Interrupted, listenForInterrupt } from '../interrupt.js';
import type { Output } from '../output.js';
import { trainingProgress } from '../progress/training-progress.js';
import type { Work } from '../progress/work.js';

export interface Session {
  readonly output: Output;
  readonly folder: RunFolder;
  readonly engine: Engine;
  readonly interrupt: Interrupt;
  /** Shows a training that begins now; from here on there is something to save. */
  follow(work: Work): ProgressBar;
}

/**
 * Claims the folder `runs/<place>` or the one that was named, or takes the one that is given; starts the engine, and
 * listens for Ctrl-C. Returns what `use` returns, or 130 when Ctrl-C came before the first training.
 *
 * Throws   `out-…`, `run-busy`, `file-unwritable`, what `use` throws; a folder in which nothing was kept is taken back
 */
export async function withSession(
  options: TrainingOptions,
  place: string | RunFolder,
  output: Output,
  use: (session: Session) => Promise<number>,
): Promise<number> {
  const folder = typeof place === 'string' ? await claimRunFolder(options.out, place) : place;
  let progress: ProgressBar | undefined;
  const follow = (work: Work): ProgressBar => {
    progress = trainingProgress(output, work);
    return progress;
  };
  const interrupt = listenForInterrupt(() => {
    progress?.stop();
    const next = progress ? 'Finishing this batch, then saving' : 'Stopping';
    output.warn(`\n${next}. Ctrl-C again ends at once.`);
  });
  try {
    if (options.json !== undefined) await checkWritable(options.json);
    return await withEngine(options, output, (engine) => use({ output, folder, engine, interrupt, follow }));
  } catch (error) {
    if (interrupt.exitCode === undefined || !isInterruption(error)) throw error;
    output.warn('Interrupted before training began: there is nothing to save.');
    return interrupt.exitCode;
  } finally {
    interrupt.dispose();
    await folder.leave();
  }
}

function isInterruption(error: unknown): boolean {
  return error instanceof Interrupted || isOstinatoError(error, 'aborted');
}
