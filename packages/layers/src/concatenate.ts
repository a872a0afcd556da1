/** The concatenation layer. */
import {
  type BuildContext,
  baseConfig,
  type CallContext,
  checkFields,
  defineLayer,
  type JsonObject,
  Layer,
  type LayerOptions,
  type Mask,
  OstinatoError,
  type Shape,
  show,
  showShape,
} from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import { stretchedMask } from './merge-inputs.js';

const NAME = '@ostinato/layers>Concatenate';

export interface ConcatenateOptions extends LayerOptions {
  /** The axis along which the inputs lie side by side; negative ones count from the end. Not the batch. Default −1. */
  readonly axis?: number;
}

/**
 * Its inputs side by side along one axis.
 *
 * Along an axis that the masks have, they lie side by side as well, an input without one counting everywhere. Along a later axis a
 * step counts when it does in any input. With no mask on any input there is none.
 *
 * Shapes   f32[batch, …], any number of them, equal but along `axis` → f32[batch, …]
 * Throws   `config-axis`; `inputs-count`; `shape-mismatch` with the two inputs that do not fit together
 * Differs  Keras takes axis 0 too, which mixes the rows of batches
 *
 * @example
 * const both = concatenate({ axis: -1 });
 */
export class Concatenate extends Layer {
  static override readonly repeatable = true;
  readonly registeredName = NAME;
  readonly axis: number;

  constructor(options: ConcatenateOptions = {}) {
    checkFields(NAME, options, ['axis', 'name', 'trainable']);
    super(options);
    this.axis = options.axis ?? -1;
    if (Number.isSafeInteger(this.axis) && this.axis !== 0) return;
    throw new OstinatoError('config-axis', {
      where: NAME,
      what: '`axis` is not an axis behind the batch',
      expected: 'an integer other than 0',
      received: show(options.axis),
    });
  }

  override build({ inputShapes, path }: BuildContext): void {
    this.#shape(inputShapes, path);
  }

  call(inputs: readonly tf.Tensor[], { path }: CallContext): tf.Tensor {
    this.#shape(
      inputs.map((input) => input.shape),
      path,
    );
    return tf.concat([...inputs], this.#place(inputs[0]!.rank));
  }

  outputShapes(inputShapes: readonly Shape[]): readonly Shape[] {
    return [this.#shape(inputShapes, this.registeredName)];
  }

  override outputMasks(inputs: readonly tf.Tensor[], masks: readonly Mask[]): readonly Mask[] {
    const known = masks.filter((mask) => mask !== null);
    if (known.length === 0) return [null];
    const axes = Math.max(...known.map((mask) => mask.rank));
    const all = inputs.map((input, i) => {
      const shape = input.shape.slice(0, axes);
      return masks[i] ? stretchedMask(masks[i], shape) : tf.ones(shape);
    });
    const place = this.#place(inputs[0]!.rank);
    const merged = place < axes ? tf.concat(all, place) : all.reduce((a, b) => tf.maximum(a, b));
    return [tf.cast(merged, 'bool')];
  }

  #place(rank: number): number {
    return this.axis < 0 ? this.axis + rank : this.axis;
  }

  #shape(shapes: readonly Shape[], where: string): Shape {
    const [first] = shapes;
    if (!first) {
      throw new OstinatoError('inputs-count', {
        where,
        what: 'There is nothing to concatenate',
        expected: 'at least one input',
        received: 'none',
      });
    }
    const place = this.#place(first.length);
    const other = shapes.findIndex((shape) => !fitsBut(place, first, shape));
    if (place < 1 || place >= first.length || other >= 0) throw this.#mismatch(shapes, other, where);
    const sizes = shapes.map((shape) => shape[place]!);
    const known = (axis: number): number | null =>
      shapes.find((shape) => shape[axis] !== null)?.[axis] ?? null;
    return first.map((_, axis) => {
      if (axis !== place) return known(axis);
      return sizes.reduce<number | null>(
        (sum, size) => (sum === null || size === null ? null : sum + size),
        0,
      );
    });
  }

  #mismatch(shapes: readonly Shape[], other: number, where: string): OstinatoError {
    const first = `Input 0 ${showShape(shapes[0]!)}`;
    return new OstinatoError('shape-mismatch', {
      where,
      what:
        other < 0
          ? `${first} has no axis ${this.axis} behind the batch`
          : `${first} and input ${other} ${showShape(shapes[other]!)} do not fit together`,
      expected: `inputs whose sizes are equal but along axis ${this.axis}`,
      received: shapes.map(showShape).join(' and '),
    });
  }

  getConfig(): JsonObject {
    return { ...baseConfig(this), axis: this.axis };
  }
}

function fitsBut(place: number, a: Shape, b: Shape): boolean {
  return (
    a.length === b.length &&
    a.every((size, axis) => axis === place || size === null || b[axis] === null || size === b[axis])
  );
}

export const concatenateSpec = /* @__PURE__ */ defineLayer({
  name: NAME,
  create: (options: ConcatenateOptions) => new Concatenate(options),
});

/** Its inputs side by side along one axis. */
export function concatenate(options: ConcatenateOptions = {}): Concatenate {
  return new Concatenate(options);
}
