/** A series of checkpoints in a storage: the newest that is whole is the one to go on from. */
import { isOstinatoError, OstinatoError } from '@ostinato/core';
import type { Storage } from '../storage/storage.js';
import { DAMAGED_FIX } from './seal.js';

/** A checkpoint that was found. */
export interface FoundCheckpoint {
  readonly key: string;
  readonly bytes: Uint8Array;
  /** Newer ones that are damaged, with the reason of each. */
  readonly damaged: readonly DamagedCheckpoint[];
}

export interface DamagedCheckpoint {
  readonly key: string;
  readonly error: OstinatoError;
}

export interface CheckpointsOptions {
  /** How many whole ones stay: the newest and those before it. */
  readonly keep: number;
  /** Throws `checkpoint-damaged` for bytes that are not whole. */
  readonly check: (bytes: Uint8Array, where: string) => void;
}

const KEY = /^checkpoint-(\d{8,})\.safetensors$/;

export class Checkpoints {
  readonly #storage: Storage;
  readonly #options: CheckpointsOptions;
  readonly #damaged = new Set<string>();

  constructor(storage: Storage, options: CheckpointsOptions) {
    this.#storage = storage;
    this.#options = options;
  }

  /** Writes the next one, then removes what is older than those to keep. Throws what the storage throws. */
  async save(bytes: Uint8Array): Promise<string> {
    const keys = await this.keys();
    const next = Number(KEY.exec(keys[0] ?? '')?.[1] ?? 0) + 1;
    const key = `checkpoint-${String(next).padStart(8, '0')}.safetensors`;
    await this.#storage.write(key, bytes);
    const whole = keys.filter((old) => !this.#damaged.has(old));
    const spare = [...whole.slice(this.#options.keep - 1), ...this.#damaged];
    for (const old of spare) await this.#storage.remove(old);
    this.#damaged.clear();
    return key;
  }

  /**
   * The newest that is whole; undefined when there is none at all.
   *
   * Throws   `checkpoints-damaged`, with the reason for each, when there are some and none is whole; what the storage
   *          throws
   */
  async latest(): Promise<FoundCheckpoint | undefined> {
    const damaged: DamagedCheckpoint[] = [];
    for (const key of await this.keys()) {
      const bytes = await this.#storage.read(key);
      if (!bytes) continue; // removed in the meantime
      try {
        this.#options.check(bytes, `${this.#storage.name} ${key}`);
        return { key, bytes, damaged };
      } catch (error) {
        if (!isOstinatoError(error, 'checkpoint-damaged')) throw error;
        damaged.push({ key, error });
        this.#damaged.add(key);
      }
    }
    if (damaged.length > 0) throw noneIsWhole(this.#storage.name, damaged);
    return undefined;
  }

  /** Removes all of them. */
  async clear(): Promise<void> {
    for (const key of await this.keys()) await this.#storage.remove(key);
  }

  /** Newest first. */
  async keys(): Promise<string[]> {
    const keys = (await this.#storage.list()).filter((key) => KEY.test(key));
    return keys.sort((a, b) => Number(KEY.exec(b)![1]) - Number(KEY.exec(a)![1]));
  }
}

function noneIsWhole(where: string, damaged: readonly DamagedCheckpoint[]): OstinatoError {
  const reasons = damaged.map(({ key, error }) => `${key}: ${reasonOf(error)}`);
  return new OstinatoError('checkpoints-damaged', {
    where,
    what: `None of the checkpoints is whole. ${reasons.join(' ')}`,
    fix: 'Remove them to begin anew, or bring one back from a copy',
  });
}

/** What happened, without who says so and what to do about it: that is another thing when none is whole. */
function reasonOf({ message, where, code }: OstinatoError): string {
  return message.slice(`[${where}] `.length).replace(` ${DAMAGED_FIX}. (${code})`, '');
}
