/** What a model is made of: layers, weights, shapes, symbols. What one does with it stands in `model.ts`. */
import {
  type ConfigWriter,
  type JsonObject,
  type KernelChoice,
  KernelChooser,
  type Param,
  type Shape,
  type SymbolicTensor,
  unknownName,
} from '@ostinato/core';
import { checkOptions } from '../check-options.js';
import { whenReady } from '../ready.js';
import { sizeOfParams, summarize } from '../summary.js';
import { hashWeights, type NamedArray, readWeights } from '../weights.js';
import { notBuilt } from './model-errors.js';
import { ModelLayer } from './model-layer.js';
import type { FullModelOptions } from './model-options.js';
import type { InputSpec, Network, PlacedLayer } from './network.js';

export abstract class ModelStructure {
  readonly name: string;
  readonly options: FullModelOptions;
  /** What computes; for tools that look inside. */
  abstract readonly network: Network;
  /** What kind of model it is in files. */
  abstract readonly class: 'Sequential' | 'Graph' | 'Code';
  /** What stands before the method in errors: `Sequential.fit`. */
  protected abstract readonly kind: string;
  protected readonly chooser: KernelChooser;
  #trainable = true;
  #layer: ModelLayer | undefined;

  constructor(options: FullModelOptions) {
    this.options = options;
    this.name = options.name;
    this.chooser = new KernelChooser(options.registry.kernels, options.fused);
  }

  /** The options that make an equal model without its weights, as JSON. */
  abstract toConfig(write: ConfigWriter): JsonObject;

  abstract dispose(): void;

  /** Numbers that the optimizer keeps; 0 before the first step. */
  protected abstract get optimizerSize(): number;

  /** The layers in order, with their paths and, once built, their output shapes. */
  get layers(): readonly PlacedLayer[] {
    return this.network.placed;
  }

  /**
   * The layer at a path, also in a model inside this one: `lstm`, `encoder/lstm`. A model that ends at its `output` shows
   * what goes on inside.
   *
   * Throws   `path-unknown`
   *
   * @example
   * const hidden = model({ inputs: reader.inputs, outputs: reader.layer('lstm').output }, { registry });
   */
  layer(path: string): PlacedLayer {
    for (const place of this.layers) {
      if (place.path === path) return place;
      const inner = place.layer instanceof ModelLayer && path.startsWith(`${place.path}/`);
      if (inner) return (place.layer as ModelLayer).model.layer(path.slice(place.path.length + 1));
    }
    const known = this.layers.map((place) => place.path);
    throw unknownName('path-unknown', { where: this.at('layer'), kind: 'layer', name: path, known });
  }

  /** false: no weight is trained, and layers such as BatchNormalization keep what they are, here and in other models. */
  get trainable(): boolean {
    return this.#trainable && (this.#layer?.trainable ?? true);
  }

  set trainable(value: boolean) {
    this.#trainable = value;
    if (this.#layer) this.#layer.trainable = value;
  }

  /** All weights in model order. */
  get params(): readonly Param[] {
    return this.network.weights().map(({ param }) => param);
  }

  /** Shapes of the inputs and outputs, batch axis included; null before the model is built. */
  get inputShapes(): readonly Shape[] | null {
    return this.network.inputShapes;
  }

  get outputShapes(): readonly Shape[] | null {
    return this.network.outputShapes;
  }

  /** Which operations run fused, and why the others do not. */
  get kernels(): KernelChoice[] {
    return this.chooser.choices();
  }

  /** The symbols of the inputs, to cut other models out of this one. Makes the weights. Throws `not-built`. */
  get inputs(): readonly SymbolicTensor[] {
    this.needBuilt(this.at('inputs'));
    return this.network.symbols().inputs;
  }

  /** The symbols of the outputs. Makes the weights. Throws `not-built`. */
  get outputs(): readonly SymbolicTensor[] {
    this.needBuilt(this.at('outputs'));
    return this.network.outputSymbols();
  }

  /**
   * This model where a layer is wanted: in a list of layers, in `timeDistributed`. Its weights are the model's own.
   *
   * Throws   `config-name` when the model's name is none for a layer
   *
   * @example
   * const perSentence = timeDistributed({ layer: sentenceEncoder.asLayer() });
   */
  asLayer(): ModelLayer {
    this.#layer ??= new ModelLayer(this.self(), this.registeredName, this.options.givenName);
    this.#layer.trainable = this.#trainable;
    return this.#layer;
  }

  /** Applies the model to symbols, as a layer. See `Layer.apply`. */
  apply(inputs: SymbolicTensor | readonly SymbolicTensor[]): SymbolicTensor {
    return this.asLayer().apply(inputs);
  }

  /** All outputs of a model that has several. */
  applyAll(inputs: SymbolicTensor | readonly SymbolicTensor[]): readonly SymbolicTensor[] {
    return this.asLayer().applyAll(inputs);
  }

  /** Copies of all weights in model order, each `{ name, shape, data }`. Throws `not-built`. */
  async getWeights(): Promise<NamedArray[]> {
    this.needBuilt(this.at('getWeights'));
    return readWeights(this.network.weights());
  }

  /** SHA-256 of all weights in model order as little-endian f32: equal for equal weights, to the bit. */
  async weightsSha256(): Promise<string> {
    return hashWeights(await this.getWeights());
  }

  /** The number of weights, e.g. 322113. Throws `not-built`. */
  countParams(): number {
    this.needBuilt(this.at('countParams'));
    return sizeOfParams(this.params);
  }

  /**
   * Prints a table of the layers in Keras' layout, and which operations run fused or why not.
   *
   * @example
   * model.summary({ print: (line) => log.push(line) });
   */
  summary(options: { readonly print?: (line: string) => void } = {}): void {
    checkOptions(this.at('summary'), options, ['print']);
    this.network.buildAlone();
    const facts = {
      name: this.name,
      placed: this.layers,
      graph: this.network.rows(),
      params: this.params,
      trainable: this.network.trainableParams(),
      optimizerSize: this.optimizerSize,
      kernels: this.kernels,
    };
    const { print = (line: string) => console.log(line) } = options;
    for (const line of summarize(facts)) print(line);
  }

  /** Waits for the backend and the plugins. Every method that computes does this itself. Throws `backend-none`. */
  async ready(): Promise<void> {
    await whenReady(this.options.registry, this.name);
  }

  /** Forgets what stateful layers keep between batches. */
  resetStates(): void {
    this.network.resetStates();
  }

  /** `package>Name` of this kind of model, as it stands in files. */
  protected get registeredName(): `${string}>${string}` {
    return `@ostinato/training>${this.kind}`;
  }

  /** What the config of every model has. */
  protected baseConfig(): JsonObject {
    const { givenName: name, seed, fused } = this.options;
    const trainable = this.trainable ? {} : { trainable: false };
    return { ...(name === undefined ? {} : { name }), seed, fused, ...trainable };
  }

  protected at(method: string): string {
    return `${this.kind}.${method}`;
  }

  /** Builds it, if it is not built, for data like those. Throws `not-built`, and what the layers say of their inputs. */
  buildFor(inputs: readonly InputSpec[] | null, where: string): void {
    if (inputs && !this.network.inputShapes) {
      this.network.admit(inputs, 'any length');
      this.afterBuild();
    }
    this.needBuilt(where);
  }

  protected needBuilt(where: string): void {
    if (this.network.inputShapes) return;
    if (!this.network.buildAlone()) throw notBuilt(where);
    this.afterBuild();
  }

  protected abstract self(): ConstructorParameters<typeof ModelLayer>[0];

  /** Looks whether the backend can train what was just built. */
  protected abstract afterBuild(): void;
}
