/** Masks: what a layer makes of the mask of its input. */
import { type Mask, showShape, showTensor } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import type { LayerSubject } from './layer-subject.js';

/** Each output has a mask of its leading axes, or none, with and without a mask on the input. */
export function checkMasks(subject: LayerSubject): void {
  const layer = subject.built();
  for (const masked of [false, true]) {
    tf.tidy(() => {
      const masks = masked ? masksFor(subject) : subject.inputs.map(() => null);
      if (!masks) return;
      const result = subject.run(layer, { masks });
      if (result.masks.length !== result.outputs.length) {
        subject.fail('masks', {
          what: 'outputMasks() does not give one for each output',
          expected: String(result.outputs.length),
          received: String(result.masks.length),
        });
      }
      result.masks.forEach((mask, i) => checkMask(subject, mask, result.outputs[i]!));
    });
  }
  layer.dispose();
}

function checkMask(subject: LayerSubject, mask: Mask, output: tf.Tensor): void {
  if (mask === null) return;
  const leading = output.shape.slice(0, mask.rank);
  if (mask.dtype === 'bool' && mask.rank <= output.rank && showShape(mask.shape) === showShape(leading))
    return;
  subject.fail('masks', {
    what: `The mask does not fit the output ${showTensor(output)}`,
    expected: `null, or bool with the leading axes of the output, such as bool${showShape(output.shape.slice(0, 2))}`,
    received: showTensor(mask),
  });
}

/** Whether the first input has steps that a mask could cover. */
export function takesMask(subject: LayerSubject): boolean {
  const [shape] = subject.options.inputShapes;
  const sequence = shape?.length === 3 || (shape?.length === 2 && subject.options.inputDtype === 'int32');
  return subject.options.masked ?? (sequence || subject.options.recurrent === true);
}

/**
 * A mask on the first input, with padding before, between and after, differing from sample to sample; undefined where
 * the layer takes none.
 */
export function masksFor(subject: LayerSubject): Mask[] | undefined {
  if (!takesMask(subject)) return undefined;
  const [batch, steps] = subject.options.inputShapes[0] as [number, number];
  const rng = subject.rng('mask');
  const values = Uint8Array.from({ length: batch * steps }, () => (rng.uniform() < 0.6 ? 1 : 0));
  for (let sample = 0; sample < batch; sample++) {
    values[sample * steps + (sample % 2 === 0 ? steps - 1 : 0)] = 0; // padding after, or before
    values[sample * steps + (sample % 2 === 0 ? 0 : steps - 1)] = 1; // and something to read
  }
  return subject.inputs.map((_, i) => (i === 0 ? tf.tensor(values, [batch, steps], 'bool') : null));
}
