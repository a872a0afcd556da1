/** Shapes: what a layer announces before any data is what it returns. */
import { isOstinatoError, type Layer, type Shape, showShape, showTensor } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import type { LayerSubject } from './layer-subject.js';

/** `outputShapes` with and without a known batch against the outputs, and against what the test knows. */
export function checkShapes(subject: LayerSubject): void {
  const layer = subject.built();
  const symbolic = layer.outputShapes(subject.symbolicShapes());
  for (const shape of symbolic) {
    if (shape[0] === null) continue;
    subject.fail('shapes', {
      what: 'It announces a batch size that it cannot know',
      expected: 'null for the batch',
      received: showShape(shape),
    });
  }
  tf.tidy(() => {
    const outputs = runChecked(subject, layer);
    outputs.forEach((output, i) => checkOne(subject, symbolic[i], output));
    checkExpected(subject, outputs);
  });
  layer.dispose();
}

/** The surroundings already refuse outputs that differ from `outputShapes` of the inputs. */
function runChecked(subject: LayerSubject, layer: Layer): readonly tf.Tensor[] {
  try {
    return subject.run(layer).outputs;
  } catch (error) {
    if (!isOstinatoError(error, 'layer-output')) throw error;
    return subject.fail('shapes', { what: 'Its outputs do not have the announced shapes', cause: error });
  }
}

function checkOne(subject: LayerSubject, announced: Shape | undefined, output: tf.Tensor): void {
  const agrees =
    announced?.length === output.rank &&
    announced.every((size, axis) => size === null || size === output.shape[axis]);
  if (agrees) return;
  subject.fail('shapes', {
    what: 'An output does not have the shape announced before the batch was known',
    expected: announced ? showShape(announced) : 'no such output',
    received: showTensor(output),
  });
}

function checkExpected(subject: LayerSubject, outputs: readonly tf.Tensor[]): void {
  const { outputShapes, outputDtype } = subject.options.expected ?? {};
  const received = outputs.map(showTensor).join(', ');
  const fits = (shape: Shape, output: tf.Tensor | undefined): boolean =>
    output?.rank === shape.length && shape.every((size, i) => size === null || size === output.shape[i]);
  if (
    outputShapes &&
    (outputShapes.length !== outputs.length || !outputShapes.every((shape, i) => fits(shape, outputs[i])))
  ) {
    subject.fail('shapes', {
      what: 'Its outputs do not have the expected shapes',
      expected: outputShapes.map(showShape).join(', '),
      received,
    });
  }
  if (outputDtype && outputs.some((output) => output.dtype !== outputDtype)) {
    subject.fail('shapes', {
      what: 'Its outputs do not have the expected dtype',
      expected: outputDtype,
      received,
    });
  }
}
