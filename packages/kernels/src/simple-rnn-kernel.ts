/**
 * The fused SimpleRNN over whole sequences, forward and backward through time.
 *
 * The batch is cut into fixed blocks of rows; a block runs its whole sequence alone, and the blocks' sums for the weights are
 * added in the order of the blocks. Who runs a block, and when, does not change a bit.
 */
import type { Kernel, SequenceConfig, SequenceInputs, SequenceOutputs } from '@ostinato/core';
import { activationCode } from './activation-codes.js';
import type { KernelRuntime } from './kernel-runtime.js';
import { lastStep, silenceLeadingSteps } from './sequence-ends.js';
import { runSequence, tidyOutputs } from './sequence-op.js';
import { simpleRnnProgram } from './simple-rnn-call.js';

/** Runs SimpleRNN in `runtime`'s memory: see `simpleRNN.sequence` in core. */
export function simpleRnnKernel(runtime: KernelRuntime): Kernel<'simpleRNN.sequence'> {
  return {
    op: 'simpleRNN.sequence',
    repeatable: true,
    refuse({ activation }) {
      if (runtime.refusal) return runtime.refusal;
      return activationCode(activation) === undefined ? `activation '${activation}'` : undefined;
    },
    run: (inputs, config) => tidyOutputs(() => run(runtime, inputs, config)),
  };
}

function run(runtime: KernelRuntime, inputs: SequenceInputs, config: SequenceConfig): SequenceOutputs {
  const { mask, initialStates } = inputs;
  const raw = runSequence(simpleRnnProgram(runtime), inputs, config);
  const output = mask && initialStates ? silenceLeadingSteps(raw, mask, config) : raw;
  if (!config.returnState) return { output, states: [] };
  const last = config.returnSequences ? lastStep(runtime, raw) : raw;
  return { output, states: [last] };
}
