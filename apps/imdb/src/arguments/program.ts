/** The command line: commands, options, their defaults and limits, and the help texts. */
import { Command, Option } from 'commander';
import { programName } from '../program-name.js';
import { defaultMaxLen, modelKinds } from '../recipe.js';
import { JUDGED_TOGETHER } from '../review-feed.js';
import { compareExamples, epilogue, evaluateExamples, predictExamples, trainExamples } from './help-texts.js';
import { integer, modelList, part, path, rhythm, sha256Digest, threadCount } from './option-values.js';
import { programVersion } from './version.js';

const MOST_EPOCHS = 100_000;
const MOST_WORDS = 1_000_000;
/** Ids 0 to 3 are marks, so that the first word is 4. */
const LEAST_WORDS = 5;

/** The commands, without what they do; `takeAction` is given each command to fill in. */
export function buildProgram(takeAction: (command: Command) => void): Command {
  const program = new Command(programName())
    .description('Learns from film reviews whether a review is positive, with a recurrent network.')
    .version(programVersion(), '--version', 'the version of this program')
    .addHelpText('after', epilogue)
    .helpCommand('help [command]', 'the help of a command');
  for (const command of [trainCommand(), compareCommand(), evaluateCommand(), predictCommand()]) {
    command.allowExcessArguments().helpOption('-h, --help', 'this text');
    takeAction(command);
    program.addCommand(command, { isDefault: command.name() === 'train' });
  }
  program.helpOption('-h, --help', 'this text');
  for (const command of [program, ...program.commands]) {
    command.exitOverride().configureOutput({ writeErr: () => undefined });
  }
  return program;
}

function trainCommand(): Command {
  const command = new Command('train')
    .description(
      'Trains a network, tests it, and keeps model, history and report. What runs when no command is named.',
    )
    .addOption(new Option('--model <kind>', 'the recurrent layer').choices(modelKinds).default(modelKinds[0]))
    .addOption(
      new Option('--resume <folder>', 'go on with a run that was broken off, under its own settings')
        .argParser(path)
        .conflicts('out'),
    )
    .addOption(
      new Option(
        '--checkpoint-every <n>',
        'a checkpoint after so many batches (200) or seconds (30s), and after each epoch',
      )
        .argParser(rhythm)
        .default({ seconds: 60 }, '60s'),
    );
  return addTraining(command, 'imdb-MODEL-seedSEED').addHelpText('after', trainExamples);
}

function compareCommand(): Command {
  const command = new Command('compare')
    .description('Trains several networks under one seed on the same reviews, and shows them side by side.')
    .addOption(
      new Option('--models <list>', `which of ${modelKinds.join(', ')}`)
        .argParser(modelList)
        .default(modelKinds, 'all'),
    );
  return addTraining(command, 'imdb-compare-seedSEED').addHelpText('after', compareExamples);
}

/** What is trained, how, and where results go; `folder` names the run folder for the help. */
function addTraining(command: Command, folder: string): Command {
  command
    .option('--epochs <n>', 'passes over the training reviews', integer(1, MOST_EPOCHS), 10)
    .option('--units <n>', 'size of the recurrent layer', integer(1, 4096), 32)
    .option('--embedding <n>', 'size of a word vector', integer(1, 4096), 32)
    .option(
      '--max-len <n>',
      'words of a review that are read: its last ones',
      integer(1, 100_000),
      defaultMaxLen,
    )
    .option(
      '--num-words <n>',
      'words that are known: the most frequent ones',
      integer(LEAST_WORDS, MOST_WORDS),
      10_000,
    )
    .option('--batch-size <n>', 'reviews to a step', integer(1, 1_000_000), 64)
    .option('--validation-split <part>', 'part of the training reviews to validate on', part, 0.2)
    .option('--seed <n>', 'origin of weights and order; one seed, one result', integer(0), 42)
    .option('--bucket', 'batches of reviews of near length, padding masked: skips most of the padding')
    .option('--out <folder>', `run folder (default: runs/${folder}, numbered when it is taken)`, path)
    .option(
      '--word-index <file>',
      'an imdb_word_index.json (default: the one beside the data, else a download)',
      path,
    )
    .option('--json <file>', 'write every figure to this file', path);
  return addCommon(addEngine(addData(command)));
}

function evaluateCommand(): Command {
  const command = new Command('evaluate')
    .description('Tests a trained model on the test reviews.')
    .option('--batch-size <n>', 'reviews at a time', integer(1, 1_000_000), JUDGED_TOGETHER)
    .option('--json <file>', 'write the figures to this file', path);
  return addCommon(addEngine(addData(addModel(command)))).addHelpText('after', evaluateExamples);
}

function predictCommand(): Command {
  const command = new Command('predict')
    .description('Says how probably a review is positive.')
    .argument('[review...]', 'texts in quotes, files, or -')
    .option('--word-index <file>', 'an imdb_word_index.json, when the run has kept no words', path);
  return addCommon(addEngine(addModel(command))).addHelpText('after', predictExamples);
}

function addModel(command: Command): Command {
  return command
    .option('--run <folder>', 'folder of the run (default: the latest below runs/)', path)
    .addOption(
      new Option('--model-file <file>', 'a saved model instead of a run').argParser(path).conflicts('run'),
    );
}

function addData(command: Command): Command {
  return command
    .option(
      '--data <file>',
      'an imdb.npz (default: $OSTINATO_IMDB, else the cached download, else a download, else a built-in sample, not IMDB)',
      path,
    )
    .option('--sha256 <hex>', 'what the SHA-256 of the file must be', sha256Digest)
    .option('--offline', 'do not use the network');
}

function addEngine(command: Command): Command {
  return command
    .addOption(
      new Option('--backend <name>', 'what tfjs computes with').choices(['wasm', 'cpu']).default('wasm'),
    )
    .addOption(
      new Option('--fused <policy>', 'fused kernels: where they can, always (else an error), never')
        .choices(['auto', 'required', 'off'])
        .default('auto'),
    )
    .option(
      '--threads <n>',
      'threads for the fused kernels: a number, or auto for one a processor; results do not depend on it',
      threadCount,
      'auto',
    );
}

function addCommon(command: Command): Command {
  return command
    .option('-q, --quiet', 'print the result alone, and when it is not of IMDB')
    .option('--verbose', 'print the stack of an error (also: DEBUG=1)');
}
