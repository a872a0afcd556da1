/** The fused GRU over whole sequences, forward and backward through time; the reset gate after the product or before it. */
import type { Kernel, SequenceInputs, SequenceOutputs } from '@ostinato/core';
import { activationCode } from './activation-codes.js';
import { type GruConfig, gruProgram } from './gru-call.js';
import type { KernelRuntime } from './kernel-runtime.js';
import { lastStep, silenceLeadingSteps } from './sequence-ends.js';
import { runSequence, tidyOutputs } from './sequence-op.js';

/** Runs GRU in `runtime`'s memory: see `gru.sequence` in core. */
export function gruKernel(runtime: KernelRuntime): Kernel<'gru.sequence'> {
  return {
    op: 'gru.sequence',
    repeatable: true,
    refuse({ activation, recurrentActivation }) {
      if (runtime.refusal) return runtime.refusal;
      const unknown = [activation, recurrentActivation].find((name) => activationCode(name) === undefined);
      return unknown === undefined ? undefined : `activation '${unknown}'`;
    },
    run: (inputs, config) => tidyOutputs(() => run(runtime, inputs, config)),
  };
}

function run(runtime: KernelRuntime, inputs: SequenceInputs, config: GruConfig): SequenceOutputs {
  const { mask, initialStates } = inputs;
  const raw = runSequence(gruProgram(runtime), inputs, config);
  const output = mask && initialStates ? silenceLeadingSteps(raw, mask, config) : raw;
  if (!config.returnState) return { output, states: [] };
  const last = config.returnSequences ? lastStep(runtime, raw) : raw;
  return { output, states: [last] };
}
