/** What the program says, and where: results and progress to standard output, warnings and errors beside it. */

/** A stream such as `process.stdout`. */
export interface Sink {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** Standard output and error of this program. */
export interface Streams {
  readonly stdout: Sink;
  readonly stderr: Sink;
}

export interface Output {
  /** Someone watches: bars may move. */
  readonly interactive: boolean;
  /** Characters in a line. */
  readonly columns: number;
  readonly stdout: Sink;
  /** Text that `--quiet` leaves out. */
  write(text: string): void;
  /** A line that `--quiet` leaves out. */
  say(line?: string): void;
  /** A line that is always printed: a result, or what a reader of the result must know. */
  result(line: string): void;
  /** A line on standard error, always. */
  warn(line: string): void;
}

const DEFAULT_COLUMNS = 100;

export function createOutput({ stdout, stderr }: Streams, quiet: boolean): Output {
  const write = (text: string): void => {
    if (!quiet) stdout.write(text);
  };
  return {
    interactive: stdout.isTTY === true && !quiet,
    columns: stdout.columns || DEFAULT_COLUMNS,
    stdout,
    write,
    say: (line = '') => write(`${line}\n`),
    result: (line) => void stdout.write(`${line}\n`),
    warn: (line) => void stderr.write(`${line}\n`),
  };
}
