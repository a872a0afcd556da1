/** Wrong inputs: refused in words, or served; never a failure deep inside. */
import { isOstinatoError, type Shape, showShape } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import { randomTensor } from '../random-tensor.js';
import type { LayerSubject } from './layer-subject.js';

/** One axis more, one less, none but the batch; and another last size than the layer was built for. */
export function checkWrongInputs(subject: LayerSubject): void {
  const [first, ...rest] = subject.options.inputShapes as [readonly number[], ...number[][]];
  const wrongRanks = [[...first, 2], first.slice(0, -1), first.slice(0, 1)].filter(
    (shape) => shape.length > 0,
  );
  for (const wrong of wrongRanks) attempt(subject, [wrong, ...rest], [wrong, ...rest]);
  const otherSize = [...first.slice(0, -1), first.at(-1)! + 1];
  attempt(subject, subject.options.inputShapes, [otherSize, ...rest]);
}

/** Builds for some shapes and calls with others. */
function attempt(
  subject: LayerSubject,
  built: readonly (readonly number[])[],
  called: readonly (readonly number[])[],
): void {
  const layer = subject.make();
  const { inputDtype = 'float32', inputLimit } = subject.options;
  const shapes: Shape[] = built.map((shape) => [null, ...shape.slice(1)]);
  try {
    tf.tidy(() => {
      subject.build(layer, subject.seed, shapes);
      layer.outputShapes(shapes);
      const rng = subject.rng('wrong inputs');
      const inputs = called.map((shape, i) => randomTensor(shape, inputDtype, rng.split(i), inputLimit));
      subject.run(layer, { inputs });
    });
  } catch (error) {
    if (isOstinatoError(error) && error.code !== 'layer-failed') return;
    subject.fail('wrong inputs', {
      what: `Inputs of another shape than it can take (${called.map(showShape).join(', ')}) fail without a clear error`,
      expected: 'an OstinatoError that says which shape is expected',
      received: error instanceof Error ? `${error.name}: ${error.message}` : String(error),
      fix: 'Check the rank and the sizes in build(), outputShapes() and call(), e.g. with checkShape()',
    });
  } finally {
    layer.dispose();
  }
}
