/** How a conformance suite says that something is wrong: an error whose code names the check. */
import { OstinatoError } from '@ostinato/core';

/** What a check found. */
export interface Finding {
  /** A sentence without its full stop. */
  readonly what: string;
  readonly expected?: string;
  readonly received?: string;
  readonly fix?: string;
  readonly cause?: unknown;
}

/** Throws `conformance-<check>`; `where` is the thing under test. */
export function fail(where: string, check: string, finding: Finding): never {
  throw new OstinatoError(`conformance-${check.replaceAll(' ', '-')}`, { where, ...finding });
}
