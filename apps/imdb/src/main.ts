/** The program: arguments in, exit code out. */
import { parseArguments } from './arguments/parse-arguments.js';
import type { Request } from './arguments/requests.js';
import { isUsageError } from './arguments/usage-error.js';
import { compare } from './commands/compare.js';
import { evaluate } from './commands/evaluate.js';
import { predict } from './commands/predict.js';
import type { Input } from './commands/read-reviews.js';
import { train } from './commands/train.js';
import { describeError } from './describe-error.js';
import { createOutput, type Streams } from './output.js';

/** What the program is connected to. */
export interface Host extends Streams {
  readonly stdin: Input;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Runs the program and prints what it has to say, errors included; never throws.
 *
 * Returns the exit code: 0; 1 for errors; 2 for wrong use of the command line; 130 after Ctrl-C
 */
export async function main(argv: readonly string[], host: Host = process): Promise<number> {
  let verbose = Boolean(host.env.DEBUG);
  try {
    const request = parseArguments(argv);
    if (request.command !== 'print') verbose ||= request.options.verbose;
    return await perform(request, host, verbose);
  } catch (error) {
    host.stderr.write(`${describeError(error, verbose)}\n`);
    if (!isUsageError(error)) return 1;
    host.stderr.write(`See '${error.where} --help'.\n`);
    return 2;
  }
}

async function perform(request: Request, host: Host, verbose: boolean): Promise<number> {
  if (request.command === 'print') {
    host.stdout.write(request.text);
    return 0;
  }
  const output = createOutput(host, request.options.quiet);
  if (request.command === 'train') return train({ ...request.options, verbose }, output);
  if (request.command === 'compare') return compare({ ...request.options, verbose }, output);
  if (request.command === 'evaluate') return evaluate({ ...request.options, verbose }, output);
  return predict(request.options, request.reviews, output, host.stdin);
}
