/** From the words of the command line to a request. */
import { type Command, CommanderError } from 'commander';
import { programName, withProgramName } from '../program-name.js';
import { buildProgram } from './program.js';
import type { CompareOptions, EvaluateOptions, PredictOptions, Request, TrainOptions } from './requests.js';
import { unexpectedWord, usageError } from './usage-error.js';

/**
 * Reads the arguments; prints nothing.
 *
 * Throws   `usage-…` for anything that is not a known command or option with a value in its limits
 *
 * @example
 * const request = parseArguments(process.argv.slice(2));
 */
export function parseArguments(argv: readonly string[]): Request {
  let request: Request | undefined;
  let entered = programName();
  let text = '';
  const program = buildProgram((command) => {
    command.action(() => {
      request = toRequest(command);
    });
  });
  program.hook('preSubcommand', (_program, command) => {
    entered = `${programName()} ${command.name()}`;
  });
  for (const command of [program, ...program.commands]) {
    command.configureOutput({ writeOut: (chunk) => (text += chunk) });
  }
  try {
    program.parse([...argv], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return { command: 'print', text: withProgramName(text) };
    throw usageError(error, entered);
  }
  return request!;
}

function toRequest(command: Command): Request {
  const options = { quiet: false, verbose: false, ...command.opts() };
  if (command.name() === 'predict') {
    return { command: 'predict', options: options as PredictOptions, reviews: command.args };
  }
  const [word] = command.args;
  if (word !== undefined) {
    const commands = command.parent!.commands.map((known) => known.name());
    throw unexpectedWord(word, programName(), commands);
  }
  const withData = { offline: false, ...options };
  const training = { bucket: false, ...withData };
  if (command.name() === 'train') {
    const given = Object.keys(options).filter((name) => command.getOptionValueSource(name) === 'cli');
    return { command: 'train', options: { ...training, given } as unknown as TrainOptions };
  }
  if (command.name() === 'compare') {
    return { command: 'compare', options: training as unknown as CompareOptions };
  }
  return { command: 'evaluate', options: withData as unknown as EvaluateOptions };
}
