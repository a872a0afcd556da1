/** Shows how a training goes: a moving bar to those who watch, one line an epoch to everyone. */
import { checkBoolean, checkCount, checkFields } from '@ostinato/core';
import type { Callback } from '../../callbacks.js';
import type { FitPosition } from '../../fit-progress.js';
import type { Logs } from '../../running-figures.js';
import { showBatchTime, showDuration } from './duration.js';
import { epochLine, showFigures } from './epoch-line.js';
import { StatusLine } from './status-line.js';
import { checkOutput, standardOutput, type TextOutput } from './text-output.js';
import { TimeEstimate } from './time-estimate.js';

export interface ProgressBarOptions {
  /** Where it is shown. Default: standard output; outside of Node the console. */
  readonly output?: TextOutput;
  /** Moves a bar between the lines. Default: whether `output` is a terminal. */
  readonly interactive?: boolean;
  /** Says once, after the first batches, how long all will take. Default false. */
  readonly forecast?: boolean;
  /** Batches of validation after each epoch, for what is said before the first one is over. Default 0. */
  readonly validationBatches?: number;
}

/** The callback, and an end for a training that is broken off. */
export interface ProgressBar extends Callback {
  /** Removes a bar that stands there. */
  stop(): void;
}

const WHERE = 'progressBar';
const BAR_WIDTH = 24;

const seconds = (): number => performance.now() / 1000;

/**
 * A line for each epoch, with its time and figures; at a terminal also a bar that moves, with the time that is left, the
 * loss and the metrics so far.
 *
 * `Epoch 3/10 [=======         ] 120/313  ETA 5.1 s (all: 1 min 02 s)  loss 0.3107  accuracy 0.8731`
 *
 * Throws   `config-…`
 *
 * @example
 * await model.fit(x, y, { epochs: 10, callbacks: [progressBar()] });
 */
export function progressBar(options: ProgressBarOptions = {}): ProgressBar {
  const progress = new Progress(checked(options));
  return {
    name: WHERE,
    onTrainBegin: () => progress.begin(),
    onEpochBegin: (_epoch, { run }) => progress.beginEpoch(run!),
    onBatchBegin: (_batch, { run }) => progress.beginBatch(run!),
    onBatchEnd: (_batch, logs) => progress.endBatch(logs),
    onBatchError: () => {
      progress.stop();
      return false;
    },
    onTestBegin: ({ run }) => progress.beginTest(run!),
    onEpochEnd: (epoch, logs, { run }) => progress.endEpoch(epoch, run!, logs),
    onTrainEnd: () => progress.stop(),
    stop: () => progress.stop(),
  };
}

type Settings = Required<ProgressBarOptions>;

function checked(options: ProgressBarOptions): Settings {
  checkFields(WHERE, options, ['output', 'interactive', 'forecast', 'validationBatches']);
  const { output = standardOutput(), forecast = false, validationBatches = 0 } = options;
  checkOutput(output, WHERE);
  const { interactive = output.isTTY === true } = options;
  checkBoolean(WHERE, 'interactive', interactive);
  checkBoolean(WHERE, 'forecast', forecast);
  checkCount(WHERE, 'validationBatches', validationBatches);
  return { output, interactive, forecast, validationBatches };
}

class Progress {
  readonly #settings: Settings;
  readonly #line: StatusLine;
  #estimate: TimeEstimate | undefined;
  #epochStart = 0;
  #title = '';
  #epochs = 0;
  #told = false;
  #logs: Logs | undefined;

  constructor(settings: Settings) {
    this.#settings = settings;
    this.#line = new StatusLine(settings.output);
  }

  begin(): void {
    this.#estimate = undefined;
    this.#told = !this.#settings.forecast;
  }

  beginEpoch(run: FitPosition): void {
    this.#epochStart = seconds();
    this.#title = `Epoch ${run.epoch + 1}/${run.epochs}`;
    this.#logs = undefined;
    this.#estimateOf(run);
    this.#draw(() => '', true);
  }

  /** An epoch that an earlier run has begun is not begun again. */
  beginBatch(run: FitPosition): void {
    if (!this.#estimate) this.beginEpoch(run);
  }

  endBatch(logs: Logs): void {
    const estimate = this.#estimate!;
    const now = seconds();
    estimate.batchDone(now);
    this.#logs = logs;
    if (!this.#told && estimate.reliable(now)) this.#tell(estimate, now);
    this.#draw(() => `ETA ${showDuration(estimate.epochLeft())}${this.#rest(estimate, now)}`);
  }

  beginTest(run: FitPosition): void {
    if (!this.#estimate) this.beginEpoch(run); // an earlier run has done its batches
    this.#draw(() => 'validating', true);
  }

  endEpoch(epoch: number, { epochs }: FitPosition, logs: Logs): void {
    this.#estimate?.epochDone(seconds());
    this.stop();
    this.#say(epochLine(epoch + 1, epochs, seconds() - this.#epochStart, logs));
  }

  stop(): void {
    if (this.#settings.interactive) this.#line.clear();
  }

  #estimateOf({ epochs, epoch, batches, batch }: FitPosition): void {
    if (this.#estimate) return;
    const { validationBatches } = this.#settings;
    const work = { epochs: epochs - epoch, batches, validationBatches, doneBatches: batch };
    this.#estimate = new TimeEstimate(work, seconds());
    this.#epochs = epochs - epoch;
  }

  #rest(estimate: TimeEstimate, now: number): string {
    return this.#epochs > 1 ? ` (all: ${showDuration(estimate.left(now))})` : '';
  }

  #tell(estimate: TimeEstimate, now: number): void {
    this.#told = true;
    this.stop();
    const all = this.#epochs === 1 ? 'the epoch' : `the ${this.#epochs} epochs`;
    const each = showBatchTime(estimate.secondsPerBatch);
    this.#say(`About ${showDuration(estimate.left(now))} for ${all}, by the first batches (${each} each).`);
  }

  #draw(left: () => string, due = false): void {
    if (!this.#settings.interactive) return;
    const text = (): string =>
      `${this.#title} ${barOf(this.#estimate!)}  ${left()}  ${figuresOf(this.#logs)}`;
    this.#line.show(text, due);
  }

  #say(line: string): void {
    this.#settings.output.write(`${line}\n`);
  }
}

/** `[=====     ] 120/313`, or `120 batches` while nobody knows how many there are. */
function barOf({ batches, batchesPerEpoch }: TimeEstimate): string {
  if (Number.isNaN(batchesPerEpoch)) return `${batches} batches`;
  const filled = Math.min(Math.floor((BAR_WIDTH * batches) / batchesPerEpoch), BAR_WIDTH);
  return `[${'='.repeat(filled).padEnd(BAR_WIDTH)}] ${batches}/${batchesPerEpoch}`;
}

function figuresOf(logs: Logs | undefined): string {
  return logs ? showFigures(logs) : '';
}
