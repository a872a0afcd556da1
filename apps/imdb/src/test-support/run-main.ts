/** Runs the program in this process and keeps what it prints. */
import { Readable } from 'node:stream';
import { main } from '../main.js';

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Lines of standard output. */
  readonly lines: readonly string[];
}

/** `onText` is called with every piece of standard output as it is printed. */
export async function runMain(
  argv: readonly string[],
  stdin = '',
  env = {},
  onText = (_text: string): void => undefined,
): Promise<Outcome> {
  const printed = { stdout: '', stderr: '' };
  const sink = (name: keyof typeof printed) => ({
    write: (text: string) => {
      printed[name] += text;
      if (name === 'stdout') onText(text);
    },
  });
  const code = await main(argv, {
    stdin: Readable.from(stdin === '' ? [] : [Buffer.from(stdin)]),
    stdout: sink('stdout'),
    stderr: sink('stderr'),
    env,
  });
  return { code, ...printed, lines: printed.stdout.trimEnd().split('\n') };
}
