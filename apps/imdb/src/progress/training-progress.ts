/** Shows how a training goes, as far as the program says anything. */
import { type ProgressBar, progressBar } from '@ostinato/training';
import type { Output } from '../output.js';
import type { Work } from './work.js';

/** A line for each epoch and the time it will take; a bar between them if `output` is interactive. */
export function trainingProgress(output: Output, { validationBatches }: Work): ProgressBar {
  const { interactive, columns } = output;
  const sink = { columns, write: (text: string) => output.write(text) };
  return progressBar({ output: sink, interactive, forecast: true, validationBatches });
}
