/** Models from JSON: what `write-model.ts` wrote. */
import {
  checkFields,
  type FusedPolicy,
  type JsonObject,
  type Layer,
  type NestedReader,
  type Registry,
} from '@ostinato/core';
import { CodeModel } from '../model/code-model.js';
import { GraphModel } from '../model/graph-model.js';
import type { Model } from '../model/model.js';
import { ModelLayer } from '../model/model-layer.js';
import { checkModelOptions, checkRegistry, isShape } from '../model/model-options.js';
import type { InputSpec } from '../model/network.js';
import { Sequential } from '../sequential.js';
import { readGraph } from './read-graph.js';
import { badFile } from './safetensors-header.js';

/** No one nests models so deep; a file that does would fill the stack. */
const DEEPEST = 100;

/** What reading a model needs. */
export interface LoadOptions {
  /** Knows the layers that the model is made of. */
  readonly registry: Registry;
  /** Default: as the model was saved. */
  readonly fused?: FusedPolicy | undefined;
}

/** Throws `config-registry`, `config-unknown`. What is no policy, the model says. */
export function checkLoadOptions(where: string, options: LoadOptions): void {
  checkRegistry(options?.registry, where);
  checkFields(where, options, ['registry', 'fused']);
}

/** Reads the layers and models of one document. */
export class DocumentReader {
  readonly registry: Registry;
  readonly #fused: FusedPolicy | undefined;
  readonly #shared = new Map<unknown, Layer>();
  #depth = 0;

  /** `fused` takes the place of what the document says of fused kernels. */
  constructor({ registry, fused }: LoadOptions) {
    this.registry = registry;
    this.#fused = fused;
  }

  /** A model by its class and config. Throws `model-file`, and what the registry says of layers. */
  model(kind: unknown, config: JsonObject, where: string): Model {
    if (this.#depth === DEEPEST) throw badFile(where, `Models stand in models more than ${DEEPEST} deep`);
    this.#depth += 1;
    const model = this.#make(kind, config, where);
    this.#depth -= 1;
    if (config.trainable === false) model.trainable = false;
    return model;
  }

  #make(kind: unknown, config: JsonObject, where: string): Model {
    const { registry } = this;
    const { name, seed, fused } = config as { name?: string; seed?: number; fused?: 'auto' };
    const options = { registry, seed, fused: this.#fused ?? fused };
    if (kind === 'Sequential') {
      const layers = this.#list(config.layers, where).map((json, i) =>
        this.layer(json, `${where}, layer ${i}`),
      );
      return new Sequential(layers, { ...options, name });
    }
    if (kind === 'Graph') {
      const layers = this.#list(config.layers, where).map((json, i) => {
        const entry = (json ?? {}) as JsonObject;
        if (typeof entry.layer !== 'object') throw badFile(where, `Layer ${i} of the graph is none`);
        return { name: entry.name as string, layer: this.layer(entry.layer, `${where}, layer ${i}`) };
      });
      const { plan, form } = readGraph(config, layers, where);
      return new GraphModel(plan, form, checkModelOptions(options, 'model', name));
    }
    if (kind === 'Code') return this.#code(config, { ...options, name }, where);
    throw badFile(where, 'The class of the model is none that this version knows');
  }

  /** A class of one's own: its spec is given its config and the options of models. */
  #code({ code, inputs }: JsonObject, options: object, where: string): Model {
    const { config, ...rest } = (code ?? {}) as JsonObject;
    const json = { ...rest, config: { ...(config as JsonObject), ...options } };
    const layer = this.registry.layerFromJSON(json, where, this.#nested);
    const specs = this.#list(inputs, where) as readonly InputSpec[];
    const fits = specs.every(
      (spec) =>
        typeof spec?.name === 'string' && isShape(spec.shape) && ['float32', 'int32'].includes(spec.dtype),
    );
    if (layer instanceof ModelLayer && layer.model instanceof CodeModel && fits) {
      layer.model.willTake(specs);
      return layer.model;
    }
    throw badFile(where, fits ? 'The spec makes no model' : 'The inputs of the model are none');
  }

  /** A layer, a model as a layer, or one that was read before. */
  layer(json: unknown, where: string): Layer {
    const { shared, id, layer: name, config } = (json ?? {}) as JsonObject;
    if (shared !== undefined) {
      const before = this.#shared.get(shared);
      if (before) return before;
      throw badFile(where, `The file says that a layer stands here too that it does not hold: ${shared}`);
    }
    const kind = KINDS.get(name);
    const layer = kind
      ? this.model(kind, (config ?? {}) as JsonObject, where).asLayer()
      : this.registry.layerFromJSON(json, where, this.#nested);
    if (id !== undefined) this.#shared.set(id, layer);
    return layer;
  }

  readonly #nested: NestedReader = {
    layer: (json, where) => this.layer(json, where),
    cell: (json, where) => this.registry.cellFromJSON(json, where),
  };

  #list(value: unknown, where: string): readonly unknown[] {
    if (Array.isArray(value) && value.length > 0) return value;
    throw badFile(where, 'The description of the model is incomplete', 'a list of layers');
  }
}

const KINDS: ReadonlyMap<unknown, string> = new Map([
  ['@ostinato/training>Sequential', 'Sequential'],
  ['@ostinato/training>GraphModel', 'Graph'],
  ['@ostinato/training>CodeModel', 'Code'],
]);
