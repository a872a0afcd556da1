/**
 * An .npz file: a zip of .npy members, each inflated and parsed only when asked for.
 */
import { checkFields, checkSize, unknownName } from '@ostinato/core';
import { checkBytes } from './check-arguments.js';
import { type NpyArray, readNpy } from './npy.js';
import { listZip, unzipMember } from './zip.js';

export interface NpzOptions {
  /** What errors call the file. Default 'npz'. */
  readonly name?: string;
  /** The most bytes a member may have when inflated. Default 256 MiB. */
  readonly maxBytes?: number;
}

export interface Npz {
  /** The arrays' names, in the file's order, without '.npy'. */
  readonly names: readonly string[];
  /** Reads one array. Throws `npz-member-unknown` for other names, and what `readNpy` throws. */
  read(name: string): NpyArray;
}

/**
 * Opens an .npz file that is in memory.
 *
 * Memory   keeps `bytes`; each `read` inflates its member anew
 * Throws   `zip-invalid` when it is no zip or is damaged · `zip-unsupported` · `config-…`
 *
 * @example
 * const npz = openNpz(bytes);
 * npz.names; // ['x_test', 'x_train', 'y_train', 'y_test']
 * npz.read('y_train').shape; // [25000]
 */
export function openNpz(bytes: Uint8Array, options: NpzOptions = {}): Npz {
  checkFields('openNpz', options, ['name', 'maxBytes']);
  checkBytes('openNpz', bytes);
  const { name: file = 'npz', maxBytes = 2 ** 28 } = options;
  checkSize('openNpz', 'maxBytes', maxBytes);
  const members = new Map(listZip(bytes, file).map((member) => [member.name.replace(/\.npy$/, ''), member]));
  const read = (name: string): NpyArray => {
    const member = members.get(name);
    if (member === undefined) {
      throw unknownName('npz-member-unknown', {
        where: file,
        kind: 'array in this file',
        name,
        known: members.keys(),
      });
    }
    const where = `${file}>${member.name}`;
    return readNpy(unzipMember(bytes, member, where, maxBytes), where);
  };
  return { names: [...members.keys()], read };
}
