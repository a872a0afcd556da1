/**
 * The one error class of Ostinato, and the sentence every error is made of.
 *
 * Codes are permanent: a program may switch on `error.code`; the wording may improve. Not here: which conditions are
 * errors. That is decided where the condition is met.
 */

/** What an error says, in the order in which it is said. */
export interface ErrorDetails {
  /** Who speaks: a function, `package>Layer`, or a layer's path in its model. */
  readonly where: string;
  /** What happened: a sentence without its full stop. */
  readonly what: string;
  readonly expected?: string;
  readonly received?: string;
  /** What to do about it: a sentence without its full stop. */
  readonly fix?: string;
  readonly cause?: unknown;
}

/**
 * An error with a permanent code: `[where] What happened. Expected …; received …. What to do. (code)`.
 *
 * @example
 * throw new OstinatoError('config-units', {
 *   where: '@ostinato/layers>LSTM', what: '`units` is not a size', expected: 'a positive integer', received: '-2',
 * });
 */
export class OstinatoError extends Error {
  readonly code: string;
  readonly where: string;

  constructor(code: string, details: ErrorDetails) {
    super(compose(code, details), details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'OstinatoError';
    this.code = code;
    this.where = details.where;
  }
}

/** True for errors of this class, also when two copies of the package are loaded. */
export function isOstinatoError(error: unknown, code?: string): error is OstinatoError {
  if (!(error instanceof Error) || error.name !== 'OstinatoError') return false;
  return code === undefined || (error as OstinatoError).code === code;
}

function compose(code: string, { where, what, expected, received, fix }: ErrorDetails): string {
  const contrast = [expected && `Expected ${expected}`, received && contrastWord(expected, received)]
    .filter(Boolean)
    .join('; ');
  const sentences = [what, contrast, fix]
    .filter(Boolean)
    .map((text) => (/[.?]$/.test(text!) ? text : `${text}.`));
  return [`[${where}]`, ...sentences, `(${code})`].join(' ');
}

function contrastWord(expected: string | undefined, received: string): string {
  return expected ? `received ${received}` : `Received ${received}`;
}

/** A value as an error shows it: short, on one line, strings in quotes. */
export function show(value: unknown): string {
  if (typeof value === 'function') return `a function${value.name ? ` '${value.name}'` : ''}`;
  if (typeof value === 'bigint' || typeof value === 'symbol' || value === undefined) return String(value);
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value);
  if (ArrayBuffer.isView(value))
    return `${value.constructor.name}(${(value as unknown as ArrayLike<unknown>).length ?? value.byteLength})`;
  let text: string | undefined;
  try {
    text = typeof value === 'string' ? `'${value}'` : JSON.stringify(value);
  } catch {
    text = undefined;
  }
  text ??= Object.prototype.toString.call(value);
  return text.length > 120 ? `${text.slice(0, 117)}...` : text;
}

/** The known name nearest to a wrong one, if it is near enough to be a slip of the pen. */
export function nearest(name: string, known: Iterable<string>): string | undefined {
  const fold = (text: string): string => text.toLowerCase().replace(/[^a-z0-9>]/g, '');
  const target = fold(name);
  let best: string | undefined;
  let bestDistance = Math.max(2, Math.floor(target.length / 3)) + 1;
  for (const candidate of known) {
    const distance = editDistance(target, fold(candidate), bestDistance);
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

/** Levenshtein distance of two short names; names that differ in length by `limit` or more are `limit` apart. */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit) return limit;
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(previous[j]! + 1, row[j - 1]! + 1, substitution));
    }
    previous = row;
  }
  return previous[b.length]!;
}

/** Names that came from a file may be long and many. */
function listed(names: readonly string[]): string {
  const shown = names.slice(0, 100).map((name) => (name.length > 80 ? `${name.slice(0, 77)}...` : name));
  return names.length > 100 ? `${shown.join(', ')} and ${names.length - 100} more` : shown.join(', ');
}

/** The error for a name nobody defined: says what is known and which known name is nearest. */
export function unknownName(
  code: string,
  details: {
    readonly where: string;
    readonly kind: string;
    /** From files and callers without types it may be anything. */
    readonly name: unknown;
    readonly known: Iterable<string>;
    readonly fix?: string;
  },
): OstinatoError {
  const known = [...details.known];
  const near = typeof details.name === 'string' ? nearest(details.name, known) : undefined;
  const hint = near === undefined ? undefined : `Did you mean '${near}'?`;
  return new OstinatoError(code, {
    where: details.where,
    what: `No ${details.kind} is called ${show(details.name)}`,
    expected: known.length
      ? `one of ${listed(known)}`
      : `a ${details.kind} that a plugin defines (there is none)`,
    received: show(details.name),
    ...(hint || details.fix ? { fix: [hint, details.fix].filter(Boolean).join(' ') } : {}),
  });
}
