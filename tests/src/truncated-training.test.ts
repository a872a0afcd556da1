// Truncated backpropagation through time: windows of long sequences, states kept from one to the next.
import { readFileSync } from 'node:fs';
import { useBackend } from '@ostinato/backend';
import { createRegistry } from '@ostinato/core';
import { truncateSequences } from '@ostinato/datasets';
import { kernels } from '@ostinato/kernels';
import { dense, layers, lstm, simpleRNN } from '@ostinato/layers';
import { sequential, sgd } from '@ostinato/training';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { expectClose, type Golden } from './golden.js';
import { hashedWeight } from './hashed-values.js';

interface File {
  readonly batchSize: number;
  readonly window: number;
  readonly units: number;
  readonly epochs: number;
  readonly learningRate: number;
  readonly cases: readonly Case[];
}
interface Case {
  readonly name: string;
  readonly byStep: boolean;
  readonly x: Golden;
  readonly y: Golden;
  readonly weights: Golden[];
  readonly losses: number[];
  readonly finalWeights: Golden[];
}

const url = new URL('../../goldens/truncated-training.json', import.meta.url);
const golden = JSON.parse(readFileSync(url, 'utf8')) as File;
const registry = createRegistry([layers, kernels]);
const arrayOf = ({ shape, values }: Golden) => ({ data: Float32Array.from(values), shape });
const STEPS = 12;
const hashed = (shape: number[], seed: number) => hashedWeight({ name: '', shape, seed, limit: 1 });

describe.each(['cpu', 'wasm'] as const)('on %s', (backend) => {
  beforeAll(async () => {
    await useBackend(backend);
  });

  describe.each(['auto', 'off'] as const)('fused %s', (fused) => {
    /** The losses of all batches, as running means of each epoch, and the weights at the end. */
    async function train({ byStep, x, y, weights }: Case, steps: number) {
      const { units, epochs, batchSize, learningRate } = golden;
      const model = sequential(
        [lstm({ units, stateful: true, returnSequences: byStep }), dense({ units: 1 })],
        { registry, fused, inputShape: [null, x.shape[2]!] },
      );
      await model.setWeights(weights.map(arrayOf));
      model.compile({ optimizer: sgd({ learningRate }), loss: 'meanSquaredError' });
      const means: number[] = [];
      const windows = truncateSequences(arrayOf(x), arrayOf(y), { steps, batchSize });
      const onBatchEnd = (_: number, logs: { readonly loss?: number }) => void means.push(logs.loss!);
      await model.fit(windows, { epochs, callbacks: [{ onBatchEnd }] });
      const found = await model.getWeights();
      model.dispose();
      return { means, found: found.map(({ data, shape }) => tf.tensor(data as Float32Array, [...shape])) };
    }

    test.each(golden.cases.map((one) => [one.name, one] as const))(
      'trains as Keras does, %s',
      async (_, one) => {
        const { means, found } = await train(one, golden.window);
        const each = one.losses.length / golden.epochs;
        const expected = one.losses.map((_loss, i) => {
          const epoch = one.losses.slice(i - (i % each), i + 1);
          return epoch.reduce((a, b) => a + b, 0) / epoch.length;
        });
        expect(means.length).toBe(expected.length);
        means.forEach((mean, i) => {
          expect(Math.abs(mean - expected[i]!), `loss after batch ${i}`).toBeLessThan(1e-5);
        });
        found.forEach((weight, i) => {
          expectClose(weight, one.finalWeights[i]!, `weight ${i}`);
        });
        const whole = await train(one, one.x.shape[1]!);
        expect(() => expectClose(whole.found[0]!, one.finalWeights[0]!, 'going back all the way')).toThrow();
        tf.dispose([found, whole.found]);
      },
    );

    /** The same weights, once with states that are kept and once without. */
    async function twins() {
      const make = (stateful: boolean) =>
        sequential([simpleRNN({ units: 5, stateful, returnSequences: true }), dense({ units: 2 })], {
          registry,
          fused,
          inputShape: [null, 3],
        });
      const [kept, whole] = [make(true), make(false)];
      const weights = [[3, 5], [5, 5], [5], [5, 2], [2]].map((shape, i) => hashed(shape, i + 1));
      for (const model of [kept, whole]) {
        await model.setWeights(weights);
        model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
      }
      return { kept, whole };
    }

    test('windows give what whole sequences give, in any number of rows', async () => {
      const { kept, whole } = await twins();
      const x = hashed([7, STEPS, 3], 11);
      const y = hashed([7, STEPS, 2], 12);
      const windows = truncateSequences(x, undefined, { steps: 4, batchSize: 3 });
      const [parts, all] = [await kept.predict(windows), await whole.predict(x)];
      const [values, expected] = [await parts.data(), await all.data()];
      let at = 0;
      for (let first = 0; first < 7; first += 3) {
        for (let start = 0; start < STEPS; start += 4) {
          for (let row = first; row < Math.min(first + 3, 7); row++) {
            for (let i = 0; i < 4 * 2; i++) {
              expect(values[at++]).toBeCloseTo(expected[(row * STEPS + start) * 2 + i]!, 6);
            }
          }
        }
      }
      expect(at).toBe(expected.length);
      const { loss } = await kept.evaluate(truncateSequences(x, y, { steps: 4, batchSize: 3 }));
      expect(loss).toBeCloseTo((await whole.evaluate(x, y)).loss!, 6);
      const both = await kept.evaluateWithOutputs(truncateSequences(x, y, { steps: 4, batchSize: 3 }));
      expect(both.figures).toEqual({ loss });
      expect(await both.outputs.data()).toEqual(values);
      const once = await kept.evaluate(x, y, { batchSize: 7 }).catch((error: Error) => error.message);
      expect(once, 'the last group of one row was not forgotten').toMatch(/stateful-batch/);
      kept.resetStates();
      tf.dispose([parts, all, both.outputs]);
      for (const model of [kept, whole]) model.dispose();
    });
  });
});

test('a batch that says something else of its states is refused', async () => {
  const model = sequential([simpleRNN({ units: 3, stateful: true }), dense({ units: 1 })], { registry });
  model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
  const x = hashed([2, 3, 2], 1);
  const batches = [{ x, y: [1, 0], resetStates: 'yes' }];
  await expect(model.fit(batches as never)).rejects.toThrow(/batch 1\].*resetStates.*config-reset-states/);
  await expect(model.predict(batches as never)).rejects.toThrow(/config-reset-states/);
});
