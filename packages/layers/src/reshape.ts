/** The layer that sees the same values in another shape. */
import {
  type BuildContext,
  baseConfig,
  type CallContext,
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
import { fillLayerOptions, REQUIRED } from './layer-options.js';

const NAME = '@ostinato/layers>Reshape';

export interface ReshapeOptions extends LayerOptions {
  /** Sizes after the batch. One may be −1: it takes what the others leave. */
  readonly targetShape: readonly number[];
}

/**
 * The values of each sample in another shape, in row-major order.
 *
 * Shapes   [batch, …] → [batch, …targetShape]
 * Throws   `config-target-shape`; `shape-mismatch` when the number of values is another
 */
export class Reshape extends Layer {
  static override readonly repeatable = true;
  readonly registeredName = NAME;
  readonly targetShape: readonly number[];

  constructor(options: ReshapeOptions) {
    const defaults = { targetShape: REQUIRED as readonly number[] };
    const { targetShape } = fillLayerOptions(NAME, defaults, options, { targetShape: checkTargetShape });
    super(options);
    this.targetShape = [...targetShape];
  }

  override build({ inputShapes, path }: BuildContext): void {
    this.#resolve((inputShapes[0] ?? []).slice(1), path);
  }

  call([x]: readonly tf.Tensor[], { path }: CallContext): tf.Tensor {
    const [batch, ...sample] = x!.shape as [number, ...number[]];
    return tf.reshape(x!, [batch, ...(this.#resolve(sample, path) as number[])]);
  }

  /** The target with the size that −1 stands for; null while a size of the input is not known. */
  #resolve(sample: Shape, where: string): Shape {
    const wanted = product(this.targetShape.filter((size) => size !== -1));
    if (sample.includes(null)) return this.targetShape.map((size) => (size === -1 ? null : size));
    const present = product(sample as number[]);
    const free = this.targetShape.includes(-1);
    if (free ? present % wanted !== 0 : present !== wanted)
      throw this.#otherSize(sample, wanted, present, where);
    return this.targetShape.map((size) => (size === -1 ? present / wanted : size));
  }

  #otherSize(sample: Shape, wanted: number, present: number, where: string): OstinatoError {
    const multiple = this.targetShape.includes(-1) ? 'a multiple of ' : '';
    return new OstinatoError('shape-mismatch', {
      where,
      what: 'The values of a sample do not fit into `targetShape`',
      expected: `${multiple}${wanted} values for ${showShape(this.targetShape)}`,
      received: `${present} values in ${showShape(sample)}`,
    });
  }

  override get mostInputs(): number {
    return 1;
  }

  outputShapes(inputShapes: readonly Shape[]): readonly Shape[] {
    const [batch = null, ...sample] = inputShapes[0] ?? [];
    return [[batch, ...this.#resolve(sample, this.registeredName)]];
  }

  /** Steps are no longer apart, so no mask can say which to skip. */
  override outputMasks(): readonly Mask[] {
    return [null];
  }

  getConfig(): JsonObject {
    return { ...baseConfig(this), targetShape: [...this.targetShape] };
  }
}

function product(sizes: readonly number[]): number {
  return sizes.reduce((result, size) => result * size, 1);
}

function checkTargetShape(where: string, _name: string, value: unknown): void {
  const sizes: readonly unknown[] = Array.isArray(value) ? value : [0];
  const fits = sizes.every((size) => Number.isSafeInteger(size) && ((size as number) >= 1 || size === -1));
  if (fits && sizes.filter((size) => size === -1).length <= 1) return;
  throw new OstinatoError('config-target-shape', {
    where,
    what: '`targetShape` is not a shape',
    expected: 'a list of positive integers, of which one may be -1',
    received: show(value),
  });
}

export const reshapeSpec = /* @__PURE__ */ defineLayer({
  name: NAME,
  create: (options: ReshapeOptions) => new Reshape(options),
});

/** The values of each sample in another shape. */
export function reshape(options: ReshapeOptions): Reshape {
  return new Reshape(options);
}
