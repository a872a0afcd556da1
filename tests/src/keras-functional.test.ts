// Graph models against Keras 3: two inputs, two outputs, a shared layer, a model inside, masks to both heads, weights.
import { useBackend } from '@ostinato/backend';
import { createRegistry, input } from '@ostinato/core';
import { kernels } from '@ostinato/kernels';
import { concatenate, dense, embedding, gru, layers, lstm } from '@ostinato/layers';
import { adam, type Logs, type Model, model, sgd } from '@ostinato/training';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { type Golden, readCases } from './golden.js';

type Named = Readonly<Record<string, Golden>>;
interface Step {
  readonly x: Named;
  readonly y: Named;
  readonly sampleWeight?: Named;
  readonly figures: Readonly<Record<string, number>>;
  readonly weights: Named;
}
interface Case {
  readonly name: string;
  readonly optimizer: 'sgd' | 'adam';
  readonly lossWeights?: Record<string, number> | null;
  readonly classWeight?: Record<string, number>;
  readonly weights: Named;
  readonly steps: readonly Step[];
}

const cases = readCases<Case>('functional');

function functional(fused: 'auto' | 'off') {
  const options = { registry: createRegistry([layers, kernels]), fused };
  const words = input({ shape: [5], dtype: 'int32', name: 'words' });
  const extra = input({ shape: [3], name: 'extra' });
  const vector = input({ shape: [5, 4] });
  const sequence = lstm({ units: 5, returnSequences: true }).apply(vector);
  const outputs = [sequence, gru({ units: 3 }).apply(sequence)];
  const encoder = model({ inputs: vector, outputs, name: 'encoder' }, options);
  const vectors = embedding({ inputDim: 9, outputDim: 4, maskZero: true, name: 'vectors' }).apply(words);
  const [steps, state] = encoder.applyAll(vectors);
  const shared = dense({ units: 3, activation: 'tanh', name: 'shared' });
  const both = concatenate().apply([shared.apply(state!), shared.apply(extra)]);
  const heads = {
    tags: dense({ units: 2, activation: 'softmax', name: 'tags' }).apply(steps!),
    score: dense({ units: 1, name: 'score' }).apply(both),
  };
  return model({ inputs: [words, extra], outputs: heads }, options);
}

function classifier() {
  const x = input({ shape: [3], name: 'x' });
  const outputs = { out: dense({ units: 3, activation: 'softmax', name: 'out' }).apply(x) };
  return model({ inputs: x, outputs }, { registry: createRegistry([layers]) });
}

const arrays = (named: Named) =>
  Object.fromEntries(
    Object.entries(named).map(([name, { shape, values, dtype }]) => [
      name,
      { shape, data: dtype === 'int32' ? Int32Array.from(values) : Float32Array.from(values) },
    ]),
  );

async function setByPath(made: Model, named: Named): Promise<void> {
  const paths = (await made.getWeights()).map(({ name }) => name);
  expect([...paths].sort()).toEqual(Object.keys(named).sort());
  const given = arrays(named);
  await made.setWeights(paths.map((path) => given[path]!));
}

/** `tags_accuracy` → `tagsAccuracy` */
function expectFigures(logs: Logs, golden: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(golden)) {
    const camel = name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
    expect(Math.abs(logs[camel]! - value) / Math.max(1, Math.abs(value)), camel).toBeLessThanOrEqual(1e-5);
  }
}

async function expectWeights(made: Model, golden: Named, step: number): Promise<void> {
  for (const { name, data } of await made.getWeights()) {
    const { values } = golden[name]!;
    const scale = Math.max(1, ...values.map(Math.abs));
    const worst = Math.max(...values.map((value, i) => Math.abs(value - data[i]!)));
    expect(worst / scale, `${name} after step ${step}`).toBeLessThanOrEqual(1e-5);
  }
}

describe.each([
  ['cpu', 'off'],
  ['wasm', 'off'],
  ['wasm', 'auto'],
] as const)('on %s, fused %s', (backend, fused) => {
  test.each(cases.map((each) => [each.name, each] as const))(
    '%s: figures and weights of each step',
    async (_, golden) => {
      await useBackend(backend, { fallback: false });
      const before = tf.memory().numTensors;
      const rate = golden.optimizer === 'adam' ? adam({ learningRate: 0.05 }) : sgd({ learningRate: 0.1 });
      const { classWeight } = golden;
      const made: Model = classWeight ? classifier() : functional(fused);
      if (golden.optimizer === 'adam') made.layer('vectors').layer.trainable = false; // as in the golden
      if (classWeight) {
        made.compile({ optimizer: rate, loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] });
      } else {
        made.compile({
          optimizer: rate,
          loss: { tags: 'sparseCategoricalCrossentropy', score: 'mse' },
          ...(golden.lossWeights ? { lossWeights: golden.lossWeights } : {}),
          metrics: { tags: ['accuracy'] },
          weightedMetrics: { score: ['mae'] },
        });
      }
      await setByPath(made, golden.weights);
      for (const [i, step] of golden.steps.entries()) {
        const weights = step.sampleWeight ? { sampleWeight: arrays(step.sampleWeight) } : {};
        const options = { ...weights, ...(classWeight ? { classWeight } : {}) };
        const logs = await made.trainOnBatch(arrays(step.x), arrays(step.y), options);
        expectFigures(logs, step.figures);
        await expectWeights(made, step.weights, i + 1);
      }
      made.dispose();
      expect(tf.memory().numTensors).toBe(before);
    },
  );
});
