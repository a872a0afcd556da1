// A weight that a cell or layer makes and forgets to list would never be trained: building says so.
import { useBackend } from '@ostinato/backend';
import { type BuildContext, buildLayer, createRegistry, createRng, type Param } from '@ostinato/core';
import { layers, rnn, SimpleRNNCell } from '@ostinato/layers';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';

class Forgetful extends SimpleRNNCell {
  forgotten: Param | undefined;
  override build(context: BuildContext): void {
    super.build(context);
    this.forgotten = context.part('gate', []).param('scale', [3], { initializer: 'ones' });
  }
}

beforeAll(() => useBackend('cpu'));

test('buildLayer names the weight, and frees what was made', () => {
  const registry = createRegistry([layers]);
  const before = tf.memory().numTensors;
  const layer = rnn({ cell: new Forgetful({ units: 3 }) });
  const build = () =>
    buildLayer(layer, { registry, rng: createRng(1), path: 'rnn', inputShapes: [[null, 4, 2]] });
  expect(build).toThrow(/\[rnn\/gate\/scale\] .*RNN made this weight.*this\.params.*\(param-unlisted\)/);
  expect(tf.memory().numTensors).toBe(before);
});
