/** What keeps a run safe: its record, and checkpoints until it is finished. */
import { readdir, rm } from 'node:fs/promises';
import { backupAndRestore, type Callback, type RestoredCheckpoint } from '@ostinato/training';
import type { TrainOptions } from '../arguments/requests.js';
import type { RunFolder } from '../files/run-folder.js';
import type { SessionRecord, TrainingRecord } from '../files/training-record.js';
import { writeJson } from '../files/write-atomically.js';
import type { Output } from '../output.js';
import { goingOn } from '../progress/going-on.js';
import type { Surroundings } from '../surroundings.js';

export interface RunSafety {
  /** They make checkpoints, and go on from the newest. */
  readonly callbacks: readonly Callback[];
  /** The run has ended; checkpoints are removed unless it can go on. */
  end(how: string, goesOn: boolean): Promise<void>;
  /** The training turned out to be impossible: a new run without a checkpoint leaves nothing behind. */
  withdraw(): Promise<void>;
}

/** Writes the record with a session that begins now. */
export async function keepSafe(
  record: TrainingRecord,
  surroundings: Surroundings,
  { checkpointEvery }: TrainOptions,
  folder: RunFolder,
  output: Output,
): Promise<RunSafety> {
  const session: SessionRecord = {
    started: new Date().toISOString(),
    ended: null,
    how: null,
    ...surroundings,
  };
  const write = (present: SessionRecord): Promise<void> =>
    writeJson(folder.file('training'), { ...record, sessions: [...record.sessions, present] });
  await write(session);
  return {
    callbacks: [
      goingOn(output),
      backupAndRestore({
        path: folder.checkpoints,
        saveFreq: checkpointEvery?.batches ?? 'epoch',
        saveSeconds: checkpointEvery?.seconds,
        deleteCheckpoint: false, // the test is still to come
        onRestore: (restored) => tellDamage(restored, output),
      }),
    ],
    async withdraw() {
      const made = await readdir(folder.checkpoints).catch(() => []);
      if (record.sessions.length > 0 || made.length > 0) return;
      await rm(folder.file('training'), { force: true });
      await rm(folder.checkpoints, { recursive: true, force: true });
    },
    async end(how, goesOn) {
      await write({ ...session, ended: new Date().toISOString(), how });
      if (!goesOn) await rm(folder.checkpoints, { recursive: true, force: true });
    },
  };
}

function tellDamage({ key, damaged }: RestoredCheckpoint, output: Output): void {
  for (const { error } of damaged) output.warn(error.message);
  if (damaged.length > 0) output.warn(`Going on from ${key}, which is whole.`);
}
