// Dropout inside the recurrent layers: from one seed, fused kernels and the reference loop drop the same and compute the same.
import { useBackend } from '@ostinato/backend';
import {
  buildLayer,
  callLayer,
  createRegistry,
  createRng,
  type FusedPolicy,
  KernelChooser,
  type Layer,
} from '@ostinato/core';
import { createKernels } from '@ostinato/kernels';
import { gru, layers, lstm, simpleRNN } from '@ostinato/layers';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const kernels = createKernels({ threads: 2 });
const registry = createRegistry([layers, kernels]);
const [batch, steps, inputSize, units] = [11, 21, 5, 6] as const;

beforeAll(async () => {
  await useBackend('cpu');
  await registry.ready();
});
afterAll(() => kernels.stop());

/** Output and gradients of x and all weights. */
function run(layer: Layer, fused: FusedPolicy, training: boolean): Float32Array[] {
  return tf.tidy(() => {
    const x = tf.randomUniform([batch, steps, inputSize], -1, 1, 'float32', 3);
    const mask = tf.cast(tf.greater(tf.randomUniform([batch, steps], 0, 1, 'float32', 4), 0.2), 'bool');
    const weighting = tf.randomUniform([batch, steps, units], -1, 1, 'float32', 5);
    const options = { registry, path: 'layer', masks: [mask], training, rng: createRng(7) };
    const call = (): tf.Tensor => {
      const chooser = new KernelChooser(registry.kernels, fused);
      return callLayer(layer, [x], { ...options, kernels: chooser }).outputs[0]!;
    };
    const loss = (): tf.Scalar => tf.sum(tf.mul(call(), weighting));
    const { grads } = tf.engine().gradients(loss, [x, ...layer.params.map(({ tensor }) => tensor)]);
    return [call(), ...grads].map((tensor) => tensor.dataSync<'float32'>().slice());
  });
}

/** The largest difference, relative to the largest value or 1. */
function worst(actual: Float32Array, expected: Float32Array): number {
  const scale = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  const differences = actual.map((value, i) => Math.abs(value - expected[i]!));
  return Math.max(...differences) / scale;
}

const both = { dropout: 0.3, recurrentDropout: 0.4 };
const makers: Record<string, (rates: Partial<typeof both>) => Layer> = {
  SimpleRNN: (rates) => simpleRNN({ units, returnSequences: true, ...rates }),
  LSTM: (rates) => lstm({ units, returnSequences: true, goBackwards: true, ...rates }),
  GRU: (rates) => gru({ units, returnSequences: true, ...rates }),
  'GRU, reset before': (rates) => gru({ units, returnSequences: true, resetAfter: false, ...rates }),
};

describe.each(Object.entries(makers))('%s', (_name, make) => {
  test.each([both, { recurrentDropout: 0.4 }, { dropout: 0.3 }])('%o', (rates) => {
    const layer = make(rates);
    const inputShapes = [[null, null, inputSize]];
    buildLayer(layer, { registry, rng: createRng(1), path: 'layer', inputShapes });
    const [fused, reference] = [run(layer, 'required', true), run(layer, 'off', true)];
    fused.forEach((values, i) => expect(worst(values, reference[i]!), `result ${i}`).toBeLessThan(1e-5));
    const inference = run(layer, 'required', false);
    expect(worst(fused[0]!, inference[0]!), 'nothing was dropped').toBeGreaterThan(0.01);
    layer.dispose();
  });
});
