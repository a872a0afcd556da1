/** A layer's weight: a name, a path in the model, a shape, and the tensor that holds its present value. */
import { keep, type Tensor } from '@tensorflow/tfjs-core';
import type { Constraint } from './constraints.js';
import { OstinatoError } from './errors.js';
import type { Regularizer } from './regularizers.js';
import { shapeMatches, showShape, showTensor } from './shapes.js';

export interface ParamOptions {
  readonly trainable?: boolean;
  readonly regularizer?: Regularizer | undefined;
  readonly constraint?: Constraint | undefined;
}

/**
 * A weight. Each new value is a new tensor, never an old one overwritten: the wasm backend caches packed weights by
 * tensor, and a value read for one step stays what it was.
 *
 * Memory   owns its tensor; `assign` takes over the new one and disposes the old one
 */
export class Param {
  readonly name: string;
  /** `simple_rnn/recurrentKernel` */
  readonly path: string;
  readonly shape: readonly number[];
  readonly regularizer: Regularizer | undefined;
  readonly constraint: Constraint | undefined;
  #trainable: boolean;
  #tensor: Tensor | undefined;
  readonly #parts = new Set<{ readonly trainable: boolean }>();

  constructor(name: string, path: string, initial: Tensor, options: ParamOptions = {}) {
    this.name = name;
    this.path = path;
    this.shape = [...initial.shape];
    this.#trainable = options.trainable ?? true;
    this.regularizer = options.regularizer;
    this.constraint = options.constraint;
    this.#tensor = keep(initial);
  }

  /** The present value. Throws `param-disposed` after `dispose`. */
  get tensor(): Tensor {
    if (this.#tensor) return this.#tensor;
    throw new OstinatoError('param-disposed', {
      where: this.path,
      what: 'This weight has been disposed',
      fix: 'Do not use a layer or model after its dispose()',
    });
  }

  /** Whether gradients train it: when it is meant for that, and every layer that it stands in is trainable now. */
  get trainable(): boolean {
    if (!this.#trainable) return false;
    for (const { trainable } of this.#parts) if (!trainable) return false;
    return true;
  }

  set trainable(value: boolean) {
    this.#trainable = value;
  }

  /** Makes it one of the weights of a layer. `buildPart` and models do that. */
  standIn(part: { readonly trainable: boolean }): void {
    this.#parts.add(part);
  }

  /** Whether `dispose` was called. */
  get disposed(): boolean {
    return this.#tensor === undefined;
  }

  /** Throws `shape-mismatch` for what cannot be the value. */
  checkValue(next: Tensor): void {
    if (next.dtype === 'float32' && shapeMatches(next.shape, this.shape)) return;
    throw new OstinatoError('shape-mismatch', {
      where: this.path,
      what: 'The new value does not fit this weight',
      expected: `f32${showShape(this.shape)}`,
      received: showTensor(next),
    });
  }

  /** Takes over `next` as the value. Throws `shape-mismatch`. */
  assign(next: Tensor): void {
    this.checkValue(next);
    const old = this.tensor;
    this.#tensor = keep(next);
    if (old !== next) old.dispose();
  }

  dispose(): void {
    this.#tensor?.dispose();
    this.#tensor = undefined;
  }
}
