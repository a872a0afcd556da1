// Optimizers inside a model, with fused updates and without, against Keras 3: all weights after each of 20 steps.
import { readFileSync } from 'node:fs';
import { useBackend } from '@ostinato/backend';
import { type BuildContext, createRegistry, Layer, type Loss, type Param, type Shape } from '@ostinato/core';
import { createKernels } from '@ostinato/kernels';
import { type Sequential, sequential } from '@ostinato/training';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Golden } from './golden.js';

interface Case {
  readonly name: string;
  readonly optimizer: string;
  readonly config: { readonly amsgrad?: boolean };
  readonly steps: Golden[][];
}

const golden = JSON.parse(
  readFileSync(new URL('../../goldens/optimizers.json', import.meta.url), 'utf8'),
) as {
  weights: Golden[];
  gradients: Golden[][];
  cases: Case[];
};
const SHAPES = golden.weights.map(({ shape }) => shape);
const FUSED = ['SGD', 'Adam', 'AdamW', 'RMSprop'];

/** Σ weight·x over all its weights: x, laid out like the weights, is their gradient. */
class Slope extends Layer {
  readonly registeredName = 'test>Slope';

  override build(context: BuildContext): void {
    const make = (name: string, i: number): Param =>
      context.param(name, SHAPES[i]!, { initializer: 'zeros' });
    this.params = ['kernel', 'bias'].map(make);
  }

  call([x]: readonly tf.Tensor[]): tf.Tensor {
    const flat = this.params.map(({ tensor }) => tf.reshape(tensor, [-1]));
    return tf.matMul(x as tf.Tensor2D, tf.reshape(tf.concat(flat), [-1, 1]) as tf.Tensor2D);
  }

  outputShapes(): readonly Shape[] {
    return [[null, 1]];
  }

  getConfig() {
    return {};
  }
}

const itself: Loss = { name: 'itself', config: {}, apply: (_, yPred) => tf.mean(yPred, -1) };
const kernels = createKernels();
const registry = createRegistry([kernels]);

afterAll(() => kernels.stop());

function compiled({ optimizer, config }: Case, fused: 'auto' | 'off'): Sequential {
  const model = sequential([new Slope({ name: 'slope' })], { registry, fused, inputShape: [22] });
  model.compile({ optimizer: { name: optimizer.toLowerCase(), config } as never, loss: itself });
  return model;
}

describe.each(['cpu', 'wasm'] as const)('on %s', (backend) => {
  beforeAll(async () => {
    await useBackend(backend, { fallback: false });
  });

  describe.each(['auto', 'off'] as const)('fused: %s', (fused) => {
    test.each(golden.cases)('$name', async (given) => {
      const model = compiled(given, fused);
      await model.setWeights(
        golden.weights.map(({ values, shape }) => ({ data: Float32Array.from(values), shape })),
      );
      for (const [step, expected] of given.steps.entries()) {
        const x = golden.gradients[step]!.flatMap(({ values }) => values);
        await model.trainOnBatch({ data: Float32Array.from(x), shape: [1, 22] }, [[0]]);
        const weights = await model.getWeights();
        for (const [p, { values }] of expected.entries()) {
          const scale = Math.max(1, ...values.map(Math.abs));
          const worst = Math.max(...values.map((value, i) => Math.abs(weights[p]!.data[i]! - value)));
          expect(worst / scale, `step ${step + 1}`).toBeLessThanOrEqual(1e-6);
        }
      }
      const route = model.kernels.find(({ op }) => op.startsWith('optimizer.'))?.route;
      if (fused === 'auto')
        expect(route === 'fused').toBe(FUSED.includes(given.optimizer) && !given.config.amsgrad);
      model.dispose();
    });
  });
});
