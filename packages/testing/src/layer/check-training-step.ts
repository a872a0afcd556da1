/** Training: a step against the gradient lowers a loss. */
import type { Layer } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import { trainableParams } from './layer-gradients.js';
import type { LayerSubject } from './layer-subject.js';

/** Mean squared distance to fixed targets, in training mode with the same stream before and after. */
export function checkTrainingStep(subject: LayerSubject): string | undefined {
  const layer = subject.built();
  const params = trainableParams(layer);
  if (params.length === 0) {
    layer.dispose();
    return 'it has no trainable weights';
  }
  const { before, gradients } = lossAndGradients(subject, layer);
  const start = params.map((param) => Float32Array.from(param.tensor.dataSync()));
  let after = before;
  for (let rate = 0.1; rate > 1e-5 && !(after < before); rate /= 4) {
    params.forEach((param, k) => {
      const values = start[k]!.map((value, i) => value - rate * gradients[k]![i]!);
      param.assign(tf.tensor(values, [...param.shape]));
    });
    after = lossOf(subject, layer);
  }
  layer.dispose();
  if (after < before) return undefined;
  return subject.fail('training step', {
    what: 'No step against the gradient lowers the loss',
    expected: `less than ${before}`,
    received: String(after),
  });
}

function lossAndGradients(
  subject: LayerSubject,
  layer: Layer,
): { before: number; gradients: Float32Array[] } {
  const params = trainableParams(layer);
  const { value, grads } = tf.tidy(() =>
    tf.engine().gradients(
      () => loss(subject, layer),
      params.map((param) => param.tensor),
      undefined,
      true,
    ),
  );
  const gradients = grads.map((gradient, k) => {
    if (gradient) return Float32Array.from(gradient.dataSync());
    return subject.fail('training step', {
      what: `No gradient arrives at the weight '${params[k]!.name}'`,
      fix: 'Use it in call(), or make it with trainable: false',
    });
  });
  const before = value.dataSync()[0]!;
  tf.dispose([value, grads]);
  return { before, gradients };
}

function lossOf(subject: LayerSubject, layer: Layer): number {
  return tf.tidy(() => loss(subject, layer).dataSync()[0]!);
}

function loss(subject: LayerSubject, layer: Layer): tf.Tensor {
  const distances = subject.run(layer, { training: true }).outputs.map((output, i) => {
    const rng = subject.rng(`targets ${i}`);
    const targets = Float32Array.from({ length: output.size }, () => rng.uniform(-1, 1));
    return tf.mean(tf.squaredDifference(output, tf.tensor(targets, output.shape)));
  });
  return tf.addN(distances);
}
