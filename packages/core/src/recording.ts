/**
 * Recording which operations a function of tensors calls, to call the same ones again on other tensors without the function.
 *
 * A training step calls the same operations each time; finding out which takes longer, for small models, than to compute them. What is
 * recorded are calls of tfjs' kernels and of `primitive`s, which compute without tfjs; gradients are such calls, too. Whatever could make the next
 * time another one ends the recording: values that are read, random numbers, tensors from elsewhere, parts that nobody calls pure.
 * Not here: whose steps are recorded, and when a recording is of use (`@ostinato/training`).
 */
import {
  clone,
  engine,
  env,
  getKernel,
  type KernelBackend,
  type KernelFunc,
  keep,
  type NamedAttrMap,
  type NamedTensorInfoMap,
  Tensor,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { layerObserver } from './layer-observer.js';
import { Rng } from './rng.js';
import { withoutGradient } from './without-gradient.js';

/** Where a value stands while operations are called: tensors, and what primitives hand each other. */
type Slot = number;
const NOTHING: Slot = -1;

interface Operation {
  readonly inputs: readonly Slot[];
  readonly outputs: readonly Slot[];
  /** May be left out when nobody wants its outputs. */
  readonly optional: boolean;
  run(values: unknown[]): void;
}

type Compute = (...inputs: never[]) => readonly unknown[];

/** What is let into a recording beside tfjs: names of layers and cells, and kernels. */
export type PureParts = ReadonlySet<unknown>;

/** What the engine has of methods that a recording listens to. */
interface Heard {
  runKernelFunc(call: EngineCall): unknown;
  makeTensor(...given: unknown[]): Tensor;
  readSync(...given: unknown[]): unknown;
  read(...given: unknown[]): unknown;
}

interface EngineCall {
  readonly kernelName?: string;
  readonly inputs: Readonly<Record<string, Tensor | undefined>>;
  readonly attrs?: NamedAttrMap;
}

let present: Recorder | undefined;

/**
 * Computes something without tfjs' kernels: as such it is recorded. `compute` is a function of its arguments alone: tensors, objects that
 * another primitive returned, or undefined.
 *
 * Memory   as `compute`
 * Throws   what `compute` throws
 */
export function primitive<const Outputs extends readonly unknown[], Inputs extends readonly unknown[]>(
  inputs: readonly [...Inputs],
  compute: (...inputs: Inputs) => Outputs,
): Outputs {
  return present ? (present.primitive(inputs, compute as unknown as Compute) as Outputs) : compute(...inputs);
}

/** Says that a layer, a cell or a kernel takes part in what is computed: see `PureParts`. */
export function meetPart(part: unknown): void {
  present?.meet(part);
}

/** Says that what is computed cannot be recorded, and why. */
export function refuseRecording(why: string): void {
  present?.refuse(why);
}

/** Whether a recording is under way that nothing has ended. */
export function isRecording(): boolean {
  return present !== undefined && present.refusal === undefined;
}

/** A stream with the numbers of another, from which nothing can be drawn without a recording's end. */
export class WatchedRng extends Rng {
  static of(stream: Rng): WatchedRng {
    return new WatchedRng(stream.origin(), stream.state());
  }

  protected override unnamed(): Rng {
    return new WatchedRng([0, 0, 0, 0]);
  }

  override uint32(): number {
    refuseRecording('random numbers are drawn');
    return super.uint32();
  }
}

/**
 * Runs `f`, synchronous, and listens. `inputs` are the tensors that will be others the next time.
 *
 * Memory   what `record` keeps is the recorder's until `finish`
 * Throws   what `f` throws
 */
export function recordOperations<T>(
  inputs: readonly Tensor[],
  pure: PureParts,
  f: () => T,
): { readonly made: T; readonly recorder: Recorder } {
  const recorder = new Recorder(inputs, pure);
  const before = present;
  present = recorder;
  const stop = recorder.listen();
  try {
    return { made: f(), recorder };
  } catch (error) {
    recorder.drop();
    throw error;
  } finally {
    stop();
    present = before;
  }
}

/** Collects operations while a function runs. */
export class Recorder {
  readonly #pure: PureParts;
  readonly #backend: KernelBackend = engine().backend;
  readonly #backendName = engine().backendName;
  readonly #slots = new Map<unknown, Slot>();
  /** What a clone is a clone of: the tape makes them everywhere, and for a replay both are one. */
  readonly #originals = new Map<unknown, unknown>();
  readonly #operations: Operation[] = [];
  readonly #constants = new Map<Slot, Tensor>();
  readonly #inputCount: number;
  #count = 0;
  /** Inside a kernel or a primitive, what is called is a part of it. */
  #depth = 0;
  #refusal: string | undefined;

  constructor(inputs: readonly Tensor[], pure: PureParts) {
    this.#pure = pure;
    this.#inputCount = inputs.length;
    for (const input of inputs) {
      if (this.#slots.has(input)) this.refuse('two inputs are one tensor');
      this.#slots.set(input, this.#count++);
    }
    if (layerObserver()) this.refuse('layers are watched');
    if (env().getBool('DEBUG')) this.refuse("tfjs' debug mode");
  }

  /** Why there will be no recording; the first reason that came up. */
  get refusal(): string | undefined {
    return this.#refusal;
  }

  refuse(why: string): void {
    this.#refusal ??= why;
  }

  meet(part: unknown): void {
    if (this.#pure.has(part)) return;
    const name = typeof part === 'string' ? part : ((part as { readonly op?: string }).op ?? 'a part');
    this.refuse(`no plugin of the registry says that ${name} is pure`);
  }

  /** Hears of all that the engine does, until the function that it returns is called. */
  listen(): () => void {
    const heard = engine() as unknown as Heard;
    const { runKernelFunc, makeTensor, readSync, read } = heard;
    const refuseReading = (): void => {
      if (this.#depth === 0) this.refuse('values are read back');
    };
    const own: Heard = {
      runKernelFunc: (call) => this.#kernel(call, () => runKernelFunc.call(heard, call)),
      makeTensor: (...given) => {
        const tensor = makeTensor.apply(heard, given);
        if (this.#depth === 0) this.#constant(tensor);
        return tensor;
      },
      readSync: (...given) => {
        refuseReading();
        return readSync.apply(heard, given);
      },
      read: (...given) => {
        refuseReading();
        return read.apply(heard, given);
      },
    };
    const names = Object.keys(own) as (keyof Heard)[];
    const before = names.map((name) => Object.getOwnPropertyDescriptor(heard, name));
    Object.assign(heard, own);
    return () =>
      names.forEach((name, i) => {
        delete (heard as Partial<Heard>)[name];
        if (before[i]) Object.defineProperty(heard, name, before[i]);
      });
  }

  primitive(inputs: readonly unknown[], compute: Compute): readonly unknown[] {
    const made = this.#within(() => compute(...(inputs as never[])));
    if (this.#depth > 0 || this.#refusal !== undefined) return made;
    const slots = inputs.map((input) => this.#slotOf(input, 'a primitive'));
    this.#operations.push(new PrimitiveCall(compute, slots, this.#newSlots(made)));
    return made;
  }

  #kernel(call: EngineCall, run: () => unknown): unknown {
    const { kernelName, inputs, attrs = {} } = call;
    if (kernelName === undefined) return run();
    if (kernelName === 'Identity') {
      const copy = run();
      this.#originals.set(copy, inputs.x);
      return copy;
    }
    if (this.#depth > 0) return run();
    const made = this.#within(run);
    if (this.#refusal !== undefined) return made;
    const keys = Object.keys(inputs).filter((key) => inputs[key] !== undefined);
    const slots = keys.map((key) => this.#slotOf(inputs[key], kernelName));
    const outputs = (Array.isArray(made) ? made : [made]) as Tensor[];
    if (slots.every((slot) => this.#constants.has(slot))) {
      for (const output of outputs) this.#constant(output);
    } else {
      const kernel = getKernel(kernelName, this.#backendName).kernelFunc;
      const given = (Array.isArray(inputs) ? [] : {}) as unknown as Record<string, TensorInfo>;
      const found = { kernel, attrs, backend: this.#backend, given, keys };
      this.#operations.push(new KernelCall(found, slots, this.#newSlots(outputs)));
    }
    return made;
  }

  #within<T>(run: () => T): T {
    this.#depth++;
    try {
      return run();
    } finally {
      this.#depth--;
    }
  }

  /** The tensor itself may be gone when it is wanted again. */
  #constant(tensor: Tensor): void {
    if (this.#refusal !== undefined) return;
    const [slot] = this.#newSlots([tensor]);
    this.#constants.set(
      slot!,
      this.#within(() => withoutGradient(() => keep(clone(tensor)))),
    );
  }

  #newSlots(values: readonly unknown[]): readonly Slot[] {
    return values.map((value) => {
      this.#slots.set(value, this.#count);
      return this.#count++;
    });
  }

  #slotOf(value: unknown, reader: string): Slot {
    if (value === undefined || value === null) return NOTHING;
    let original: unknown = value;
    while (!this.#slots.has(original) && this.#originals.has(original))
      original = this.#originals.get(original);
    const slot = this.#slots.get(original);
    if (slot === undefined) this.refuse(`${reader} reads something that no recorded operation made`);
    return slot ?? NOTHING;
  }

  /** What was recorded, with `results` as its results; or why it was not. Called once. */
  finish(results: readonly Tensor[]): Recording | string {
    const slots = results.map((result) => this.#slotOf(result, 'the caller'));
    if (this.#refusal !== undefined) {
      this.drop();
      return this.#refusal;
    }
    const operations = withoutIdle(this.#operations, slots);
    return new Recording(operations, slots, this.#constants, this.#inputCount);
  }

  /** Gives up what it kept. */
  drop(): void {
    for (const constant of this.#constants.values()) constant.dispose();
    this.#constants.clear();
  }
}

/** Without the operations whose outputs nobody wants. */
function withoutIdle(operations: readonly Operation[], results: readonly Slot[]): readonly Operation[] {
  const wanted = new Set(results);
  const kept = [...operations].reverse().filter((operation) => {
    if (operation.optional && !operation.outputs.some((slot) => wanted.has(slot))) return false;
    for (const slot of operation.inputs) wanted.add(slot);
    return true;
  });
  return kept.reverse();
}

/**
 * Operations in the order in which they were recorded.
 *
 * Memory   keeps the constants that they take until `dispose`
 */
export class Recording {
  readonly #operations: readonly Operation[];
  /** Behind each operation, what nobody reads any more. */
  readonly #spent: readonly (readonly Slot[])[];
  readonly #results: readonly Slot[];
  readonly #constants: ReadonlyMap<Slot, Tensor>;
  readonly #inputCount: number;
  readonly #values: unknown[] = [];

  constructor(
    operations: readonly Operation[],
    results: readonly Slot[],
    constants: ReadonlyMap<Slot, Tensor>,
    inputCount: number,
  ) {
    this.#operations = operations;
    this.#results = results;
    this.#constants = constants;
    this.#inputCount = inputCount;
    this.#spent = spentBehind(operations, new Set(results));
  }

  /** How many operations a replay calls. */
  get length(): number {
    return this.#operations.length;
  }

  /** Bytes of the constants that it keeps. */
  get constantBytes(): number {
    let bytes = 0;
    for (const { size, dtype } of this.#constants.values()) bytes += size * (dtype === 'bool' ? 1 : 4);
    return bytes;
  }

  /**
   * Calls the operations on `inputs`, which have the shapes and types of those that it was recorded with, in their order.
   *
   * Memory   returns new tensors; call it inside `tidy`
   * Throws   what an operation throws; then nothing is left behind
   */
  replay(inputs: readonly Tensor[]): Tensor[] {
    const values = this.#values;
    for (let slot = 0; slot < this.#inputCount; slot++) values[slot] = inputs[slot];
    for (const [slot, constant] of this.#constants) values[slot] = constant;
    try {
      for (let i = 0; i < this.#operations.length; i++) {
        this.#operations[i]!.run(values);
        for (const slot of this.#spent[i]!) {
          const value = values[slot];
          if (value instanceof Tensor) value.dispose();
          values[slot] = undefined;
        }
      }
      return this.#taken(values);
    } finally {
      values.length = 0;
    }
  }

  /** Each a tensor of its own, none of them an input or a constant. */
  #taken(values: readonly unknown[]): Tensor[] {
    const taken = new Set<Slot>();
    return this.#results.map((slot) => {
      const value = values[slot] as Tensor;
      const own = slot >= this.#inputCount && !this.#constants.has(slot) && !taken.has(slot);
      taken.add(slot);
      return own ? value : clone(value);
    });
  }

  dispose(): void {
    for (const constant of this.#constants.values()) constant.dispose();
  }
}

/** For each operation, which of the outputs so far are read by none behind it. */
function spentBehind(
  operations: readonly Operation[],
  results: ReadonlySet<Slot>,
): readonly (readonly Slot[])[] {
  const made = new Set(operations.flatMap(({ outputs }) => outputs));
  const seen = new Set<Slot>(results);
  const spent = [...operations].reverse().map(({ inputs, outputs }) => {
    const last = [...new Set([...inputs, ...outputs])].filter((slot) => made.has(slot) && !seen.has(slot));
    for (const slot of last) seen.add(slot);
    return last;
  });
  return spent.reverse();
}

interface FoundKernel {
  readonly kernel: KernelFunc;
  readonly attrs: NamedAttrMap;
  readonly backend: KernelBackend;
  /** Filled anew for each call. */
  readonly given: Record<string, TensorInfo>;
  readonly keys: readonly string[];
}

class KernelCall implements Operation {
  readonly inputs: readonly Slot[];
  readonly outputs: readonly Slot[];
  readonly optional = true;
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
    if (!Array.isArray(made)) values[this.outputs[0]!] = asTensor(made);
    else for (let i = 0; i < made.length; i++) values[this.outputs[i]!] = asTensor(made[i]!);
  }
}

/** Kernels may return tensors. */
function asTensor(made: TensorInfo): Tensor {
  return made instanceof Tensor ? made : engine().makeTensorFromTensorInfo(made);
}

class PrimitiveCall implements Operation {
  readonly inputs: readonly Slot[];
  readonly outputs: readonly Slot[];
  /** It may be there to throw. */
  readonly optional = false;
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
