/**
 * The fused SimpleRNN over whole sequences, forward and backward through time.
 *
 * The batch is cut into fixed blocks of rows; a block runs its whole sequence alone, and the blocks' sums for the weights are
 * added in the order of the blocks. Who runs a block, and when, does not change a bit.
 */
import type { Kernel, SequenceConfig, SequenceInputs, SequenceOutputs } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import { activationCode } from './activation-codes.js';
import type { KernelRuntime } from './kernel-runtime.js';
import { lastStep, silenceLeadingSteps } from './sequence-ends.js';
import { type SimpleRnnCall, simpleRnnBackward, simpleRnnForward } from './simple-rnn-call.js';

/** Runs SimpleRNN in `runtime`'s memory: see `simpleRNN.sequence` in core. */
export function simpleRnnKernel(runtime: KernelRuntime): Kernel<'simpleRNN.sequence'> {
  return {
    op: 'simpleRNN.sequence',
    refuse({ activation, recurrentDropout }) {
      if (runtime.refusal) return runtime.refusal;
      if (activationCode(activation) === undefined) return `activation '${activation}'`;
      return recurrentDropout > 0 ? 'recurrent dropout' : undefined;
    },
    run: (inputs, config) => run(runtime, inputs, config),
  };
}

function run(runtime: KernelRuntime, inputs: SequenceInputs, config: SequenceConfig): SequenceOutputs {
  const { mask, initialStates } = inputs;
  const initial = initialStates?.[0];
  const raw = sequence(runtime, inputs, config);
  const output = mask && initial ? silenceLeadingSteps(raw, mask, config) : raw;
  if (!config.returnState) return { output, states: [] };
  const last = config.returnSequences ? lastStep(runtime, raw) : raw;
  return { output, states: [last] };
}

/** States of all steps or the last one, with the initial state where nothing was read yet. */
function sequence(runtime: KernelRuntime, inputs: SequenceInputs, config: SequenceConfig): tf.Tensor {
  const { x, mask, initialStates, kernel, recurrentKernel, bias } = inputs;
  const initial = initialStates?.[0];
  const tensors = [x, kernel, recurrentKernel, ...(bias ? [bias] : []), ...(initial ? [initial] : [])];
  const op = tf.customGrad((...given: (tf.Tensor | tf.GradSaveFunc)[]) => {
    const save = given.at(-1) as tf.GradSaveFunc;
    const recording = tf.engine().state.gradientDepth > 0;
    const call: SimpleRnnCall = { x, mask, initial, kernel, recurrentKernel, bias, config, recording };
    const { output, states } = simpleRnnForward(runtime, call);
    if (recording) save([...tensors, states, ...(mask ? [mask] : [])]);
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]): tf.Tensor[] =>
      simpleRnnBackward(runtime, restore(call, saved), dy);
    return { value: output, gradFunc };
  });
  return op(...tensors);
}

/** The call with the tensors that tfjs kept: those of the caller may be gone by now. */
function restore(
  call: SimpleRnnCall,
  saved: readonly tf.Tensor[],
): SimpleRnnCall & { readonly states: tf.Tensor } {
  const rest = [...saved];
  const take = (): tf.Tensor => rest.shift()!;
  return {
    ...call,
    x: take(),
    kernel: take(),
    recurrentKernel: take(),
    bias: call.bias && take(),
    initial: call.initial && take(),
    states: take(),
    mask: call.mask && take(),
  };
}
