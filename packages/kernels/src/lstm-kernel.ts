/**
 * The fused LSTM over whole sequences, forward and backward through time.
 *
 * Cut into blocks as SimpleRNN is (`simple-rnn-kernel.ts`). tfjs knows gradients of ops with one result alone; where the final
 * cell state is wanted too, it stands behind the output in one tensor, of which both are parts.
 */
import type { GatedSequenceConfig, Kernel, SequenceInputs, SequenceOutputs } from '@ostinato/core';
import { activationCode } from './activation-codes.js';
import type { KernelRuntime } from './kernel-runtime.js';
import { lstmProgram } from './lstm-call.js';
import { lastStep, partOf, silenceLeadingSteps } from './sequence-ends.js';
import { runSequence, tidyOutputs } from './sequence-op.js';

/** Runs LSTM in `runtime`'s memory: see `lstm.sequence` in core. */
export function lstmKernel(runtime: KernelRuntime): Kernel<'lstm.sequence'> {
  return {
    op: 'lstm.sequence',
    repeatable: true,
    refuse({ activation, recurrentActivation }) {
      if (runtime.refusal) return runtime.refusal;
      const unknown = [activation, recurrentActivation].find((name) => activationCode(name) === undefined);
      return unknown === undefined ? undefined : `activation '${unknown}'`;
    },
    run: (inputs, config) => tidyOutputs(() => run(runtime, inputs, config)),
  };
}

function run(runtime: KernelRuntime, inputs: SequenceInputs, config: GatedSequenceConfig): SequenceOutputs {
  const { x, mask, initialStates } = inputs;
  const { returnSequences, returnState, units } = config;
  const [batch, steps] = x.shape as [number, number];
  const result = runSequence(lstmProgram(runtime), inputs, config);
  const shape = returnSequences ? [batch, steps, units] : [batch, units];
  const raw = returnState ? partOf(runtime, result, 0, shape) : result;
  const output = mask && initialStates ? silenceLeadingSteps(raw, mask, config) : raw;
  if (!returnState) return { output, states: [] };
  const last = returnSequences ? lastStep(runtime, raw) : raw;
  return { output, states: [last, partOf(runtime, result, raw.size, [batch, units])] };
}
