/** A model's training states: made of where its training stands, and taken up again. */
import {
  isOstinatoError,
  type JsonObject,
  type JsonValue,
  OstinatoError,
  toIdentifier,
  withinRoom,
} from '@ostinato/core';
import type { Compiled } from '../compiled.js';
import type { FitPosition, FitProgress } from '../fit-progress.js';
import type { Model } from '../model/model.js';
import type { PlacedParam } from '../model/network.js';
import { assignWeights, type NamedArray, readWeights } from '../weights.js';
import { readCallbackStates, restoreCallbackStates } from './callback-states.js';
import { checkFacts, modelFacts, otherTraining } from './facts.js';
import { keepStates, readKeptStates } from './kept-states.js';
import { damaged } from './seal.js';
import { decodeState, encodeState } from './state-file.js';
import type { TrainingState } from './training-state.js';

/** Versions stand in every state; `pnpm version-packages` writes this one. */
const self = { name: '@ostinato/training', version: '0.0.0' } as const;

/** How the model learns. */
interface Lesson {
  readonly compiled: Compiled;
  /** As it was when it was compiled: callbacks may change the learning rate later. */
  readonly optimizer: JsonValue;
}

export class TrainingStates {
  readonly #model: Model;
  #lesson: Lesson | undefined;
  #progress: FitProgress | undefined;
  #pending: TrainingState | undefined;

  constructor(model: Model) {
    this.#model = model;
  }

  /** A new training: what was before is of no more account. */
  compile(compiled: Compiled): void {
    this.#lesson = { compiled, optimizer: toIdentifier(compiled.optimizer) };
    this.#progress = undefined;
    this.#pending = undefined;
  }

  /** A fit begins. */
  begin(progress: FitProgress): void {
    this.#progress = progress;
  }

  /** It is over: finished, stopped or failed. */
  end(): void {
    this.#progress?.end();
  }

  /** The fit that is under way. */
  get position(): FitPosition | undefined {
    return this.#progress && this.#progress.phase !== 'ended' ? this.#progress.position() : undefined;
  }

  /** The whole training between two batches, as one file. All is read at once, but for the states of callbacks. */
  async toBytes(): Promise<Uint8Array> {
    const { compiled } = this.#lesson!;
    while (compiled.state.halfTaken) await compiled.state.halfTaken;
    const progress = this.#progress;
    const { network, options } = this.#model;
    const plugins = options.registry.plugins.map(({ name, version }) => [name, version]);
    const reads = Promise.all([
      readWeights(network.weights()),
      compiled.state.exportState(network.weights()),
      progress?.held ?? readKeptStates(network.placed),
    ]);
    const present = {
      versions: { [self.name]: self.version, ...Object.fromEntries(plugins) },
      facts: this.#facts(),
      inputs: network.inputSpecs,
      cursor: progress?.next ?? { epoch: 0, batch: 0, begun: false },
      seconds: progress?.seconds ?? 0,
      figures: progress?.figures?.state() ?? progress?.restored ?? null,
      history: progress?.history.epochs ?? [],
    };
    const callbacks = progress ? await readCallbackStates(progress.callbacks) : new Map();
    const [weights, optimizer, kept] = await reads;
    return encodeState({ ...present, weights, optimizer, kept, callbacks });
  }

  /**
   * Takes weights, optimizer and kept states from a state; the next fit, or the one that begins now, goes on there.
   *
   * Throws   `checkpoint-damaged`, `checkpoint-newer`, `checkpoint-mismatch`: the model is as it was then; `resume-late`
   *          once a fit is past its beginning
   */
  async restore(bytes: Uint8Array, where: string): Promise<void> {
    if (this.#progress?.phase === 'training') throw late(where);
    const state = decodeState(bytes, where);
    const { network } = this.#model;
    const built = network.inputShapes !== null;
    try {
      this.#build(state, where);
      checkFacts(state.facts, this.#facts(), where);
    } catch (error) {
      if (!built) network.unbuild();
      throw error;
    }
    const placed = network.weights();
    const weights = inOrder(placed, state.weights, where);
    this.#lesson!.compiled.state.importState(state.optimizer, placed);
    await assignWeights(placed, weights, where);
    keepStates(network.placed, state.kept);
    this.#pending = state;
    if (this.#progress?.phase === 'ended') this.#progress = undefined;
  }

  /** Builds the model, if it is not built, with weights no larger than those of the state. */
  #build({ inputs, weights }: TrainingState, where: string): void {
    const numbers = weights.reduce((sum, { data }) => sum + data.length, 0);
    try {
      withinRoom(numbers, () => this.#model.buildFor(inputs, where));
    } catch (cause) {
      if (!isOstinatoError(cause, 'weights-room')) throw cause;
      throw otherTraining(`it has no room for the weight '${cause.where}'`, where, cause);
    }
    this.#lesson!.compiled.bind(this.#model.network.outputNames!);
  }

  /** Within a fit, after `onTrainBegin`: goes on where the restored state was made, if one was. */
  async resume(where: string): Promise<void> {
    const [state, progress] = [this.#pending, this.#progress!];
    this.#pending = undefined;
    if (state) {
      checkFacts(state.facts, this.#facts(), where);
      progress.resume(state);
    }
    progress.phase = 'training';
    if (state) await restoreCallbackStates(progress.callbacks, state.callbacks, this.#model);
  }

  #facts(): JsonObject {
    const { compiled, optimizer } = this.#lesson!;
    const compile = { ...compiled.toJSON(), optimizer };
    return { ...modelFacts(this.#model), compile, fit: this.#progress?.facts ?? null };
  }
}

/** The weights of all parameters; the facts have seen to their shapes. */
function inOrder(
  params: readonly PlacedParam[],
  weights: readonly NamedArray[],
  where: string,
): NamedArray[] {
  const byName = new Map(weights.map((weight) => [weight.name, weight]));
  return params.map(({ path }) => {
    const weight = byName.get(path);
    if (weight) return weight;
    throw damaged(where, `The weight '${path}' is missing`);
  });
}

function late(where: string): OstinatoError {
  return new OstinatoError('resume-late', {
    where,
    what: 'The fit has begun with its batches',
    fix: 'Restore a training state before fit(), or in onTrainBegin',
  });
}
