/** Operations of a recording: calls of tfjs' kernels, and of what computes without them. */
import {
  engine,
  type KernelBackend,
  type KernelFunc,
  type NamedAttrMap,
  type NamedTensorInfoMap,
  Tensor,
  type TensorInfo,
  util,
} from '@tensorflow/tfjs-core';

/** Where a value stands while operations are called: tensors, and what primitives hand each other. */
export type Slot = number;
/** An input that is left out. */
export const NOTHING: Slot = -1;

export interface Operation {
  readonly inputs: readonly Slot[];
  readonly outputs: readonly Slot[];
  run(values: unknown[]): void;
}

export type Compute = (...inputs: never[]) => readonly unknown[];

export interface FoundKernel {
  readonly kernel: KernelFunc;
  readonly attrs: NamedAttrMap;
  readonly backend: KernelBackend;
  /** Filled anew for each call. */
  readonly given: Record<string, TensorInfo>;
  readonly keys: readonly string[];
  /** Of the outputs. */
  readonly shapes: readonly number[][];
}

export class KernelCall implements Operation {
  readonly inputs: readonly Slot[];
  readonly outputs: readonly Slot[];
  readonly #found: FoundKernel;

  constructor(found: FoundKernel, inputs: readonly Slot[], outputs: readonly Slot[]) {
    this.#found = found;
    this.inputs = inputs;
    this.outputs = outputs;
  }

  run(values: unknown[]): void {
    const { kernel, attrs, backend, given, keys } = this.#found;
    for (let i = 0; i < keys.length; i++) given[keys[i]!] = values[this.inputs[i]!] as Tensor;
    const made = kernel({ inputs: given as NamedTensorInfoMap, attrs, backend });
    if (!Array.isArray(made)) this.#put(values, 0, made);
    else for (let i = 0; i < made.length; i++) this.#put(values, i, made[i]!);
  }

  #put(values: unknown[], i: number, made: TensorInfo): void {
    values[this.outputs[i]!] = made instanceof Tensor ? made : engine().makeTensorFromTensorInfo(made);
    if (!util.arraysEqual(made.shape, this.#found.shapes[i]!)) throw new Error('a shape depends on values'); // what was called behind it may have looked at it
  }
}

export class PrimitiveCall implements Operation {
  readonly inputs: readonly Slot[];
  readonly outputs: readonly Slot[];
  readonly #compute: Compute;

  constructor(compute: Compute, inputs: readonly Slot[], outputs: readonly Slot[]) {
    this.#compute = compute;
    this.inputs = inputs;
    this.outputs = outputs;
  }

  run(values: unknown[]): void {
    const given = this.inputs.map((slot) => (slot === NOTHING ? undefined : values[slot]));
    const made = this.#compute(...(given as never[]));
    for (let i = 0; i < made.length; i++) values[this.outputs[i]!] = made[i];
  }
}
