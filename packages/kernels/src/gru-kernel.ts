/** The fused GRU over whole sequences, forward and backward through time; the reset gate after the product or before it. */
import type { Kernel, SequenceInputs } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import { activationCode } from './activation-codes.js';
import { type GruConfig, gruProgram } from './gru-call.js';
import type { KernelRuntime } from './kernel-runtime.js';
import { lastStep, silenceLeadingSteps } from './sequence-ends.js';
import { runSequence } from './sequence-op.js';

/** Runs GRU in `runtime`'s memory: see `gru.sequence` in core. */
export function gruKernel(runtime: KernelRuntime): Kernel<'gru.sequence'> {
  return {
    op: 'gru.sequence',
    refuse({ activation, recurrentActivation, recurrentDropout }) {
      if (runtime.refusal) return runtime.refusal;
      if (activationCode(activation) === undefined) return `activation '${activation}'`;
      if (activationCode(recurrentActivation) === undefined)
        return `recurrentActivation '${recurrentActivation}'`;
      return recurrentDropout > 0 ? 'recurrent dropout' : undefined;
    },
    run: (inputs, config) => tf.tidy(() => run(runtime, inputs, config)),
  };
}

/** The outputs in a form that `tf.tidy` knows. */
type Results = { readonly output: tf.Tensor; readonly states: tf.Tensor[] };

function run(runtime: KernelRuntime, inputs: SequenceInputs, config: GruConfig): Results {
  const { mask, initialStates } = inputs;
  const raw = runSequence(gruProgram(runtime), inputs, config);
  const output = mask && initialStates ? silenceLeadingSteps(raw, mask, config) : raw;
  if (!config.returnState) return { output, states: [] };
  const last = config.returnSequences ? lastStep(runtime, raw) : raw;
  return { output, states: [last] };
}
