/** A sequence operation as tfjs sees it: one op with its gradient, and what it keeps for the way back. */
import {
  OstinatoError,
  primitive,
  type SequenceConfig,
  type SequenceInputs,
  type SequenceOutputs,
} from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';

export interface SequenceCall<Config extends SequenceConfig = SequenceConfig> {
  readonly x: tf.Tensor;
  readonly mask: tf.Tensor | undefined;
  /** As in `SequenceInputs`: constants, whose gradients nobody wants. */
  readonly inputMasks: tf.Tensor | undefined;
  readonly stateMasks: tf.Tensor | undefined;
  /** One for each state of the cell, or none. */
  readonly initialStates: readonly tf.Tensor[];
  readonly kernel: tf.Tensor;
  readonly recurrentKernel: tf.Tensor;
  readonly bias: tf.Tensor | undefined;
  readonly config: Config;
  /** true: what the way back needs is kept. */
  readonly recording: boolean;
}

/** A call on its way back, with what `forward` kept. */
export interface RecordedCall<Config extends SequenceConfig = SequenceConfig> extends SequenceCall<Config> {
  readonly states: tf.Tensor;
}

export interface SequenceProgram<Config extends SequenceConfig = SequenceConfig> {
  /** `states` is for `backward` alone. */
  forward(call: SequenceCall<Config>): { readonly output: tf.Tensor; readonly states: tf.Tensor };
  /** Gradients of x, kernel, recurrentKernel, bias and the initial states, as far as there are such, in that order. */
  backward(call: RecordedCall<Config>, dy: tf.Tensor): tf.Tensor[];
}

/**
 * Runs `program`, differentiable in every float input but the dropout masks.
 *
 * Throws   `masks-missing` when there should be recurrent dropout and nothing says what is dropped
 */
export function runSequence<Config extends SequenceConfig>(
  program: SequenceProgram<Config>,
  inputs: SequenceInputs,
  config: Config,
): tf.Tensor {
  if (config.recurrentDropout > 0 && !inputs.stateMasks) throw masksMissing(config);
  const { x, mask, inputMasks, stateMasks, initialStates = [], kernel, recurrentKernel, bias } = inputs;
  const tensors = [x, kernel, recurrentKernel, ...(bias ? [bias] : []), ...initialStates];
  const op = tf.customGrad((...given: (tf.Tensor | tf.GradSaveFunc)[]) => {
    const save = given.at(-1) as tf.GradSaveFunc;
    const recording = tf.engine().state.gradientDepth > 0;
    const masks = { mask, inputMasks, stateMasks };
    const call = { x, ...masks, initialStates, kernel, recurrentKernel, bias, config, recording };
    const read = [...tensors, ...Object.values(masks).filter((tensor) => tensor !== undefined)];
    const [output, states] = primitive(read, (...given: tf.Tensor[]) => {
      const made = program.forward(withTensors(call, given));
      return [made.output, made.states];
    });
    if (recording) save([...read, states]);
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]): tf.Tensor[] =>
      primitive([dy, ...saved], (...[outer, ...kept]: tf.Tensor[]) =>
        program.backward({ ...withTensors(call, kept), states: kept.at(-1)! }, outer!),
      );
    return { value: output, gradFunc };
  });
  return op(...tensors);
}

function masksMissing({ recurrentDropout }: SequenceConfig): OstinatoError {
  return new OstinatoError('masks-missing', {
    where: '@ostinato/kernels',
    what: `There are no masks for a recurrent dropout of ${recurrentDropout}`,
    expected: '`stateMasks` among the inputs, f32[batch, gates, units]',
    fix: 'Let the cell draw them in `masks` of its offer',
  });
}

/** What `run` returns, and nothing else that it made. */
export function tidyOutputs(run: () => SequenceOutputs): SequenceOutputs {
  const [output, ...states] = tf.tidy(() => {
    const made = run();
    return [made.output, ...made.states];
  });
  return { output: output!, states };
}

/** The call with other tensors: those that tfjs kept, as the caller's may be gone by now, or those of another step. */
function withTensors<Config extends SequenceConfig>(
  call: SequenceCall<Config>,
  tensors: readonly tf.Tensor[],
): SequenceCall<Config> {
  const rest = [...tensors];
  const take = (): tf.Tensor => rest.shift()!;
  return Object.assign({}, call, {
    x: take(),
    kernel: take(),
    recurrentKernel: take(),
    bias: call.bias && take(),
    initialStates: call.initialStates.map(take),
    mask: call.mask && take(),
    inputMasks: call.inputMasks && take(),
    stateMasks: call.stateMasks && take(),
  });
}
