/**
 * Recording which operations a function of tensors calls, to call the same ones again on other tensors without the function.
 *
 * A training step calls the same operations each time; finding out which takes longer, for small models, than to compute them. What is
 * recorded are calls of tfjs' kernels and of `primitive`s, which compute without tfjs; gradients are such calls, too. A recording is refused where
 * something shows that the next time could be another: values that are read, random numbers that no primitive draws, tensors from elsewhere, parts that
 * nobody calls repeatable. What does not show (a part that counts its calls, and says that it is repeatable) is recorded as it was.
 * Not here: whose steps are recorded, and when a recording is of use (`@ostinato/training`).
 */
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Layer } from './layer.js';
import type { Compute } from './recorded-operations.js';
import { Recorder } from './recorder.js';
import { isRepeatable } from './repeatable.js';
import type { Rng } from './rng.js';
import { WatchedRng } from './watched-rng.js';

let present: Recorder | undefined;

/**
 * Computes something without tfjs' kernels, looks at values or draws random numbers: as such it is recorded. `compute` is a function of its
 * arguments alone: tensors, objects that another primitive returned, undefined, and streams, `CallContext.rng` or split from it, of which it keeps none.
 *
 * Memory   what `compute` returns is new: none of it is an input, or returned twice. What is no tensor is for other primitives: whoever looks at it
 *          elsewhere refuses the recording
 * Throws   what `compute` throws
 */
export function primitive<const Outputs extends readonly unknown[], Inputs extends readonly unknown[]>(
  inputs: readonly [...Inputs],
  compute: (...inputs: NoInfer<Inputs>) => Outputs,
): Outputs {
  return present ? (present.primitive(inputs, compute as unknown as Compute) as Outputs) : compute(...inputs);
}

/** Says that something takes part in what is computed. What is not `Repeatable` is named in the reason why nothing is recorded. */
export function meetPart(part: object, name: string): void {
  if (present && !isRepeatable(part)) present.refuse(`${name} is not said to be repeatable`);
}

/** The same of a layer that is called. */
export function meetLayer(layer: Layer): void {
  present?.meetLayer(layer);
}

/** Says that what is computed cannot be recorded, and why. */
export function refuseRecording(why: string): void {
  present?.refuse(why);
}

/** Whether a recording is under way. */
export function isRecording(): boolean {
  return present !== undefined;
}

/**
 * The stream of random numbers of a step: `of(step)`, a new one each time, which follows from the step alone. While operations are recorded, a
 * `primitive` that has it among its inputs may draw from it; in a replay it then has the stream of the step that `Recording.replay` is told.
 */
export function stepStream(of: (step: number) => Rng, step: number): Rng {
  return present ? new WatchedRng(of(step), of, refuseDrawing) : of(step);
}

/** A stream of which nobody knows how it follows from the step: while operations are recorded, drawing from it refuses the recording. */
export function foreignStream(stream: Rng): Rng {
  if (!present || stream instanceof WatchedRng) return stream;
  return new WatchedRng(stream, undefined, refuseDrawing);
}

function refuseDrawing(): void {
  refuseRecording('random numbers are drawn outside of a primitive');
}

/**
 * Runs `f`, synchronous, and listens. `inputs` are the tensors that will be others the next time, and so will the step that `f` gives to `stepStream`.
 *
 * Memory   the recorder keeps tensors until its `finish` or `drop`, one of which the caller owes it
 * Throws   what `f` throws
 */
export function recordOperations<T>(
  inputs: readonly Tensor[],
  f: () => T,
): { readonly made: T; readonly recorder: Recorder } {
  const recorder = new Recorder(inputs);
  const before = present;
  present = recorder;
  const stop = recorder.listen();
  try {
    return { made: f(), recorder };
  } catch (error) {
    recorder.drop();
    throw error;
  } finally {
    stop();
    present = before;
  }
}
