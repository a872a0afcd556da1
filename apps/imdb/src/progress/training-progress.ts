/** Shows how a training goes: a moving bar to those who watch, one line an epoch to everyone. */
import type { Callback } from '@ostinato/training';
import type { Output } from '../output.js';
import { showBatchTime, showDuration } from './duration.js';
import { EpochBar } from './epoch-bar.js';
import { epochLine } from './epoch-line.js';
import { TimeEstimate, type Work } from './time-estimate.js';

/** Callbacks for `fit`, and an end for when it is broken off. */
export interface TrainingProgress extends Callback {
  /** Removes a bar that stands there. */
  stop(): void;
}

const seconds = (): number => performance.now() / 1000;

/**
 * Prints the time it will take after the first batches, and a line after each epoch; between them moves a bar if
 * `output` is interactive.
 */
export function trainingProgress(output: Output, work: Work): TrainingProgress {
  const bar = output.interactive ? new EpochBar(output, work) : undefined;
  let estimate = new TimeEstimate(work, seconds());
  let epochStart = seconds();
  let told = false;
  return {
    onTrainBegin() {
      estimate = new TimeEstimate(work, seconds());
    },
    onEpochBegin(epoch) {
      epochStart = seconds();
      bar?.start(epoch);
    },
    onBatchEnd(batch, logs) {
      const now = seconds();
      estimate.batchDone(now);
      bar?.update(batch + 1, estimate.epochLeft(), estimate.left(now), logs);
      if (told || !estimate.reliable(now)) return;
      told = true;
      bar?.stop();
      output.say(forecast(work, estimate, now));
      bar?.start(0, batch + 1);
    },
    onEpochEnd(epoch, logs) {
      estimate.epochDone(seconds());
      bar?.stop();
      output.say(epochLine(epoch + 1, work.epochs, seconds() - epochStart, logs));
    },
    stop: () => bar?.stop(),
  };
}

function forecast({ epochs }: Work, estimate: TimeEstimate, now: number): string {
  const all = epochs === 1 ? 'the epoch' : `the ${epochs} epochs`;
  const perBatch = estimate.secondsPerBatch;
  return `About ${showDuration(estimate.left(now))} for ${all}, by the first batches (${showBatchTime(perBatch)} each).`;
}
