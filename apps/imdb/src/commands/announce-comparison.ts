/** What `compare` says before it begins. */

import { showBatchTime, showDuration } from '@ostinato/training';
import { showPath } from '../files/show-path.js';
import type { Output } from '../output.js';
import { countOf, inWords } from '../show-count.js';
import { epochsInWords, sayData, sayEngine } from './announce.js';
import type { Comparison } from './comparison.js';
import type { Forecast } from './forecast.js';

export function announceComparison(comparison: Comparison): void {
  const { output, options, plan, corpus, folder } = comparison;
  const { models, seed } = options;
  sayData(comparison, () => {
    output.say(`Comparing ${inWords(models)} with seed ${seed}, one after the other. Each:`);
    output.say(`${epochsInWords(plan)}, then a test on ${countOf(corpus.test.y.data.length, 'review')}.`);
  });
  sayEngine(comparison);
  output.say(`Results  ${showPath(folder.path)}`);
  output.say();
  output.say(`Timing a few batches of each …`);
}

/** A line for each network, and the time in all. */
export function announceForecasts(forecasts: readonly Forecast[], output: Output): void {
  const width = Math.max(...forecasts.map(({ model }) => model.length));
  for (const { model, seconds, secondsPerBatch, kernels } of forecasts) {
    const how = `kernels ${kernels.kernels}${kernels.kernels === 'fused' ? '' : `: ${kernels.reason}`}`;
    output.say(
      `${model.padEnd(width)}  about ${showDuration(seconds)} (${showBatchTime(secondsPerBatch)} a batch; ${how})`,
    );
  }
  const all = forecasts.reduce((sum, { seconds }) => sum + seconds, 0);
  output.say(`About ${showDuration(all)} in all, as the machine is busy now.`);
}
