/** The network: word vectors, one recurrent layer, one number. */
import type { FusedPolicy, KernelChoice, Registry } from '@ostinato/core';
import { bidirectional, dense, embedding, gru, lstm, simpleRNN } from '@ostinato/layers';
import { type Sequential, sequential } from '@ostinato/training';

const recurrent = {
  'simple-rnn': simpleRNN,
  lstm,
  gru,
  'bi-lstm': ({ units }: { units: number }) => bidirectional({ layer: lstm({ units }) }),
} as const;

export type ModelKind = keyof typeof recurrent;

export const modelKinds = Object.keys(recurrent) as ModelKind[];

/** Words of a review that are read, unless something else is said. */
export const defaultMaxLen = 500;

export interface RecipeOptions {
  readonly model: ModelKind;
  readonly numWords: number;
  readonly embedding: number;
  readonly units: number;
  readonly maxLen: number;
  readonly seed: number;
  readonly fused: FusedPolicy;
  /** For reviews of any length: padding is masked. */
  readonly bucket: boolean;
}

/** The compiled network; its weights follow from the seed. */
export function createModel(options: RecipeOptions, registry: Registry): Sequential {
  const { numWords, units, maxLen, seed, fused, bucket } = options;
  const model = sequential(
    [
      embedding({ inputDim: numWords, outputDim: options.embedding, maskZero: bucket }),
      recurrent[options.model]({ units }),
      dense({ units: 1, activation: 'sigmoid' }),
    ],
    { registry, seed, fused, inputShape: [bucket ? null : maxLen] },
  );
  model.compile({ optimizer: 'adam', loss: 'binaryCrossentropy', metrics: ['accuracy'] });
  return model;
}

/** How the network is computed. */
export interface KernelSummary {
  /** What the recurrent layer runs on: it takes nearly all of the time. */
  readonly kernels: 'fused' | 'reference';
  /** Which operations are fused, or why the recurrent layer's is not. */
  readonly reason: string;
}

export function summarizeKernels(choices: readonly KernelChoice[]): KernelSummary {
  const sequences = choices.filter(({ op }) => op.endsWith('.sequence'));
  const refusal = sequences.find(({ route }) => route !== 'fused');
  if (refusal || sequences.length === 0) {
    return { kernels: 'reference', reason: refusal?.reason ?? 'the layer asked for no kernel' };
  }
  const fused = [...new Set(choices.filter(({ route }) => route === 'fused').map(({ op }) => op))];
  const refused = choices.filter(({ route }) => route !== 'fused');
  const others = [...new Set(refused.map(({ op, reason }) => `${op} (${reason})`))];
  const rest = others.length === 0 ? '' : `; reference: ${others.join(', ')}`;
  return { kernels: 'fused', reason: `${fused.join(', ')}${rest}` };
}
