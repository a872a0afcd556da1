/** Memory: what a layer makes it gives back. */
import * as tf from '@tensorflow/tfjs-core';
import { variablesOf } from './layer-gradients.js';
import type { LayerSubject } from './layer-subject.js';

/** The number of tensors is the same after a second call, after a gradient, and at the end of the layer's life. */
export function checkMemory(subject: LayerSubject): void {
  const before = tf.memory().numTensors;
  const layer = subject.built();
  subject.outputs(layer, { training: true }); // a stateful layer keeps its states from here on
  const alive = tf.memory().numTensors;
  const compare = (expected: number, after: string, fix: string): void => {
    const received = tf.memory().numTensors;
    if (received === expected) return;
    subject.fail('memory', {
      what: `Tensors are left over after ${after}`,
      expected: `${expected} tensors`,
      received: String(received),
      fix,
    });
  };
  const tidy = 'Leave intermediate tensors to the surrounding tidy; keep() only what dispose() disposes';
  subject.outputs(layer);
  compare(alive, 'a call', tidy);
  subject.outputs(layer, { training: true });
  compare(alive, 'a call in training', tidy);
  variablesOf(subject, layer);
  compare(alive, 'a gradient', tidy);
  layer.dispose();
  compare(before, 'dispose()', 'Dispose the weights (super.dispose()) and the states that are kept');
}
