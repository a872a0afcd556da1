import { expect, it } from 'vitest';
import { bestEpoch } from './best-epoch.js';

const epochs = (...accuracies: (number | undefined)[]) =>
  accuracies.map((valAccuracy, i) => ({
    ...{ epoch: i + 1, seconds: 1, loss: 1, accuracy: 0.9 },
    ...(valAccuracy === undefined ? {} : { valLoss: 1, valAccuracy }),
  }));

it('is the first of the best, and none without validation', () => {
  expect(bestEpoch(epochs(0.5, 0.8, 0.7, 0.8))).toEqual({ epoch: 2, valAccuracy: 0.8 });
  expect(bestEpoch(epochs(0))).toEqual({ epoch: 1, valAccuracy: 0 });
  expect(bestEpoch(epochs(undefined, undefined))).toBeUndefined();
  expect(bestEpoch([])).toBeUndefined();
});
