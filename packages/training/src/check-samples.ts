/** Whether samples fit a built and compiled model, asked before any of them is used. */
import { OstinatoError, type SampleData, type Shape, shapeMatches, showShape } from '@ostinato/core';
import type { Samples } from './data/samples.js';
import type { Network } from './model/network.js';
import type { Objective } from './model/objectives.js';

/** Targets and weights that the losses can take. Throws `target-shape`, `target-value`, `sample-weight-shape`. */
export function checkTargets(
  { x, y, weights }: Samples,
  network: Network,
  objectives: readonly Objective[],
  where: string,
): void {
  const shapes = network.outputShapesFor(x.map(({ shape }) => shape));
  objectives.forEach(({ output, loss }, i) => {
    const place = objectives.length > 1 ? `${where}, ${output}` : where;
    const targets = y[i];
    if (targets) loss?.checkTargets?.(targets, shapes[i]!, place);
    const weight = weights[i];
    if (weight) checkWeightShape(weight.shape, shapes[i]!, place);
  });
}

/** Inputs that the model can take. Throws `shape-mismatch`, and what the first layers say of their values. */
export function checkInputs(inputs: readonly SampleData[], network: Network, where: string): void {
  const names = network.inputNames!;
  inputs.forEach((x, i) => {
    const expected = network.inputShapes![i]!;
    if (!shapeMatches(x.shape, expected)) {
      throw otherInput(x.shape, expected, inputs.length > 1 ? `${where}, ${names[i]}` : where);
    }
    for (const { layer, path } of network.readers(i)) layer.checkInput?.(x, path);
  });
}

function otherInput(received: readonly number[], expected: Shape, where: string): OstinatoError {
  return new OstinatoError('shape-mismatch', {
    where,
    what: 'The model was built for inputs of another shape',
    expected: showShape(expected),
    received: showShape(received),
    ...(sameButLength(received, expected) ? { fix: anyLength(expected) } : {}),
  });
}

function anyLength([, , ...step]: Shape): string {
  return `For sequences of any length, build the model with null for it: the shape of its input is then ${JSON.stringify([null, ...step])}`;
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
