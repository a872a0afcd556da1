/** Whether samples fit a built and compiled model, asked before any of them is used. */
import { OstinatoError, type SampleData, type Shape, shapeMatches, showShape } from '@ostinato/core';
import type { Compiled } from './compiled.js';
import type { Samples } from './data/samples.js';
import type { LayerStack } from './layer-stack.js';

const ANY_LENGTH =
  'For sequences of any length, give sequential() an `inputShape` with null for it, e.g. [null]';

/** Throws `shape-mismatch`, `target-shape`, `target-value`, `sample-weight-shape`. */
export function checkSamples(samples: Samples, stack: LayerStack, compiled: Compiled, where: string): void {
  checkInputs(samples.x, stack, where);
  const output = stack.outputShapeFor(samples.x.shape);
  compiled.loss.checkTargets?.(samples.y, output, where);
  if (samples.weights) checkWeightShape(samples.weights.shape, output, where);
}

/** Inputs that the model can take. Throws `shape-mismatch`, and what the first layer says of their values. */
export function checkInputs(x: SampleData, stack: LayerStack, where: string): void {
  if (!shapeMatches(x.shape, stack.inputShape!)) {
    throw new OstinatoError('shape-mismatch', {
      where,
      what: 'The model was built for inputs of another shape',
      expected: showShape(stack.inputShape!),
      received: showShape(x.shape),
      ...(sameButLength(x.shape, stack.inputShape!) ? { fix: ANY_LENGTH } : {}),
    });
  }
  const { layer, path } = stack.placed[0]!;
  layer.checkInput?.(x, path);
}

function sameButLength(shape: readonly number[], known: Shape): boolean {
  return shape.length > 1 && shapeMatches(shape, [null, null, ...known.slice(2)]);
}

function checkWeightShape(shape: readonly number[], output: Shape, where: string): void {
  const places = output.slice(0, -1);
  const fits =
    shape.length <= places.length &&
    shape.every((size, axis) => axis === 0 || places[axis] === null || size === places[axis]);
  if (fits) return;
  throw new OstinatoError('sample-weight-shape', {
    where,
    what: 'The sample weights do not fit the losses they multiply',
    expected: `a weight for each sample, or weights of ${showShape(places)}`,
    received: showShape(shape),
  });
}
