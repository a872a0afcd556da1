/** Batch independence: what a layer makes of one sample does not depend on the others. */

import * as tf from '@tensorflow/tfjs-core';
import { firstDifference } from '../compare-values.js';
import { randomTensor } from '../random-tensor.js';
import type { LayerSubject } from './layer-subject.js';

/** The other samples are replaced; each sample's outputs stay the same to the bit. */
export function checkBatchIndependence(subject: LayerSubject): void {
  const batch = subject.options.inputShapes[0]![0]!;
  const layer = subject.built();
  const original = subject.outputs(layer);
  for (let kept = 0; kept < batch; kept++) {
    const inputs = tf.tidy(() => subject.inputs.map((input, i) => replaceOthers(subject, input, kept, i)));
    const changed = subject.outputs(layer, { inputs });
    tf.dispose(inputs);
    original.forEach((values, i) => {
      const size = values.length / batch;
      const index = firstDifference(
        values.subarray(kept * size, (kept + 1) * size),
        changed[i]!.subarray(kept * size, (kept + 1) * size),
      );
      if (index === undefined) return;
      subject.fail('batch independence', {
        what: `Output ${i} of sample ${kept} changes when the other samples do`,
        expected: `${values[kept * size + index]}`,
        received: `${changed[i]![kept * size + index]}`,
      });
    });
  }
  layer.dispose();
}

function replaceOthers(subject: LayerSubject, input: tf.Tensor, kept: number, index: number): tf.Tensor {
  const { inputDtype = 'float32', inputLimit } = subject.options;
  const rng = subject.rng(`others ${kept} ${index}`);
  const others = randomTensor(input.shape, inputDtype, rng, inputLimit);
  const rows = tf.unstack(others).map((row, sample) => (sample === kept ? tf.gather(input, kept) : row));
  return tf.stack(rows);
}
