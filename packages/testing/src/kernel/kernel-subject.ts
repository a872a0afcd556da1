/** The kernel under test: runs it and its reference, and keeps nothing. */
import { createRng, type Kernel, type KernelOp, type KernelOps } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import { type Finding, fail } from '../conformance-error.js';
import { type Placed, tensorsIn, valuesOf } from './kernel-tensors.js';
import type { KernelCheck, KernelTest } from './kernel-test.js';

/** A tensor's contents and where it stood. */
export interface PlacedValues {
  readonly place: string;
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly values: Float32Array;
}

/** Computes the outputs of some inputs: the kernel, or its reference. */
export type Run = (inputs: unknown) => unknown;

export class KernelSubject {
  readonly where: string;
  readonly test: KernelTest<KernelOp>;
  readonly kernel: Kernel;

  constructor(kernel: Kernel, test: KernelTest<KernelOp>) {
    this.kernel = kernel;
    this.test = test;
    this.where = kernel.op;
  }

  get run(): Run {
    return (inputs) => this.kernel.run(inputs as KernelOps[KernelOp]['inputs'], this.test.config);
  }

  get reference(): Run {
    return (inputs) => this.test.reference(inputs as KernelOps[KernelOp]['inputs'], this.test.config);
  }

  get isUpdate(): boolean {
    return this.kernel.op.startsWith('optimizer.');
  }

  get differentiable(): boolean {
    return this.test.differentiable ?? !this.isUpdate;
  }

  /** Whether the contract lets the kernel write there. */
  overwrites(place: string): boolean {
    const places = this.test.overwrites ?? (this.isUpdate ? ['slots'] : []);
    return places.some((overwritten) => place === overwritten || place.startsWith(`${overwritten}.`));
  }

  /** Outputs of fresh inputs; those that are overwritten count as outputs too. */
  outputsOf(run: Run): PlacedValues[] {
    return this.inTidy(() => {
      const inputs = this.test.inputs();
      const outputs = tensorsIn(run(inputs));
      const overwritten = tensorsIn(inputs).filter(({ place }) => this.overwrites(place));
      return [...outputs, ...overwritten].map(readPlaced);
    });
  }

  /** Gradients of Σ cᵢ·yᵢ in every float input, with factors that differ from place to place. */
  gradientsOf(run: Run, given?: unknown): (Float32Array | undefined)[] {
    return this.inTidy(() => {
      const inputs = given ?? this.test.inputs();
      const floats = floatInputs(inputs);
      const loss = (): tf.Tensor => tf.addN(this.weighted(run(inputs)).map((part) => tf.sum(part)));
      const tensors = floats.map(({ tensor }) => tensor);
      const { grads } = tf.engine().gradients(loss, tensors, undefined, true);
      return grads.map((gradient) => (gradient ? valuesOf(gradient) : undefined));
    });
  }

  /** That sum, added up in double precision. */
  lossOf(inputs: unknown): number {
    return this.inTidy(() => {
      let sum = 0;
      for (const part of this.weighted(this.run(inputs))) for (const value of valuesOf(part)) sum += value;
      return sum;
    });
  }

  weighted(outputs: unknown): tf.Tensor[] {
    return tensorsIn(outputs)
      .filter(({ tensor }) => tensor.dtype === 'float32')
      .map(({ place, tensor }) => {
        const rng = createRng(7).split(`factors ${place}`);
        const factors = Float32Array.from({ length: tensor.size }, () => rng.uniform(-1, 1));
        return tf.mul(tensor, tf.tensor(factors, tensor.shape));
      });
  }

  /** `tidy` for results that are not tensors. */
  inTidy<T>(f: () => T): T {
    let result: T | undefined;
    tf.tidy(() => {
      result = f();
    });
    return result as T;
  }

  fail(check: KernelCheck, finding: Finding): never {
    return fail(this.where, check, finding);
  }
}

export function floatInputs(inputs: unknown): Placed[] {
  return tensorsIn(inputs).filter(({ tensor }) => tensor.dtype === 'float32');
}

function readPlaced({ place, tensor }: Placed): PlacedValues {
  return { place, shape: [...tensor.shape], dtype: tensor.dtype, values: valuesOf(tensor) };
}
