/**
 * Passes of a run of `fit` that are repeated by their operations.
 *
 * A batch of a new shape asks all layers, and what they call is recorded. Later batches of that shape take the recording. The first is taken both
 * ways: if a single bit differs, the layers are asked in every step. They are asked as well when an operation throws, so that its error is theirs.
 */
import {
  isOstinatoError,
  logitsBehind,
  type Param,
  type PureParts,
  type Recorder,
  type Recording,
  recordOperations,
} from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import type { Batch } from './data/device-batch.js';
import { type Pass, type Passable, runPass } from './pass.js';
import type { WeightUpdates } from './weight-updates.js';

/** What is kept of a run, in all its recordings: for shapes that come when there is more, the layers are asked in each step. */
const MOST_OPERATIONS = 200_000;
const MOST_CONSTANT_BYTES = 64 * 1024 * 1024;

/** A recording and what its results are. */
interface Recorded {
  readonly recording: Recording;
  readonly layout: Layout;
}

/** Which results there are, one after the other: value, gradients, outputs, masks, losses, updates. */
interface Layout {
  readonly gradients: readonly boolean[];
  readonly masks: readonly boolean[];
  readonly losses: readonly boolean[];
  readonly updated: readonly Param[];
}

/** Memory   owns the recordings of a run from `begin` to `end` */
export class RecordedPasses {
  readonly #pure: PureParts;
  readonly #recorded = new Map<string, Recorded>();
  /** What the recordings were made for: parameters that are trained, all weights, and which layers are trainable. */
  #made:
    | { readonly params: readonly Param[]; readonly weights: readonly Param[]; readonly flags: string }
    | undefined;
  #backend: unknown;
  #operations = 0;
  #constantBytes = 0;
  /** Whether a replay came out as the layers did, for what is `#made` now. */
  #trusted = false;
  #refusal: string | undefined;
  #replayed = 0;

  /** `pure`: what may take part. */
  constructor(pure: PureParts) {
    this.#pure = pure;
  }

  /** How many steps of this run asked no layer. */
  get replayed(): number {
    return this.#replayed;
  }

  /** Why none is recorded; undefined as long as some may be. */
  get refusal(): string | undefined {
    return this.#refusal;
  }

  /** As `runPass`. */
  run(model: Passable, batch: Batch, params: readonly Param[], updates: WeightUpdates): Pass {
    const asked = (): Pass => runPass(model, batch, params, updates);
    if (this.#refusal !== undefined || model.compiled.state.steps === 0) return asked();
    this.#forgetOthers(model, params);
    const key = keyOf(batch);
    const known = this.#recorded.get(key);
    if (!known) return this.#full ? asked() : this.#record(key, model, batch, asked, updates);
    if (this.#trusted) return this.#replay(key, known, batch, updates) ?? asked();
    const pass = asked();
    this.#compare(known, batch, pass, updates);
    return pass;
  }

  /** Begins a run. */
  begin(): void {
    this.#refusal = undefined;
    this.#replayed = 0;
  }

  /** Ends a run: gives up the recordings. */
  end(): void {
    for (const { recording } of this.#recorded.values()) recording.dispose();
    this.#recorded.clear();
    this.#operations = 0;
    this.#constantBytes = 0;
  }

  get #full(): boolean {
    return this.#operations > MOST_OPERATIONS || this.#constantBytes > MOST_CONSTANT_BYTES;
  }

  /** Drops the recordings of other parameters than the present ones, or of another backend. */
  #forgetOthers({ network }: Passable, params: readonly Param[]): void {
    const flags = network.placed.map(({ layer }) => (layer.trainable ? 't' : 'f')).join('');
    const made = this.#made;
    const { backend } = tf.engine();
    if (made?.flags === flags && sameItems(made.params, params) && this.#backend === backend) return;
    this.end();
    this.#trusted = false;
    this.#backend = backend;
    this.#made = { params, weights: network.weights().map(({ param }) => param), flags };
  }

  #record(key: string, model: Passable, batch: Batch, asked: () => Pass, updates: WeightUpdates): Pass {
    const keepsStates = (): boolean => model.network.placed.some(({ layer }) => layer.keptStates().size > 0);
    if (keepsStates()) return this.#refuse('a layer keeps states', asked());
    const { made, recorder } = recordOperations(this.#inputs(batch), this.#pure, asked);
    if (keepsStates()) recorder.refuse('a layer keeps states');
    for (const { regularizer } of this.#made!.params)
      if (regularizer && !regularizer.pure) recorder.refuse(notPure('regularizer', regularizer.name));
    for (const { loss } of model.compiled.objectives)
      if (loss && !loss.pure) recorder.refuse(notPure('loss', loss.name));
    if (made.flows.some(({ output }) => logitsBehind(output, 'sigmoid') ?? logitsBehind(output, 'softmax')))
      recorder.refuse('metrics need the logits');
    return this.#finish(key, recorder, made, updates);
  }

  #finish(key: string, recorder: Recorder, pass: Pass, updates: WeightUpdates): Pass {
    const recording = recorder.finish(resultsOf(pass, updates));
    if (typeof recording === 'string') return this.#refuse(recording, pass);
    this.#operations += recording.length;
    this.#constantBytes += recording.constantBytes;
    this.#recorded.set(key, { recording, layout: layoutOf(pass, updates) });
    return pass;
  }

  #refuse(why: string, pass: Pass): Pass {
    this.#refusal = why;
    this.end();
    return pass;
  }

  #inputs(batch: Batch): tf.Tensor[] {
    const inputs: tf.Tensor[] = [...batch.x];
    for (const tensor of batch.y) if (tensor) inputs.push(tensor);
    for (const tensor of batch.weights) if (tensor) inputs.push(tensor);
    for (const param of this.#made!.weights) inputs.push(param.tensor);
    return inputs;
  }

  /** Undefined when an operation threw: the layers will say it better, or manage. */
  #replay(key: string, known: Recorded, batch: Batch, updates: WeightUpdates): Pass | undefined {
    const { recording, layout } = known;
    try {
      const [pass, updated] = passOf(
        tf.tidy(() => recording.replay(this.#inputs(batch))),
        layout,
      );
      updates.adopt(layout.updated, updated);
      this.#replayed++;
      return pass;
    } catch (error) {
      if (isWorkerError(error)) throw error; // asked again, the threads that are left would do, and nobody would know
      recording.dispose();
      this.#recorded.delete(key);
      return undefined;
    }
  }

  #compare({ recording }: Recorded, batch: Batch, pass: Pass, updates: WeightUpdates): void {
    const expected = resultsOf(pass, updates);
    try {
      this.#trusted = tf.tidy(() => {
        const found = recording.replay(this.#inputs(batch));
        return found.every((tensor, i) => sameBits(tensor, expected[i]!));
      });
    } catch (error) {
      if (isWorkerError(error)) throw error;
    }
    if (!this.#trusted) this.#refuse('a step came out otherwise when its operations were repeated', pass);
  }
}

function isWorkerError(error: unknown): boolean {
  return isOstinatoError(error, 'worker-failed') || isOstinatoError(error, 'worker-lost');
}

function notPure(kind: string, name: string): string {
  return `the ${kind} '${name}' is not said to be pure`;
}

/** What a recording is made for beside the parameters. */
function keyOf({ x, y, weights }: Batch): string {
  let key = '';
  for (const tensor of [...x, ...y, ...weights]) key += tensor ? `${tensor.dtype}[${tensor.shape}]` : '-';
  return key;
}

function resultsOf({ value, gradients, flows, losses }: Pass, updates: WeightUpdates): tf.Tensor[] {
  const present = (tensors: readonly (tf.Tensor | null)[]): tf.Tensor[] =>
    tensors.filter((tensor) => tensor !== null);
  return [
    value,
    ...present(gradients),
    ...flows.map(({ output }) => output),
    ...present(flows.map(({ mask }) => mask)),
    ...present(losses),
    ...updates.values,
  ];
}

function layoutOf({ gradients, flows, losses }: Pass, updates: WeightUpdates): Layout {
  const present = (tensor: tf.Tensor | null): boolean => tensor !== null;
  return {
    gradients: gradients.map(present),
    masks: flows.map(({ mask }) => present(mask)),
    losses: losses.map(present),
    updated: updates.params,
  };
}

/** The results in their places again, and the updates. */
function passOf(results: readonly tf.Tensor[], layout: Layout): [Pass, readonly tf.Tensor[]] {
  let next = 0;
  const take = (present: boolean): tf.Tensor | null => (present ? results[next++]! : null);
  const value = results[next++]!;
  const gradients = layout.gradients.map(take);
  const outputs = layout.masks.map(() => results[next++]!);
  const masks = layout.masks.map(take);
  const losses = layout.losses.map(take);
  const flows = outputs.map((output, i) => ({ output, mask: masks[i]! }));
  return [{ value, gradients, flows, losses }, results.slice(next)];
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
