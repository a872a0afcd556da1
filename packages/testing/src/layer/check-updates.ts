/** Updates: new values of weights that no gradient trains, such as moving averages. */
import { type CallContext, type Param, showShape, showTensor } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import type { LayerSubject } from './layer-subject.js';

/** Asked for in training alone, for the layer's own weights that are not trainable, and of their shape. */
export function checkUpdates(subject: LayerSubject): string | undefined {
  const layer = subject.built();
  let asked = 0;
  const check = (training: boolean): CallContext['update'] => {
    return (param, next) => {
      asked += 1;
      if (!training)
        refuse(subject, param, 'outside of training', 'Call update() only while context.training');
      if (!layer.params.includes(param))
        refuse(subject, param, 'and does not list it', 'Put it into `this.params`');
      if (param.trainable)
        refuse(subject, param, 'although the optimizer trains it', 'Make it with `trainable: false`');
      tf.tidy(() => void checkValue(subject, param, next(param.tensor)));
    };
  };
  for (const training of [false, true]) {
    tf.tidy(() => void subject.run(layer, { training, update: check(training) }));
  }
  layer.dispose();
  return asked === 0 ? 'it gives no weight a new value' : undefined;
}

function refuse(subject: LayerSubject, { name }: Param, what: string, fix: string): never {
  return subject.fail('updates', { what: `It gives its weight '${name}' a new value ${what}`, fix });
}

function checkValue(subject: LayerSubject, { name, shape }: Param, value: tf.Tensor): void {
  if (value.dtype === 'float32' && showShape(value.shape) === showShape(shape)) return;
  subject.fail('updates', {
    what: `The new value of its weight '${name}' does not fit`,
    expected: `f32${showShape(shape)}`,
    received: showTensor(value),
  });
}
