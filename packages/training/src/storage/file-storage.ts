/** A folder of files, in Node. */
import { checkBoolean, checkFields, OstinatoError, show } from '@ostinato/core';
import { ifThere, makeFolders } from './folders.js';
import { type Node, needNode } from './node-files.js';
import type { Storage } from './storage.js';
import { checkBytes, checkKey, storageError } from './storage-errors.js';
import { removeAbandoned, writeWhole } from './whole-files.js';

export interface FileStorageOptions {
  /** Makes the folder, and those above it, when it is written to and is not there. Default true. */
  readonly create?: boolean;
}

class FileStorage implements Storage {
  readonly name: string;
  readonly #node: Node;
  readonly #folder: string;
  readonly #create: boolean;
  #tidied = false;

  constructor(folder: string, create: boolean) {
    this.name = `fileStorage(${show(folder)})`;
    this.#node = needNode(this.name);
    this.#folder = folder;
    this.#create = create;
  }

  async write(key: string, bytes: Uint8Array): Promise<void> {
    checkKey(key, this.name);
    checkBytes(bytes, key, this.name);
    await this.#attempt(`write ${show(key)}`, async () => {
      const path = await this.#placeFor(key);
      await writeWhole(path, bytes, this.name);
    });
  }

  async append(key: string, bytes: Uint8Array): Promise<void> {
    checkKey(key, this.name);
    checkBytes(bytes, key, this.name);
    await this.#attempt(`add to ${show(key)}`, async () => {
      await this.#appendTo(await this.#placeFor(key), bytes);
    });
  }

  /** A disk that is full takes a part of the bytes: they are taken back. */
  async #appendTo(path: string, bytes: Uint8Array): Promise<void> {
    const handle = await this.#node.files.open(path, 'a');
    try {
      const { size } = await handle.stat();
      await handle.writeFile(bytes).catch(async (error: unknown) => {
        await handle.truncate(size).catch(() => undefined);
        throw error;
      });
    } finally {
      await handle.close();
    }
  }

  async read(key: string): Promise<Uint8Array | undefined> {
    checkKey(key, this.name);
    return this.#attempt(`read ${show(key)}`, () =>
      ifThere(
        this.#node.files.readFile(this.#pathOf(key)).then((bytes) => new Uint8Array(bytes)),
        undefined,
      ),
    );
  }

  async list(): Promise<readonly string[]> {
    return this.#attempt('list what is there', async () => {
      const keys = await ifThere(this.#keysBelow(this.#folder, ''), []);
      return keys.sort((a, b) => (a < b ? -1 : 1));
    });
  }

  async remove(key: string): Promise<void> {
    checkKey(key, this.name);
    await this.#attempt(`remove ${show(key)}`, () =>
      ifThere(this.#node.files.unlink(this.#pathOf(key)), undefined),
    );
  }

  #pathOf(key: string): string {
    return this.#node.paths.join(this.#folder, ...key.split('/'));
  }

  /** The path of a key whose folder is there. */
  async #placeFor(key: string): Promise<string> {
    const { files, paths } = this.#node;
    const path = this.#pathOf(key);
    if (this.#create) await makeFolders(this.#node, paths.dirname(path));
    else if (key.includes('/') && (await files.stat(this.#folder)).isDirectory())
      await makeFolders(this.#node, paths.dirname(path));
    if (!this.#tidied) await removeAbandoned(this.#folder, this.name).catch(() => undefined);
    this.#tidied = true;
    return path;
  }

  /** Hidden files are no keys: they are being written, or somebody else's. */
  async #keysBelow(folder: string, prefix: string): Promise<string[]> {
    const { files, paths } = this.#node;
    const keys: string[] = [];
    for (const entry of await files.readdir(folder, { withFileTypes: true })) {
      const { name } = entry;
      if (name.startsWith('.')) continue;
      if (entry.isFile()) keys.push(`${prefix}${name}`);
      else if (entry.isDirectory())
        keys.push(...(await this.#keysBelow(paths.join(folder, name), `${prefix}${name}/`)));
    }
    return keys;
  }

  async #attempt<T>(doing: string, run: () => Promise<T>): Promise<T> {
    try {
      return await run();
    } catch (error) {
      throw storageError({ storage: this.name, doing }, error);
    }
  }
}

/**
 * Files in a folder, in Node. Each is written under a hidden name, flushed and renamed, so that a program that is killed
 * leaves the old file or the new one; hidden files that killed programs left behind are removed.
 *
 * Throws   `no-files` outside of Node; `config-folder`; its methods: `storage-full`, `storage-denied`, `storage-missing`,
 *          `storage-failed`, `storage-key`
 *
 * @example
 * const storage = fileStorage('runs/first');
 * await storage.write('notes.txt', new TextEncoder().encode('begun'));
 */
export function fileStorage(folder: string, options: FileStorageOptions = {}): Storage {
  checkFields('fileStorage', options, ['create']);
  const { create = true } = options;
  checkBoolean('fileStorage', 'create', create);
  if (typeof folder === 'string' && folder !== '' && !folder.includes('\0'))
    return new FileStorage(folder, create);
  throw new OstinatoError('config-folder', {
    where: 'fileStorage',
    what: 'This is not the path of a folder',
    expected: 'a path',
    received: show(folder),
  });
}
