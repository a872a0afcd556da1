/** The layer that puts axes in another order. */
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

const NAME = '@ostinato/layers>Permute';

export interface PermuteOptions extends LayerOptions {
  /** For each axis after the batch which one of the input it is, counted from 1: `[2, 1]` swaps steps and features. */
  readonly dims: readonly number[];
}

/**
 * The axes after the batch in another order.
 *
 * Shapes   [batch, d₁, d₂, …] → [batch, d of dims[0], d of dims[1], …]
 * Throws   `config-dims`; `shape-mismatch` when the input has another number of axes
 */
export class Permute extends Layer {
  static override readonly repeatable = true;
  readonly registeredName = NAME;
  readonly dims: readonly number[];

  constructor(options: PermuteOptions) {
    const { dims } = fillLayerOptions(NAME, { dims: REQUIRED as readonly number[] }, options, {
      dims: checkDims,
    });
    super(options);
    this.dims = [...dims];
  }

  override build({ inputShapes, path }: BuildContext): void {
    this.#checkAxes(inputShapes[0] ?? [], path);
  }

  call([x]: readonly tf.Tensor[], { path }: CallContext): tf.Tensor {
    this.#checkAxes(x!.shape, path);
    return tf.transpose(x!, [0, ...this.dims]);
  }

  #checkAxes(shape: Shape, where: string): void {
    if (shape.length === this.dims.length + 1) return;
    throw new OstinatoError('shape-mismatch', {
      where,
      what: `\`dims\` orders ${this.dims.length} axes after the batch`,
      expected: `an input of ${this.dims.length + 1} axes`,
      received: showShape(shape),
    });
  }

  override get mostInputs(): number {
    return 1;
  }

  outputShapes(inputShapes: readonly Shape[]): readonly Shape[] {
    const shape = inputShapes[0] ?? [];
    return [[shape[0] ?? null, ...this.dims.map((dim) => shape[dim] ?? null)]];
  }

  /** The steps are no longer where a mask looks for them. */
  override outputMasks(): readonly Mask[] {
    return [null];
  }

  getConfig(): JsonObject {
    return { ...baseConfig(this), dims: [...this.dims] };
  }
}

function checkDims(where: string, _name: string, value: unknown): void {
  const sorted = Array.isArray(value) ? [...value].sort((a, b) => a - b) : [];
  if (sorted.length > 0 && sorted.every((dim, i) => dim === i + 1)) return;
  throw new OstinatoError('config-dims', {
    where,
    what: '`dims` is not an order of axes',
    expected: 'each axis after the batch once, counted from 1, such as [2, 1]',
    received: show(value),
  });
}

export const permuteSpec = /* @__PURE__ */ defineLayer({
  name: NAME,
  create: (options: PermuteOptions) => new Permute(options),
});

/** The axes after the batch in another order. */
export function permute(options: PermuteOptions): Permute {
  return new Permute(options);
}
