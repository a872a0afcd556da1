/** One event file: the events of one run, such as train or validation. */
import type { Storage } from '../../storage/storage.js';
import { LogFile } from '../log-file.js';
import { versionRecord } from './event-records.js';

/** Where a file was when a checkpoint was taken. */
export interface EventFileState {
  readonly key: string;
  readonly bytes: number;
}

/** Appends records to a file, which comes into being with the first of them. */
export class EventWriter {
  readonly #storage: Storage;
  readonly #where: string;
  #key: string;
  #file: LogFile;

  constructor(storage: Storage, key: string, where: string) {
    this.#storage = storage;
    this.#where = where;
    this.#key = key;
    this.#file = this.#fileAt(key);
  }

  /** Leaves the file, and begins one under another key. */
  begin(key: string): void {
    this.#key = key;
    this.#file = this.#fileAt(key);
  }

  async add(record: Uint8Array, wallTime: number): Promise<void> {
    await this.#file.open();
    if (this.#file.length === 0) await this.#file.add(versionRecord(wallTime));
    await this.#file.add(record);
  }

  async flush(): Promise<void> {
    await this.#file.flush();
  }

  async getState(): Promise<EventFileState> {
    await this.flush();
    return { key: this.#key, bytes: this.#file.length };
  }

  /** Throws `log-shorter`. */
  async setState({ key, bytes }: EventFileState): Promise<void> {
    this.begin(key);
    if (bytes > 0) await this.#file.goOnAt(bytes);
    else await this.#storage.remove(key); // it came into being after the checkpoint
  }

  #fileAt(key: string): LogFile {
    return new LogFile({ storage: this.#storage, key }, false, this.#where);
  }
}
