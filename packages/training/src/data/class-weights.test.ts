import { expect, test } from 'vitest';
import { withClassWeights } from './class-weights.js';

test('one-hot targets of more classes than a call takes arguments', () => {
  const classes = 200_000;
  const data = new Float32Array(2 * classes);
  data[classes - 1] = 1;
  data[classes + 7] = 1;
  const samples = {
    x: [{ data: new Float32Array(2), shape: [2, 1] }],
    y: [{ data, shape: [2, classes] }],
    weights: [null],
  };
  const weighted = withClassWeights(samples, { [classes - 1]: 3, 7: 0.5 }, [[null, classes]], 'test');
  expect(weighted.weights).toEqual([{ data: Float32Array.of(3, 0.5), shape: [2] }]);
});
