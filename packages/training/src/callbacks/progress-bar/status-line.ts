/** The last line of a terminal, drawn over again and again. */
import type { TextOutput } from './text-output.js';

const DEFAULT_COLUMNS = 80;

/** Time between two drawings, in milliseconds. */
const FRAME = 50;

const ERASE_TO_END = '\u001b[K';

/** Changes nothing about the terminal that a sudden end would leave changed. */
export class StatusLine {
  readonly #output: TextOutput;
  #drawn = Number.NEGATIVE_INFINITY;

  constructor(output: TextOutput) {
    this.#output = output;
  }

  /** Draws the text, cut to the width; not more often than twenty times a second, unless it is `due` now. */
  show(text: () => string, due = false): void {
    const now = performance.now();
    if (!due && now - this.#drawn < FRAME) return;
    this.#drawn = now;
    const width = (this.#output.columns || DEFAULT_COLUMNS) - 1;
    this.#output.write(`\r${cut(text(), width)}${ERASE_TO_END}`);
  }

  /** Takes the text away, if there is one. */
  clear(): void {
    if (this.#drawn === Number.NEGATIVE_INFINITY) return;
    this.#drawn = Number.NEGATIVE_INFINITY;
    this.#output.write(`\r${ERASE_TO_END}`);
  }
}

/** Behind the last entry that fits: half a number would be another number. */
function cut(text: string, width: number): string {
  if (text.length <= width) return text;
  const end = text.lastIndexOf('  ', width);
  return text.slice(0, end > 0 ? end : width);
}
