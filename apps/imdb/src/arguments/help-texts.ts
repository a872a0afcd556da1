/** What stands below the options in the help of each command. */

export const epilogue = `
Commands share --quiet and --verbose; see 'ostinato-imdb COMMAND --help' for the rest.

Examples:
  $ ostinato-imdb                                         the whole recipe, on IMDB
  $ ostinato-imdb train --model gru --epochs 3 --max-len 100
  $ ostinato-imdb compare                                 SimpleRNN, LSTM, GRU and bidirectional LSTM side by side
  $ ostinato-imdb evaluate                                the latest run, on its test reviews
  $ ostinato-imdb predict "A gem from start to finish."`;

export const trainExamples = `
Examples:
  $ ostinato-imdb train --data imdb.npz --seed 1          a file of yours, another seed
  $ ostinato-imdb train --json out.json                   every figure for programs
  $ ostinato-imdb train --max-len 100 --epochs 3          a short run
  $ ostinato-imdb train --model lstm --bucket             a gated network, without the padding
  $ ostinato-imdb train --model bi-lstm --threads 2       one that reads both ways
  $ ostinato-imdb train --offline                         without a network: what is cached, or the built-in sample
  $ ostinato-imdb train --resume runs/imdb-gru-seed42     goes on with a run that was broken off, however that was

Results go to the run folder: the model, history.json, and report.html with curves. Ctrl-C finishes the batch,
saves, and ends with 130; once more ends at once. A run that was broken off, also by a kill or a loss of power, goes
on from its last checkpoint and ends with the very weights that it would have had.`;

export const compareExamples = `
Examples:
  $ ostinato-imdb compare --data imdb.npz --seed 1        all four networks, one after the other
  $ ostinato-imdb compare --models lstm,gru --bucket      two of them, without the padding: much quicker
  $ ostinato-imdb compare --epochs 2 --max-len 80         a short one
  $ ostinato-imdb compare --json compare.json --threads 1

Results go to one folder: compare.html with all curves side by side, compare.json, and the run of each network in a
folder of its own, for 'evaluate --run' and 'predict --run'. Ctrl-C finishes the batch, saves what there is, and ends
with 130; once more ends at once.`;

export const evaluateExamples = `
Examples:
  $ ostinato-imdb evaluate                                the latest run
  $ ostinato-imdb evaluate --run runs/imdb-gru-seed42
  $ ostinato-imdb evaluate --run runs/imdb-gru-seed42 --data imdb.npz`;

export const predictExamples = `
A REVIEW is a text in quotes, the path of a text file with one review a line, or - for standard input.

Examples:
  $ ostinato-imdb predict "A gem from start to finish." "Two hours I will never get back."
  $ ostinato-imdb predict reviews.txt
  $ cat reviews.txt | ostinato-imdb predict -`;
