import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { Param } from './param.js';

const make = (): Param => new Param('kernel', 'dense/kernel', tf.tensor2d([1, 2, 3, 4], [2, 2]));

describe('Param', () => {
  it('keeps its tensor through tidy, and gives it back on dispose', () => {
    const before = tf.memory().numTensors;
    const param = tf.tidy(make as () => never) as unknown as Param;
    expect([...param.tensor.dataSync()]).toEqual([1, 2, 3, 4]);
    param.dispose();
    param.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('takes over a new value and disposes the old one', () => {
    const param = make();
    const [old, before] = [param.tensor, tf.memory().numTensors];
    const next = tf.ones([2, 2]);
    tf.tidy(() => param.assign(next));
    expect(param.tensor).toBe(next);
    expect([old.isDisposed, next.isDisposed, tf.memory().numTensors]).toEqual([true, false, before]);
    param.assign(next);
    expect(next.isDisposed).toBe(false);
    param.dispose();
  });

  it.each([
    ['another shape', () => tf.ones([4]), 'f32[4]'],
    ['another dtype', () => tf.ones([2, 2], 'int32'), 'i32[2, 2]'],
  ])('refuses %s and keeps what it has', (_, next, shown) => {
    const param = make();
    expect(() => param.assign(next())).toThrow(
      `[dense/kernel] The new value does not fit this weight. Expected f32[2, 2]; received ${shown}. (shape-mismatch)`,
    );
    expect(param.tensor.isDisposed).toBe(false);
    param.dispose();
  });

  it('says when it was disposed', () => {
    const param = make();
    param.dispose();
    expect(() => param.tensor).toThrow(
      '[dense/kernel] This weight has been disposed. Do not use a layer or model after its dispose(). (param-disposed)',
    );
  });

  it('is trainable unless told otherwise', () => {
    expect(make().trainable).toBe(true);
    expect(new Param('n', 'p', tf.scalar(1), { trainable: false }).trainable).toBe(false);
  });
});
