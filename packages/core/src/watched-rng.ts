/** Streams of random numbers while operations are recorded. */
import { Rng, type RngState } from './rng.js';

const NO_KEY: RngState = [0, 0, 0, 0];

/** The same stream of any step. */
type StreamOfStep = (step: number) => Rng;

/** A stream with the numbers of another. A `primitive` may draw from it; whoever else does is heard of. */
export class WatchedRng extends Rng {
  /** The stream itself. */
  readonly plain: Rng;
  /** Undefined when it does not follow from the step. */
  readonly ofStep: StreamOfStep | undefined;
  readonly #heard: () => void;

  constructor(plain: Rng, ofStep: StreamOfStep | undefined, heard: () => void) {
    super(NO_KEY);
    this.plain = plain;
    this.ofStep = ofStep;
    this.#heard = heard;
  }

  override split(name: string | number): Rng {
    const { plain, ofStep } = this;
    const named = ofStep && ((step: number) => ofStep(step).split(name));
    return new WatchedRng(plain.split(name), named, this.#heard);
  }

  override uint32(): number {
    this.#heard();
    return this.plain.uint32();
  }

  override origin(): RngState {
    this.#heard();
    return this.plain.origin();
  }

  override state(): RngState {
    this.#heard();
    return this.plain.state();
  }
}
