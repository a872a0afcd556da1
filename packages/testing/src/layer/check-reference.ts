/** Reference: the layer computes what its formula says, in plain numbers. */
import type { Layer } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import { positionIn, worstDifference } from '../compare-values.js';
import type { LayerSubject } from './layer-subject.js';
import type { PlainTensor } from './layer-test.js';

/** With weights that are nowhere 0, so that swapped parts and forgotten biases show. */
export function checkReference(subject: LayerSubject): string | undefined {
  const { reference } = subject.options;
  if (!reference) return 'the test brings no reference';
  const layer = subject.built();
  scatterWeights(subject, layer);
  const weights = Object.fromEntries(layer.params.map(({ name, tensor }) => [name, plain(tensor)]));
  const expected = reference(subject.inputs.map(plain), weights);
  const [output] = subject.readOutputs(layer) as [PlainTensor];
  layer.dispose();
  const worst = worstDifference(output.values, expected, 1e-5);
  if (!worst) return undefined;
  return subject.fail('reference', {
    what: `Its output at ${positionIn(output.shape, worst.index)} is not that of the reference`,
    expected: String(worst.expected),
    received: String(worst.received),
  });
}

/** Moves each weight a little: zeros (biases) and symmetric starts hide mistakes. */
export function scatterWeights(subject: LayerSubject, layer: Layer): void {
  for (const param of layer.params) {
    const rng = subject.rng(`scatter ${param.path}`);
    const values = Float32Array.from(param.tensor.dataSync(), (value) => value + rng.uniform(-0.2, 0.2));
    param.assign(tf.tensor(values, [...param.shape]));
  }
}

function plain(tensor: tf.Tensor): PlainTensor {
  return { shape: tensor.shape, values: Float32Array.from(tensor.dataSync()) };
}
