// The series of checkpoints, and the callback that keeps it.
import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { useBackend } from '@ostinato/backend';
import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { Callback } from '../callbacks.js';
import type { History } from '../history.js';
import type { Sequential } from '../sequential.js';
import { memoryStorage } from '../storage/memory-storage.js';
import type { Storage } from '../storage/storage.js';
import { compiledWordModel, STEPS, wordTask } from '../test-support/tasks.js';
import {
  type BackupAndRestoreOptions,
  backupAndRestore,
  type RestoredCheckpoint,
} from './backup-and-restore.js';

const task = wordTask(40);
const makeModel = (): Sequential => compiledWordModel({ inputShape: [STEPS] });
const key = (n: number): string => `checkpoint-0000000${n}.safetensors`;
let storage: Storage;
let undisturbed: string;

beforeAll(async () => {
  await useBackend('cpu');
  const model = makeModel();
  await model.fit(task.x, task.y, { epochs: 3, batchSize: 8 });
  undisturbed = await model.weightsSha256();
});
beforeEach(() => {
  storage = memoryStorage();
});
afterEach(() => vi.restoreAllMocks());

function fit(
  model: Sequential,
  options: BackupAndRestoreOptions = { storage },
  ...more: Callback[]
): Promise<History> {
  const callbacks = [backupAndRestore(options), ...more];
  return model.fit(task.x, task.y, { epochs: 3, batchSize: 8, callbacks });
}

/** Ends the process, as far as the training can tell. */
const killed = (epoch: number, batch: number): Callback => ({
  onBatchBegin: (at, { run }) => {
    if (run?.epoch === epoch && at === batch) throw new Error('killed');
  },
});

async function interrupt(epoch = 2, batch = 1, options?: BackupAndRestoreOptions): Promise<void> {
  await expect(fit(makeModel(), options, killed(epoch, batch))).rejects.toThrow('killed');
}

/** Changes one bit of a checkpoint, or cuts it off. */
async function damage(name: string, how: 'bit' | 'cut'): Promise<void> {
  const bytes = (await storage.read(name))!;
  if (how === 'bit') bytes[bytes.length - 3]! ^= 4;
  await storage.write(name, how === 'cut' ? bytes.subarray(0, 1000) : bytes);
}

test('a training that was killed goes on, and removes its checkpoints when it is finished', async () => {
  await interrupt();
  expect(await storage.list()).toEqual([key(1), key(2)]);
  const restored: RestoredCheckpoint[] = [];
  const model = makeModel();
  const history = await fit(model, { storage, onRestore: (found) => restored.push(found) });
  expect(restored).toEqual([{ key: key(2), damaged: [] }]);
  expect(history.epochs.map(({ epoch }) => epoch)).toEqual([1, 2, 3]);
  expect(await model.weightsSha256()).toBe(undisturbed);
  expect(await storage.list()).toEqual([]);
});

test('it saves every so many batches, keeps so many, and removes none in the end if it is told so', async () => {
  const options = { storage, saveFreq: 2, keep: 3, deleteCheckpoint: false };
  await interrupt(1, 3, options); // after batches 2, 4 and the epoch, then 2
  expect(await storage.list()).toEqual([key(2), key(3), key(4)]);
  const model = makeModel();
  await fit(model, options);
  expect(await model.weightsSha256()).toBe(undisturbed);
  expect((await storage.list()).length).toBe(3);
  const again = makeModel();
  const history = await fit(again, options); // nothing is left to do
  expect([history.epochs.length, await again.weightsSha256()]).toEqual([3, undisturbed]);
});

test('it saves after so many seconds', async () => {
  await interrupt(0, 2, { storage, saveSeconds: 1e-9 });
  expect(await storage.list()).toEqual([key(1), key(2)]);
});

test('a training that was stopped goes on within its epoch, also when a callback ends it in its own way', async () => {
  const stop: Callback = {
    onBatchEnd: (batch, _, model) => (model.run?.epoch === 1 && batch === 2 ? model.stop() : undefined),
    onTrainEnd: async (_, model) => {
      const weights = await model.getWeights();
      for (const { data } of weights) data.fill(0);
      vi.spyOn(model, 'getWeights').mockResolvedValue(weights);
      model.params.forEach(({ tensor }) => {
        tensor.dataSync().fill(0);
      });
    },
  };
  await fit(makeModel(), { storage }, stop);
  const model = makeModel();
  await fit(model);
  expect(await model.weightsSha256()).toBe(undisturbed);
});

test.each(['bit', 'cut'] as const)(
  'a newest one that is damaged (%s): the one before, and a warning',
  async (how) => {
    await interrupt();
    await damage(key(2), how);
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    const model = makeModel();
    let during: readonly string[] = [];
    await fit(
      model,
      { storage, deleteCheckpoint: false },
      {
        onTrainEnd: async () => {
          during = await storage.list();
        },
      },
    );
    expect(warn.mock.calls.join()).toMatch(
      /00000002.*\(checkpoint-damaged\).*goes on from checkpoint-00000001/,
    );
    expect(await model.weightsSha256()).toBe(undisturbed);
    expect(during).toEqual([key(3), key(4)]); // the damaged one went first
  },
);

test('after damage, the good one stays until there are enough new ones', async () => {
  await interrupt();
  await damage(key(2), 'bit');
  vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  await interrupt(2, 0);
  expect(await storage.list()).toEqual([key(1), key(3)]);
});

test('none is whole: an error with the reason of each', async () => {
  await interrupt();
  await damage(key(1), 'cut');
  await damage(key(2), 'bit');
  await expect(fit(makeModel())).rejects.toThrow(
    /00000002\.safetensors: The bytes are not those that were written\. [^[(]*00000001\.safetensors: The file is cut off\. [^[(]*\(checkpoints-damaged\)/,
  );
});

test('a checkpoint of another training is no reason to go back to an older one', async () => {
  await interrupt();
  const other = compiledWordModel({ inputShape: [STEPS], seed: 9 });
  await expect(fit(other)).rejects.toThrow(/seed was 1 and is 9.*\(checkpoint-mismatch\)/);
});

test('what the storage says is told, and the checkpoint before is there', async () => {
  await interrupt();
  const full: Storage = {
    name: 'full',
    read: (name) => storage.read(name),
    list: () => storage.list(),
    remove: (name) => storage.remove(name),
    append: () => Promise.reject(new Error('unused')),
    write: () => Promise.reject(new Error('no room')),
  };
  await expect(fit(makeModel(), { storage: full })).rejects.toThrow('no room');
  expect(await storage.list()).toEqual([key(1), key(2)]);
});

test('files in a folder, which hold nothing else', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ostinato-backup-'));
  try {
    const path = join(folder, 'safe');
    await expect(fit(makeModel(), { path }, killed(1, 0))).rejects.toThrow('killed');
    expect(await readdir(path)).toEqual([key(1)]);
    const model = makeModel();
    await fit(model, { path });
    expect([await model.weightsSha256(), await readdir(path)]).toEqual([undisturbed, []]);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test.each<[string, BackupAndRestoreOptions]>([
  ['config-storage', {}],
  ['config-storage', { path: 'a', storage: memoryStorage() }],
  ['config-storage', { storage: { write() {}, read() {} } as never }],
  ['config-save-freq', { path: 'a', saveFreq: 0 }],
  ['config-save-seconds', { path: 'a', saveSeconds: '5' as never }],
  ['config-save-seconds', { path: 'a', saveSeconds: -1 }],
  ['config-keep', { path: 'a', keep: 0 }],
  ['config-on-restore', { path: 'a', onRestore: 'log' as never }],
  ['config-delete-checkpoint', { path: 'a', deleteCheckpoint: 1 as never }],
  ['config-unknown', { path: 'a', saveFrequency: 3 } as never],
  ['config-folder', { path: '' }],
])('%s', (code, options) => {
  expect(() => backupAndRestore(options)).toThrow(expect.objectContaining({ code }));
});

/** Mounts a file system in memory over a folder; the reason why not, if it cannot be done. */
function mounted(folder: string, options: string): string | undefined {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder], { stdio: 'pipe' });
    return undefined;
  } catch (error) {
    return `mounting is not possible here: ${(error as Error).message.split('\n')[0]}`;
  }
}

test('a disk that gets full, then read-only: clear errors, and the training goes on from the good checkpoint', async ({
  skip,
}) => {
  const path = await mkdtemp(join(tmpdir(), 'ostinato-full-'));
  const reason = mounted(path, 'size=48k');
  try {
    skip(reason !== undefined, reason);
    await expect(fit(makeModel(), { path }, killed(1, 0))).rejects.toThrow('killed');
    // somebody else needs the room; the file gets what there is
    await writeFile(join(path, 'other'), new Uint8Array(60_000)).catch(() => undefined);
    await expect(fit(makeModel(), { path })).rejects.toThrow(/the disk is full.*Make room.*\(storage-full\)/);
    expect((await readdir(path)).sort()).toEqual([key(1), 'other']);
    execFileSync('mount', ['-o', 'remount,ro', path]);
    await expect(fit(makeModel(), { path })).rejects.toThrow(/file system is read-only.*\(storage-denied\)/);
    execFileSync('mount', ['-o', 'remount,rw', path]);
    await rm(join(path, 'other'));
    const restored: RestoredCheckpoint[] = [];
    const model = makeModel();
    await fit(model, { path, onRestore: (found) => restored.push(found) });
    expect(restored).toEqual([{ key: key(1), damaged: [] }]);
    expect(await model.weightsSha256()).toBe(undisturbed);
  } finally {
    if (reason === undefined) execFileSync('umount', [path]);
    await rm(path, { recursive: true });
  }
});
