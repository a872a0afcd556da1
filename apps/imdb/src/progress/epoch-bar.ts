/** A bar that fills once an epoch, on the terminal's last line. */
import cliProgress from 'cli-progress';
import type { Output } from '../output.js';
import { showDuration } from './duration.js';
import { type Figures, showFigures } from './epoch-line.js';
import type { Work } from './time-estimate.js';

const BAR_WIDTH = 24;

/** What stands beside the bar. */
interface Beside {
  readonly title: string;
  readonly left: string;
  readonly figures: string;
}

export class EpochBar {
  readonly #bar: cliProgress.SingleBar;
  readonly #work: Work;
  #title = '';

  constructor(output: Output, work: Work) {
    this.#work = work;
    const options: cliProgress.Options = {
      stream: output.stdout as NodeJS.WritableStream,
      format: (settings, params, beside: Beside) => barLine(settings, params, beside, output.columns),
      barsize: BAR_WIDTH,
      barIncompleteChar: ' ',
      clearOnComplete: true,
      // Nothing about the terminal is changed that a sudden end would leave changed.
      hideCursor: null,
      linewrap: true,
      fps: 20,
    };
    this.#bar = new cliProgress.SingleBar(options);
  }

  /** Shows an empty bar, or one that goes on at `batches` of the same epoch. */
  start(epoch: number, batches = 0): void {
    if (batches === 0) this.#title = `Epoch ${epoch + 1}/${this.#work.epochs}`;
    const beside: Beside = { title: this.#title, left: '', figures: '' };
    this.#bar.start(this.#work.batches, batches, beside);
  }

  update(batches: number, epochLeft: number, allLeft: number, figures: Figures): void {
    const all = this.#work.epochs > 1 ? ` (all: ${showDuration(allLeft)})` : '';
    const left = batches < this.#work.batches ? `ETA ${showDuration(epochLeft)}${all}` : 'validating';
    this.#bar.update(batches, { left, figures: showFigures(figures) });
  }

  /** Removes the bar. */
  stop(): void {
    this.#bar.stop();
  }
}

/** `Epoch 3/10 [=====>    ] 120/313  ETA 5.1 s (all: 1 min 02 s)  loss 0.3107  accuracy 0.8731`, cut to the terminal. */
function barLine(
  settings: cliProgress.Options,
  { value, total, progress }: cliProgress.Params,
  { title, left, figures }: Beside,
  columns: number,
): string {
  const bar = cliProgress.Format.BarFormat(progress, settings);
  return `${title} [${bar}] ${value}/${total}  ${left}  ${figures}`.slice(0, columns - 1);
}
