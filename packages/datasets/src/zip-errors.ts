/** What is wrong with a zip file, and at which byte of it. */
import { OstinatoError } from '@ostinato/core';

export interface ZipPlace {
  /** What errors call the file, or the member. */
  readonly where: string;
  /** The byte of the file; for a member, where its local header starts. */
  readonly offset: number;
}

export function damagedZip(
  { where, offset }: ZipPlace,
  what: string,
  expected?: string,
  received?: string,
  cause?: unknown,
): OstinatoError {
  return new OstinatoError('zip-invalid', {
    where,
    what: `The zip file is damaged: ${what} (byte ${offset})`,
    ...(expected === undefined ? {} : { expected }),
    ...(received === undefined ? {} : { received }),
    fix: 'Fetch the file again',
    cause,
  });
}

/** The error for a member that holds fewer bytes than it declares, or more, of which `size` were seen. */
export function wrongSize(place: ZipPlace, declared: number, size: number): OstinatoError {
  const what = 'it is not as long as the directory says';
  return damagedZip(place, what, `${declared} bytes`, size > declared ? `${size} or more` : `${size}`);
}

export function unsupportedZip({ where, offset }: ZipPlace, what: string): OstinatoError {
  return new OstinatoError('zip-unsupported', {
    where,
    what: `The zip file cannot be read here: ${what} (byte ${offset})`,
    expected: 'stored or deflated members below 4 GiB',
  });
}
