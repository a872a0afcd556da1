/** Where checkpoints, logs and saved models go: files, a database of the browser, memory. */

/** Keeps bytes under keys. Every method rejects with an `OstinatoError` when the place cannot do it. */
export interface Storage {
  /** What errors call it: where it keeps things. */
  readonly name: string;
  /** Puts a value in its place whole, or not at all. */
  write(key: string, bytes: Uint8Array): Promise<void>;
  /** Adds to the end of a value, which begins empty. */
  append(key: string, bytes: Uint8Array): Promise<void>;
  /** undefined: there is nothing under that key. */
  read(key: string): Promise<Uint8Array | undefined>;
  list(): Promise<readonly string[]>;
  /** Nothing happens when there is nothing under that key. */
  remove(key: string): Promise<void>;
}
