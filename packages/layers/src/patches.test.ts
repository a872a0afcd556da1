// Patches against a loop over plain numbers, values and gradients, on both backends.
import { useBackend } from '@ostinato/backend';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { patches, windowSlices } from './patches.js';
import { planWindow, type Window } from './windows.js';

const windows: readonly (readonly [length: number, window: Window, places: number[]])[] = [
  [7, { size: 3, stride: 1, dilation: 1, padding: 'valid' }, [0, 1, 2, 3, 4]],
  [7, { size: 3, stride: 2, dilation: 1, padding: 'valid' }, [0, 2, 4]],
  [8, { size: 3, stride: 3, dilation: 1, padding: 'valid' }, [0, 3]],
  [7, { size: 3, stride: 1, dilation: 2, padding: 'valid' }, [0, 1, 2]],
  [7, { size: 4, stride: 1, dilation: 1, padding: 'same' }, [-1, 0, 1, 2, 3, 4, 5]],
  [7, { size: 2, stride: 3, dilation: 1, padding: 'same' }, [0, 3, 6]],
  [6, { size: 2, stride: 4, dilation: 1, padding: 'same' }, [0, 4]],
  [5, { size: 1, stride: 2, dilation: 1, padding: 'same' }, [0, 2, 4]],
  [5, { size: 3, stride: 1, dilation: 3, padding: 'same' }, [-3, -2, -1, 0, 1]],
  [5, { size: 3, stride: 1, dilation: 2, padding: 'causal' }, [-4, -3, -2, -1, 0]],
  [5, { size: 3, stride: 2, dilation: 1, padding: 'causal' }, [-2, 0, 2]],
];

const values = (size: number): number[] => Array.from({ length: size }, (_, i) => (i % 11) + i / 100 - 4);

describe.each(['cpu', 'wasm'] as const)('on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  test.each(windows)('%i steps, %o', (length, window, places) => {
    const [batch, channels] = [2, 3];
    const plan = planWindow(length, window, 'test');
    expect(plan.count).toBe(places.length);
    const x = values(batch * length * channels);
    const at = (b: number, t: number, c: number): number =>
      t < 0 || t >= length ? 0 : x[(b * length + t) * channels + c]!;
    const seen = (f: (b: number, t: number, c: number, i: number) => void): void => {
      let i = 0;
      for (let b = 0; b < batch; b++)
        for (const place of places)
          for (let cell = 0; cell < window.size; cell++)
            for (let c = 0; c < channels; c++) f(b, place + cell * window.dilation, c, i++);
    };
    const expected: number[] = [];
    seen((b, t, c) => expected.push(at(b, t, c)));
    const slope = values(expected.length).map((value) => value * 0.5);
    const gradient = new Float32Array(x.length);
    seen((b, t, c, i) => {
      if (t >= 0 && t < length) gradient[(b * length + t) * channels + c]! += slope[i]!;
    });

    const before = tf.memory().numTensors;
    tf.tidy(() => {
      const input = tf.tensor(x, [batch, length, channels]);
      const shape = [batch, places.length, window.size * channels];
      const found = patches(input, [plan]);
      expect(found.shape).toEqual(shape);
      expect([...found.dataSync()]).toEqual([...Float32Array.from(expected)]);
      const loss = (t: tf.Tensor) => tf.sum(tf.mul(patches(t, [plan]), tf.tensor(slope, shape)));
      const flow = tf.grad(loss)(input).dataSync();
      flow.forEach((value, i) => {
        expect(Math.abs(value - gradient[i]!), `gradient ${i}`).toBeLessThan(1e-4);
      });
    });
    expect(tf.memory().numTensors).toBe(before);
  });

  test('two axes: the first axis of the window is the outer one', () => {
    const rows = planWindow(3, { size: 2, stride: 1, dilation: 1, padding: 'valid' }, 'test');
    const columns = planWindow(5, { size: 3, stride: 2, dilation: 1, padding: 'same' }, 'test');
    tf.tidy(() => {
      const x = tf.reshape(tf.range(1, 16), [1, 3, 5, 1]);
      const found = patches(x, [rows, columns]);
      expect(found.shape).toEqual([1, 2, 3, 6]);
      expect([...found.dataSync()].slice(0, 12)).toEqual([0, 1, 2, 0, 6, 7, 2, 3, 4, 7, 8, 9]);
    });
  });

  test('padding has the value that is asked for', () => {
    const plan = planWindow(3, { size: 3, stride: 2, dilation: 1, padding: 'same' }, 'test');
    tf.tidy(() => {
      const cells = windowSlices(tf.reshape(tf.range(1, 4), [1, 3, 1]), [plan], Number.NEGATIVE_INFINITY);
      expect(cells.map((cell) => [...cell.dataSync()])).toEqual([
        [Number.NEGATIVE_INFINITY, 2],
        [1, 3],
        [2, Number.NEGATIVE_INFINITY],
      ]);
    });
  });
});

test('a window longer than the axis is refused with both lengths', () => {
  const window: Window = { size: 4, stride: 1, dilation: 2, padding: 'valid' };
  expect(() => planWindow(6, window, 'model/conv1d')).toThrow(
    "[model/conv1d] The input is shorter than one window. Expected at least 7 steps; received 6. Choose a smaller window or dilation, or padding: 'same'. (shape-mismatch)",
  );
});
