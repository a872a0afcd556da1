/** A model as a layer of another one. */
import {
  type BuildContext,
  type CallContext,
  type ConfigWriter,
  type JsonObject,
  Layer,
  type Mask,
  OstinatoError,
  type QualifiedName,
  type SampleData,
  type Shape,
} from '@ostinato/core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Model } from './model.js';
import type { Reader } from './network.js';

/**
 * A model where a layer is wanted: `model.asLayer()`. Its weights are the model's, so that training either trains both.
 *
 * A model that has no weights yet is built inside the other one and is disposed with it; its weights come from its own
 * seed wherever it is built. One that was built or loaded before stays its owner's to dispose.
 *
 * Shapes   those of the model
 * Weights  those of the model, under their paths in it
 */
export class ModelLayer extends Layer {
  static override readonly repeatable = true; // its layers speak for themselves
  readonly registeredName: QualifiedName;
  readonly model: Model;
  #builtHere = false;
  #masks: readonly Mask[] | undefined;

  constructor(model: Model, registeredName: QualifiedName, name: string | undefined) {
    super({ name });
    this.registeredName = registeredName;
    this.model = model;
  }

  override get standsAlone(): boolean {
    return true;
  }

  get built(): boolean {
    return this.model.network.inputShapes !== null;
  }

  override build(context: BuildContext): void {
    const { network } = this.model;
    const before = this.built;
    network.buildInside(context.inputShapes, context.path);
    if (!before) this.#builtHere = true;
    const weights = network.weights();
    this.params = weights.map(({ param }) => param);
    context.adopt(weights);
  }

  call(inputs: readonly Tensor[], context: CallContext): readonly Tensor[] {
    const flows = this.model.network.forwardInside(inputs, context);
    this.#masks = flows.map(({ mask }) => mask);
    return flows.map(({ output }) => output);
  }

  outputShapes(inputShapes: readonly Shape[]): readonly Shape[] {
    return this.model.network.outputShapesFor(inputShapes);
  }

  /** Those of the call just made: they come out of the layers as their outputs do. */
  override outputMasks(): readonly Mask[] {
    if (this.#masks) return this.#masks;
    throw new OstinatoError('not-called', {
      where: this.model.name,
      what: 'The masks of a model come with its outputs, and it has not been called',
    });
  }

  /** Layers of the model that look at its input first. */
  readers(input: number, path: string): readonly Reader[] {
    const within = this.model.network.readers(input);
    return within.map((reader) => ({ layer: reader.layer, path: `${path}/${reader.path}` }));
  }

  override checkInput(samples: SampleData, path: string): void {
    for (const reader of this.readers(0, path)) reader.layer.checkInput?.(samples, reader.path);
  }

  getConfig(write: ConfigWriter): JsonObject {
    return this.model.toConfig(write);
  }

  override trainingOps(): readonly string[] {
    return [...new Set(this.model.layers.flatMap(({ layer }) => layer.trainingOps()))];
  }

  override resetStates(): void {
    this.model.resetStates();
  }

  override keptStates(): ReadonlyMap<string, Tensor> {
    const states = this.model.layers.flatMap(({ layer, path }) =>
      [...layer.keptStates()].map(([name, state]): [string, Tensor] => [`${path}/${name}`, state]),
    );
    return new Map(states);
  }

  override keepStates(states: ReadonlyMap<string, Tensor>): void {
    for (const { layer, path } of this.model.layers) {
      const own = [...states].filter(([name]) => name.startsWith(`${path}/`));
      layer.keepStates(new Map(own.map(([name, state]) => [name.slice(path.length + 1), state])));
    }
  }

  /** Takes back what a failed build of the other model made. */
  unbuild(): void {
    if (this.#builtHere) this.model.network.unbuild();
    this.#builtHere = false;
    this.params = [];
  }

  override dispose(): void {
    if (this.#builtHere) this.model.dispose();
  }
}
