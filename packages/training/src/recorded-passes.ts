/**
 * Passes of a run of `fit` that are repeated by their operations.
 *
 * A batch of a new shape asks all layers, and what they call is recorded. Later batches of that shape take the recording. The first few recordings are
 * taken both ways once: if a single bit differs, the layers are asked to the end of the run. They are asked as well when an operation throws, so that
 * the error is theirs. What neither `Repeatable` nor a recorder nor this comparison sees stays as it was when it was recorded.
 */
import {
  isOstinatoError,
  isRepeatable,
  layerObserver,
  logitsBehind,
  type Param,
  type Recorder,
  type Recording,
  recordOperations,
} from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import type { Compiled } from './compiled.js';
import type { Batch } from './data/device-batch.js';
import { disposePass, mapPass, type Pass, type Passable, type PassOf, runPass, stepOf } from './pass.js';
import type { WeightUpdates } from './weight-updates.js';

/** Shorter runs are not recorded: the first steps ask the layers anyway, and compare. */
const LEAST_STEPS = 16;
/** Recordings that are compared. */
const COMPARED = 3;
/** What is kept of a run, in all its recordings: for shapes that come when there is more, the layers are asked in each step. */
const MOST_OPERATIONS = 50_000;
const MOST_CONSTANT_BYTES = 64 * 1024 * 1024;

interface Recorded {
  readonly recording: Recording;
  /** Where its results stand in a pass; behind them come the new values of `updated`. */
  readonly layout: PassOf<number>;
  readonly updated: readonly Param[];
  /** The next time it is taken, it is compared with what the layers do. */
  open: boolean;
}

/** What recordings were made for beside the shapes of batches. */
interface Surroundings {
  /** Those that are trained. */
  readonly params: readonly Param[];
  readonly weights: readonly Param[];
  readonly backend: unknown;
}

/** Memory   owns the recordings until `dispose` */
export class RecordedPasses {
  readonly #recorded = new Map<string, Recorded>();
  #made: Surroundings | undefined;
  #operations = 0;
  #constantBytes = 0;
  #toCompare = COMPARED;
  #refusal: string | undefined;
  #replayed = 0;

  /** `steps`: how many there will be, if that is known. */
  constructor({ runEagerly }: Compiled, steps?: number) {
    if (runEagerly) this.#refusal = 'compiled with `runEagerly`';
    else if (steps !== undefined && steps < LEAST_STEPS)
      this.#refusal = `there are fewer than ${LEAST_STEPS} steps`;
  }

  /** How many passes asked no layer. */
  get replayed(): number {
    return this.#replayed;
  }

  /** What keeps passes from being repeated, or some of them; undefined when nothing does. */
  get refusal(): string | undefined {
    return this.#refusal ?? (this.#full ? 'there are more shapes of batches than find room' : undefined);
  }

  get #full(): boolean {
    return this.#operations > MOST_OPERATIONS || this.#constantBytes > MOST_CONSTANT_BYTES;
  }

  /** As `runPass`. */
  run(model: Passable, batch: Batch, params: readonly Param[], updates: WeightUpdates): Pass {
    const asked = (): Pass => runPass(model, batch, params, updates);
    if (this.#refusal !== undefined || model.compiled.state.steps === 0 || isWatched()) return asked();
    this.#forgetOthers(model, params);
    const key = keyOf(batch);
    const known = this.#recorded.get(key);
    if (!known?.recording.fits) return this.#full ? asked() : this.#record(key, model, batch, asked, updates);
    const step = stepOf(model.compiled);
    if (known.open) return this.#compared(known, batch, step, asked(), updates);
    try {
      return this.#repeat(known, batch, step, updates);
    } catch (error) {
      if (isWorkerError(error)) throw error; // asked now, the layers would do with the threads that are left, and nobody would know
      return this.#refuse(`an operation failed when it was repeated: ${messageOf(error)}`, asked());
    }
  }

  dispose(): void {
    for (const { recording } of this.#recorded.values()) recording.dispose();
    this.#recorded.clear();
    this.#operations = 0;
    this.#constantBytes = 0;
  }

  /** Drops the recordings of other parameters than the present ones, or of another backend. */
  #forgetOthers({ network }: Passable, params: readonly Param[]): void {
    const made = this.#made;
    const { backend } = tf.engine();
    if (made && sameItems(made.params, params) && made.backend === backend) return;
    this.dispose();
    this.#made = { params, weights: network.weights().map(({ param }) => param), backend };
  }

  #record(key: string, model: Passable, batch: Batch, asked: () => Pass, updates: WeightUpdates): Pass {
    if (keepsStates(model)) return this.#refuse(KEEPS_STATES, asked());
    const { made, recorder } = recordOperations(this.#inputs(batch), asked);
    try {
      this.#check(model, made, recorder);
      const results: tf.Tensor[] = [];
      const layout = mapPass(made, (tensor) => results.push(tensor) - 1);
      const recording = recorder.finish([...results, ...updates.values]);
      if (typeof recording === 'string') return this.#refuse(recording, made);
      this.#keep(key, { recording, layout, updated: updates.params, open: this.#toCompare-- > 0 });
      return made;
    } catch (error) {
      recorder.drop();
      disposePass(made);
      throw error;
    }
  }

  /** What is not seen while a pass is recorded. */
  #check(model: Passable, { flows }: Pass, recorder: Recorder): void {
    if (keepsStates(model)) recorder.refuse(KEEPS_STATES);
    for (const { regularizer } of this.#made!.params) checkPart('regularizer', regularizer, recorder);
    for (const { loss } of model.compiled.objectives) checkPart('loss', loss, recorder);
    for (const { output } of flows) {
      const logits = logitsBehind(output, 'sigmoid') ?? logitsBehind(output, 'softmax');
      if (logits) recorder.refuse('metrics may need the logits of an output');
    }
  }

  /** In place of one that does not fit any more. */
  #keep(key: string, recorded: Recorded): void {
    const { recording } = recorded;
    const old = this.#recorded.get(key)?.recording;
    this.#recorded.set(key, recorded);
    this.#operations += recording.length - (old?.length ?? 0);
    this.#constantBytes += recording.constantBytes - (old?.constantBytes ?? 0);
    old?.dispose();
  }

  #refuse(why: string, pass: Pass): Pass {
    this.#refusal = why;
    this.dispose();
    return pass;
  }

  #inputs(batch: Batch): tf.Tensor[] {
    const inputs: tf.Tensor[] = [...batch.x];
    for (const tensor of batch.y) if (tensor) inputs.push(tensor);
    for (const tensor of batch.weights) if (tensor) inputs.push(tensor);
    for (const param of this.#made!.weights) inputs.push(param.tensor);
    return inputs;
  }

  #repeat(
    { recording, layout, updated }: Recorded,
    batch: Batch,
    step: number,
    updates: WeightUpdates,
  ): Pass {
    const results = tf.tidy(() => recording.replay(this.#inputs(batch), step));
    updates.adopt(updated, results.slice(results.length - updated.length));
    this.#replayed++;
    return mapPass(layout, (index) => results[index]!);
  }

  /** The pass that the layers made, when the recording has been seen to make the same. */
  #compared(known: Recorded, batch: Batch, step: number, pass: Pass, updates: WeightUpdates): Pass {
    const expected: tf.Tensor[] = [];
    mapPass(pass, (tensor) => expected.push(tensor));
    expected.push(...updates.values);
    known.open = false;
    try {
      const differs = tf.tidy(() => {
        const found = known.recording.replay(this.#inputs(batch), step);
        return found.some((tensor, i) => !sameBits(tensor, expected[i]!));
      });
      return differs
        ? this.#refuse('a step came out otherwise when its operations were repeated', pass)
        : pass;
    } catch (error) {
      if (!isWorkerError(error))
        return this.#refuse(`an operation failed when it was repeated: ${messageOf(error)}`, pass);
      disposePass(pass);
      throw error;
    }
  }
}

const KEEPS_STATES = 'a layer keeps states';

function keepsStates({ network }: Passable): boolean {
  return network.placed.some(({ layer }) => layer.keptStates().size > 0);
}

function checkPart(
  kind: string,
  part: { readonly name: string } | null | undefined,
  recorder: Recorder,
): void {
  if (part && !isRepeatable(part)) recorder.refuse(`the ${kind} '${part.name}' is not said to be repeatable`);
}

/** Whether somebody wants to see each operation or each layer. */
function isWatched(): boolean {
  return layerObserver() !== undefined || tf.env().getBool('DEBUG') || tf.engine().state.profiling;
}

function isWorkerError(error: unknown): boolean {
  return isOstinatoError(error, 'worker-failed') || isOstinatoError(error, 'worker-lost');
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** What a recording is made for beside the parameters. */
function keyOf({ x, y, weights }: Batch): string {
  let key = '';
  for (const tensor of [...x, ...y, ...weights]) key += tensor ? `${tensor.dtype}[${tensor.shape}]` : '-';
  return key;
}

function sameItems<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.length === b.length && a.every((item, i) => item === b[i]);
}

function sameBits(a: tf.Tensor, b: tf.Tensor): boolean {
  if (a.dtype !== b.dtype || `${a.shape}` !== `${b.shape}`) return false;
  const [one, other] = [a.dataSync(), b.dataSync()].map(
    ({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength),
  );
  return one!.every((byte, i) => byte === other![i]);
}
