/** Models written as code. */
import type { ConfigWriter, JsonObject, Layer, QualifiedName } from '@ostinato/core';
import { OstinatoError } from '@ostinato/core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { CodeContext, CodeOutputs } from './code-context.js';
import { CodeNetwork } from './code-network.js';
import { Model } from './model.js';
import { checkModelOptions, type ModelOptions } from './model-options.js';
import type { InputSpec, Network } from './network.js';

/** The options of every model, and a name; those of a class of one's own stand beside them. */
export interface CodeModelOptions extends ModelOptions {
  /** Default 'code_model'. */
  readonly name?: string | undefined;
}

/**
 * A model whose way forward is a function: for loops, branches and arithmetic that no graph of layers says.
 *
 * Layers are made in fields or in the constructor and handed to `track`; `call` calls them through its context, which knows
 * their paths, masks and randomness. With the first data `call` runs once on a sample of zeros, and each layer is built
 * when it is called: so every tracked layer has to be called, whatever the data are. Everything else, training, saving
 * weights, summary, standing in other models, is as with other models.
 *
 * Whole models are saved when the class has `getConfig` and `savedName`, under which a plugin has a spec, whose
 * `create` is given that config and the options of models, and returns `new Class(options).asLayer()`.
 *
 * Throws   `layer-untracked`, `layer-not-called`, `code-output`; `model-code` when it is saved without a spec
 *
 * @example
 * class Reader extends CodeModel<Tensor> {
 *   readonly words = this.track(embedding({ inputDim: 10_000, outputDim: 32 }));
 *   readonly read = this.track(lstm({ units: 32 }));
 *   readonly head = this.track(dense({ units: 1, activation: 'sigmoid' }), 'head');
 *
 *   call([ids]: readonly Tensor[], context: CodeContext): Tensor {
 *     return context.apply(this.head, context.apply(this.read, context.apply(this.words, ids!)));
 *   }
 * }
 * const reader = new Reader({ registry, seed: 42 });
 */
export abstract class CodeModel<Outputs = unknown> extends Model<Outputs> {
  readonly class = 'Code';
  readonly network: Network;
  protected readonly kind = 'CodeModel';
  readonly #network: CodeNetwork;
  #form: 'one' | 'list' | 'record' = 'one';

  constructor(options: CodeModelOptions) {
    const { registry, seed, fused, name } = options ?? {};
    super(checkModelOptions({ registry, seed, fused }, 'code_model', name));
    this.#network = new CodeNetwork({
      registry: this.options.registry,
      seed: this.options.seed,
      kernels: this.chooser,
      where: this.name,
      trainable: () => this.trainable,
      call: (inputs, context) => this.#run(inputs, context),
    });
    this.network = this.#network;
  }

  /** From inputs to outputs, in the order of the data; a record gives outputs their names. Runs inside `tidy`. */
  abstract call(inputs: readonly Tensor[], context: CodeContext): CodeOutputs;

  /** The options that make an equal model, beside those of every model. For classes that are saved whole. */
  getConfig?(): JsonObject;

  /** Makes a layer, or a model, one of this model's. Returns it as a layer. */
  protected track<T extends Layer>(layer: T, name?: string): T;
  protected track(layer: Model, name?: string): Layer;
  protected track(layer: Layer | Model, name?: string): Layer {
    const tracked = layer instanceof Model ? layer.asLayer() : layer;
    this.#network.track(tracked, name);
    return tracked;
  }

  toConfig(write: ConfigWriter): JsonObject {
    const config = this.getConfig?.();
    const name = this.savedName;
    const { registry } = this.options;
    if (!config || !name || !registry.layerNames().includes(name)) throw notSaved(this.name);
    const code = registry.toJSON({ registeredName: name, getConfig: () => config }, write);
    const inputs = this.#network.inputSpecs?.map((spec): JsonObject => ({ ...spec })) ?? [];
    return { ...this.baseConfig(), code, inputs };
  }

  /** `package>Name` of the spec that makes this class again; classes that are saved whole have one. */
  protected get savedName(): QualifiedName | undefined {
    return undefined;
  }

  /** Says what its inputs will be, so that its weights can be made before there are data. */
  willTake(inputs: readonly InputSpec[]): void {
    this.#network.known = inputs;
  }

  protected arrange(outputs: readonly Tensor[]): Outputs {
    if (this.#form === 'one') return outputs[0] as Outputs;
    if (this.#form === 'list') return [...outputs] as Outputs;
    return Object.fromEntries(this.network.outputNames!.map((name, i) => [name, outputs[i]])) as Outputs;
  }

  #run(inputs: readonly Tensor[], context: CodeContext): CodeOutputs {
    if (typeof this.call !== 'function') throw noCall(this.name);
    const outputs = this.call(inputs, context);
    this.#form = Array.isArray(outputs) ? 'list' : isTensor(outputs) ? 'one' : 'record';
    return outputs;
  }
}

function isTensor(value: CodeOutputs): value is Tensor {
  return typeof value === 'object' && value !== null && 'dataId' in value;
}

function notSaved(where: string): OstinatoError {
  return new OstinatoError('model-code', {
    where,
    what: 'This model is code, and no plugin says how to make it again',
    fix: 'Save its weights, weightsToBytes(await model.getWeights()), and load them into a new one with loadWeights(); or give the class getConfig() and savedName, and a plugin its spec',
  });
}

function noCall(where: string): OstinatoError {
  return new OstinatoError('code-call', {
    where,
    what: 'The class has no method `call`, which says what comes out',
    fix: 'Extend CodeModel and write call(inputs, context)',
  });
}
