// The conformance suite on the fused LSTM: against plain loops, its gradients by finite differences.
import { useBackend } from '@ostinato/backend';
import type { GatedSequenceConfig, SequenceInputs } from '@ostinato/core';
import { testKernel } from '@ostinato/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { PLAIN_ACTIVATIONS } from '../test/plain-activations.js';
import { plainLstmOutputs } from '../test/plain-lstm.js';
import { randomValues } from '../test/random-values.js';
import { KernelRuntime } from './kernel-runtime.js';
import { lstmKernel } from './lstm-kernel.js';

const runtime = new KernelRuntime();
beforeAll(async () => {
  await useBackend('cpu');
  await runtime.start();
});

const [batch, steps, inputSize, units] = [3, 5, 2, 3] as const;

const base: GatedSequenceConfig = {
  inputSize,
  units,
  useBias: true,
  activation: 'tanh',
  recurrentActivation: 'sigmoid',
  goBackwards: false,
  returnSequences: true,
  returnState: true,
  masked: true,
  recurrentDropout: 0,
};

/** Right-masked, left-masked, and with a gap. */
const MASK = [1, 1, 1, 0, 0, 0, 1, 1, 1, 1, 1, 0, 0, 1, 1];

function makeInputs({ useBias, masked }: GatedSequenceConfig): SequenceInputs {
  const values = (shape: number[], seed: number): tf.Tensor =>
    tf.tensor(randomValues(tf.util.sizeFromShape(shape), seed), shape);
  return {
    x: values([batch, steps, inputSize], 1),
    kernel: values([inputSize, 4 * units], 2),
    recurrentKernel: values([units, 4 * units], 3),
    ...(useBias ? { bias: values([4 * units], 4) } : {}),
    ...(masked ? { mask: tf.tensor(MASK, [batch, steps], 'bool') } : {}),
    initialStates: [values([batch, units], 5), values([batch, units], 6)],
  };
}

function reference(inputs: SequenceInputs, config: GatedSequenceConfig) {
  const { activation, recurrentActivation, returnSequences, returnState, goBackwards } = config;
  const values = (tensor: tf.Tensor | undefined) => tensor && (tensor.dataSync() as Float32Array);
  const { y, lastH, lastC } = plainLstmOutputs({
    batch,
    steps,
    inputSize,
    units,
    goBackwards,
    x: values(inputs.x)!,
    kernel: values(inputs.kernel)!,
    recurrentKernel: values(inputs.recurrentKernel)!,
    bias: values(inputs.bias),
    initialH: values(inputs.initialStates?.[0]),
    initialC: values(inputs.initialStates?.[1]),
    mask: values(inputs.mask),
    activation: PLAIN_ACTIVATIONS[activation]!,
    recurrentActivation: PLAIN_ACTIVATIONS[recurrentActivation]!,
  });
  const of = (all: Float64Array, shape: number[]): tf.Tensor => tf.tensor(Float32Array.from(all), shape);
  const states = () => [of(lastH, [batch, units]), of(lastC, [batch, units])];
  return {
    output: returnSequences ? of(y, [batch, steps, units]) : of(lastH, [batch, units]),
    states: returnState ? states() : [],
  };
}

describe('the fused LSTM conforms', () => {
  test.each<[string, Partial<GatedSequenceConfig>]>([
    ['masked, with its final states', {}],
    ['backwards, without bias', { goBackwards: true, useBias: false, masked: false }],
    ['the last step alone', { returnSequences: false, returnState: false }],
    ['other activations', { activation: 'softsign', recurrentActivation: 'elu' }],
  ])('%s', async (_what, more) => {
    const config = { ...base, ...more };
    const report = await testKernel(lstmKernel(runtime), {
      config,
      inputs: () => makeInputs(config),
      reference,
      gradientsFrom: 'finite differences',
      refuses: [{ config: { ...config, activation: 'gelu' }, reason: 'gelu' }],
    });
    expect(report.skipped).toEqual([]);
  });
});
