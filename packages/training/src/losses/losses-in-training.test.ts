// Losses within a model: what reaches them of masks, and what of targets that do not count.
import { useBackend } from '@ostinato/backend';
import { beforeAll, expect, test } from 'vitest';
import { sequential } from '../sequential.js';
import { dense, embedding, testRegistry } from '../test-support/test-layers.js';
import { ctc } from './ctc.js';
import { sparseCategoricalCrossentropy } from './sparse-categorical-crossentropy.js';

const CLASSES = 4;
const sequences = {
  data: Int32Array.of(0, 0, 1, 1, 2, 3, 0, 3, 3, 1, 0, 2, 2, 1, 1, 3, 2, 0),
  shape: [3, 6],
};

function tagger(maskZero: boolean) {
  const layers = [embedding({ inputDim: 4, outputDim: 6, maskZero }), dense({ units: CLASSES })];
  return sequential(layers, { registry: testRegistry(), seed: 3 });
}

beforeAll(async () => {
  await useBackend('cpu');
});

test('ctc learns labels without being told their steps; padding in front is masked', async () => {
  const model = tagger(true);
  model.compile({ optimizer: 'adam', loss: 'ctc' });
  model.optimizer.learningRate = 0.05;
  const labels = [
    [1, 2, 3],
    [3, 1, 0],
    [2, 1, 3],
  ];
  const before = (await model.evaluate(sequences, labels)).loss;
  await model.fit(sequences, labels, { epochs: 40, batchSize: 3 });
  const after = (await model.evaluate(sequences, labels)).loss;
  expect(before).toBeGreaterThan(3);
  expect(after).toBeLessThan(1);
  model.dispose();
});

test('labels that a mask leaves no room for end training with loss-nan', async () => {
  const model = tagger(true);
  model.compile({ optimizer: 'adam', loss: ctc() });
  const x = { data: Int32Array.of(0, 0, 1, 1, 2, 3), shape: [2, 3] };
  const step = model.trainOnBatch(x, [
    [1, 2],
    [1, 0],
  ]);
  await expect(step).rejects.toThrow(/The loss is Infinity.*\(loss-nan\)/);
  model.dispose();
});

test('a class that is ignored changes neither the loss nor its mean', async () => {
  const loss = sparseCategoricalCrossentropy({ fromLogits: true, ignoreClass: 255 });
  const model = tagger(false);
  model.compile({ optimizer: 'adam', loss });
  const x = { data: Int32Array.of(1, 2, 3, 2), shape: [2, 2] };
  const all = await model.evaluate(x, [
    [1, 255],
    [255, 0],
  ]);
  const weighted = await model.evaluate(
    x,
    [
      [1, 3],
      [2, 0],
    ],
    {
      sampleWeight: [
        [1, 0],
        [0, 1],
      ],
    },
  );
  expect(all.loss).toBeCloseTo(2 * weighted.loss, 5); // the weights do not change how many are counted
  model.dispose();
});
