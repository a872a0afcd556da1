/** The layer that makes a sequence of one vector. */
import {
  type BuildContext,
  baseConfig,
  type CallContext,
  checkSize,
  defineLayer,
  type JsonObject,
  Layer,
  type LayerOptions,
  type Mask,
  type Shape,
} from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import { checkAxisCount } from './input-axes.js';
import { fillLayerOptions, REQUIRED } from './layer-options.js';

const NAME = '@ostinato/layers>RepeatVector';
const AXES = ['batch', 'features'];

export interface RepeatVectorOptions extends LayerOptions {
  /** Number of steps. */
  readonly n: number;
}

/**
 * The same vector at each of n steps: what a decoder reads of an encoder's last state.
 *
 * Shapes   [batch, features] → [batch, n, features]
 * Throws   `config-n`, `shape-mismatch`
 */
export class RepeatVector extends Layer {
  static override readonly repeatable = true;
  readonly registeredName = NAME;
  readonly n: number;

  constructor(options: RepeatVectorOptions) {
    const { n } = fillLayerOptions(NAME, { n: REQUIRED as number }, options, { n: checkSize });
    super(options);
    this.n = n;
  }

  override build({ inputShapes, path }: BuildContext): void {
    checkAxisCount(inputShapes[0], AXES, path);
  }

  call([x]: readonly tf.Tensor[], { path }: CallContext): tf.Tensor {
    checkAxisCount(x!.shape, AXES, path);
    return tf.tile(tf.expandDims(x!, 1), [1, this.n, 1]);
  }

  override get mostInputs(): number {
    return 1;
  }

  outputShapes(inputShapes: readonly Shape[]): readonly Shape[] {
    const [batch = null, features = null] = inputShapes[0] ?? [];
    return [[batch, this.n, features]];
  }

  /** Every step of the output counts. */
  override outputMasks(): readonly Mask[] {
    return [null];
  }

  getConfig(): JsonObject {
    return { ...baseConfig(this), n: this.n };
  }
}

export const repeatVectorSpec = /* @__PURE__ */ defineLayer({
  name: NAME,
  create: (options: RepeatVectorOptions) => new RepeatVector(options),
});

/** The same vector at each of n steps. */
export function repeatVector(options: RepeatVectorOptions): RepeatVector {
  return new RepeatVector(options);
}
