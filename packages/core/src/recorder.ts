/** Collecting the operations that a function calls. */
import {
  clone,
  engine,
  getKernel,
  type KernelBackend,
  keep,
  type NamedAttrMap,
  Tensor,
  type TensorInfo,
  tensor,
} from '@tensorflow/tfjs-core';
import type { Layer } from './layer.js';
import {
  type Compute,
  KernelCall,
  NOTHING,
  type Operation,
  PrimitiveCall,
  type Slot,
} from './recorded-operations.js';
import { planOf, Recording } from './repeat-operations.js';
import { isRepeatable } from './repeatable.js';
import { WatchedRng } from './watched-rng.js';
import { withoutGradient } from './without-gradient.js';

/** Operations of one recording at most; each takes a kilobyte. */
const MOST_OPERATIONS = 50_000;

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

/** Collects operations while a function runs. */
export class Recorder {
  readonly #backend: KernelBackend = engine().backend;
  readonly #backendName = engine().backendName;
  readonly #slots = new Map<unknown, Slot>();
  /** What a clone is a clone of: the tape makes them everywhere, and for a replay both are one. */
  readonly #originals = new Map<unknown, unknown>();
  /** What primitives returned beside tensors, by what is handed out in its place. */
  readonly #handedOut = new WeakMap<object, object>();
  readonly #operations: Operation[] = [];
  readonly #constants = new Map<Slot, Tensor>();
  readonly #layers = new Map<Layer, boolean>();
  readonly #inputCount: number;
  readonly #stepSlot: Slot;
  #count = 0;
  /** Inside a kernel or a primitive, what is called is a part of it. */
  #depth = 0;
  #refusal: string | undefined;

  constructor(inputs: readonly Tensor[]) {
    for (const input of inputs) {
      if (this.#slots.has(input)) this.refuse('two inputs are one tensor');
      this.#slots.set(input, this.#count++);
    }
    this.#inputCount = this.#count;
    this.#stepSlot = this.#count++;
  }

  refuse(why: string): void {
    this.#refusal ??= why;
  }

  meetLayer(layer: Layer): void {
    this.#layers.set(layer, layer.trainable);
    const replaced = Object.hasOwn(layer, 'call'); // of its class that was said, not of this
    if (replaced || !isRepeatable(layer)) this.refuse(`${layer.registeredName} is not said to be repeatable`);
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
        const made = makeTensor.apply(heard, given);
        if (this.#depth === 0) this.#constant(made, copyOfTensor);
        return made;
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
    const before = { runKernelFunc, makeTensor, readSync, read };
    Object.assign(heard, own);
    // Assigned, not deleted: engines keep an object with deleted properties as a slow one, and every operation looks into this.
    return () => Object.assign(heard, before);
  }

  primitive(inputs: readonly unknown[], compute: Compute): readonly unknown[] {
    const given = this.#depth > 0 ? inputs : inputs.map((input) => this.#behind(input)); // inside, it comes past the inputs
    const made = this.#within(() => compute(...(given as never[])));
    if (this.#depth > 0 || this.#refusal !== undefined) return made;
    const slots = inputs.map((input) => this.#slotOf(input, 'a primitive'));
    const values = made.filter((value) => value !== undefined);
    const own = values.every((value) => typeof value === 'object' && !this.#known(value));
    if (!own || new Set(values).size < values.length) this.refuse('a primitive returns what is not new');
    this.#add(new PrimitiveCall(compute, slots, this.#newSlots(made)));
    return own ? made.map((value) => this.#handOut(value)) : made;
  }

  /** Itself, or of what is no tensor something whose properties cannot be looked at unheard: in a replay nobody would look again. */
  #handOut(value: unknown): unknown {
    if (value === undefined || value === null || value instanceof Tensor) return value;
    const heard = (): void => this.refuse('what a primitive returned is looked at outside of one');
    const shown = new Proxy(value as object, {
      get: (target, key) => {
        heard();
        const found: unknown = Reflect.get(target, key, target);
        return typeof found === 'function' && !Object.hasOwn(target, key) ? found.bind(target) : found; // private fields want the target
      },
      has: (target, key) => {
        heard();
        return Reflect.has(target, key);
      },
      ownKeys: (target) => {
        heard();
        return Reflect.ownKeys(target);
      },
    });
    this.#handedOut.set(shown, value as object);
    return shown;
  }

  /** What a primitive is given for an input. */
  #behind(input: unknown): unknown {
    if (input instanceof WatchedRng) return input.plain;
    return this.#handedOut.get(input as object) ?? input;
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
      const found = {
        kernel: getKernel(kernelName, this.#backendName).kernelFunc,
        attrs: copyOf(attrs),
        backend: this.#backend,
        given: (Array.isArray(inputs) ? [] : {}) as unknown as Record<string, TensorInfo>,
        keys,
        shapes: outputs.map(({ shape }) => shape),
      };
      this.#add(new KernelCall(found, slots, this.#newSlots(outputs)));
    }
    return made;
  }

  #add(operation: Operation): void {
    this.#operations.push(operation);
    if (this.#operations.length > MOST_OPERATIONS)
      this.refuse(`there are more than ${MOST_OPERATIONS} operations`);
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
  #constant(constant: Tensor, copy: (constant: Tensor) => Tensor = clone): void {
    if (this.#refusal !== undefined) return;
    const [slot] = this.#newSlots([constant]);
    const kept = this.#within(() => withoutGradient(() => keep(copy(constant))));
    this.#constants.set(slot!, kept);
  }

  #known(value: unknown): boolean {
    return this.#slots.has(value) || this.#originals.has(value);
  }

  #newSlots(values: readonly unknown[]): readonly Slot[] {
    return values.map((value) => {
      this.#slots.set(value, this.#count);
      return this.#count++;
    });
  }

  #slotOf(value: unknown, reader: string): Slot {
    if (value === undefined || value === null) return NOTHING;
    if (value instanceof WatchedRng) return this.#streamSlot(value);
    let original: unknown = this.#handedOut.get(value as object) ?? value;
    while (!this.#slots.has(original) && this.#originals.has(original))
      original = this.#originals.get(original);
    const slot = this.#slots.get(original);
    if (slot === undefined) this.refuse(`${reader} reads something that no recorded operation made`);
    return slot ?? NOTHING;
  }

  /** One stream for all that draw from it, one after the other. */
  #streamSlot(stream: WatchedRng): Slot {
    const known = this.#slots.get(stream);
    if (known !== undefined) return known;
    const { ofStep } = stream;
    if (!ofStep) this.refuse('a stream of random numbers does not follow from the step');
    const slots = this.#newSlots([stream]);
    if (ofStep) this.#add(new PrimitiveCall((step: number) => [ofStep(step)], [this.#stepSlot], slots));
    return slots[0]!;
  }

  /** What was recorded, with `results` as its results; or why it was not. Called once. */
  finish(results: readonly Tensor[]): Recording | string {
    const slots = results.map((result) => this.#slotOf(result, 'the caller'));
    if (this.#refusal !== undefined) {
      this.drop();
      return this.#refusal;
    }
    const plan = planOf(this.#operations, slots);
    for (const [slot, constant] of this.#constants) {
      if (plan.used.has(slot)) continue;
      constant.dispose();
      this.#constants.delete(slot);
    }
    return new Recording(plan, slots, this.#constants, this.#inputCount, this.#layers);
  }

  /** Gives up what it kept. */
  drop(): void {
    for (const constant of this.#constants.values()) constant.dispose();
    this.#constants.clear();
  }
}

/** A tensor of values of its own: tfjs' cpu backend keeps the array that it is given, which somebody may fill again. */
function copyOfTensor(given: Tensor): Tensor {
  return tensor(given.dataSync().slice(), given.shape, given.dtype);
}

/** Attributes as they are now: whoever calls a kernel may use a list again. */
function copyOf(attrs: NamedAttrMap): NamedAttrMap {
  const copies = Object.entries(attrs).map(([name, value]) => [
    name,
    Array.isArray(value) ? [...value] : value,
  ]);
  return Object.fromEntries(copies);
}
