/** What a file says of a model besides its weights, and the check that it is that. */
import type { FusedPolicy, JsonObject } from '@ostinato/core';
import type { CompiledJson } from '../compiled.js';
import type { Model } from '../model/model.js';
import { isShape } from '../model/model-options.js';
import { badFile } from './safetensors-header.js';
import { documentWriter } from './write-model.js';

/** Kinds of models: layers one after the other, a graph, or code of a class that a plugin brings. */
export type ModelClass = 'Sequential' | 'Graph' | 'Code';

export interface ModelDescription extends JsonObject {
  readonly class: ModelClass;
  readonly name: string;
  readonly seed: number;
  readonly fused: FusedPolicy;
  /** Of a Sequential, as the registry writes them, in order; of a Graph `{ name, layer }`. */
  readonly layers?: readonly JsonObject[];
  readonly compile?: CompiledJson & JsonObject;
}

/** Describes a built model; `compile` says how it learns, if it was told. Throws `layer-unknown`, `model-code`. */
export function describeModel(model: Model, compile: CompiledJson | undefined): ModelDescription {
  const { name } = model;
  const { seed, fused } = model.options;
  const config = model.toConfig(documentWriter(model.options.registry));
  return {
    class: model.class,
    name,
    seed,
    fused,
    ...config,
    ...(compile ? { compile: compile as CompiledJson & JsonObject } : {}),
  };
}

/**
 * Checks the form; what the parts of a model are is checked where they are read, names and options inside by the registry
 * and by `compile`.
 *
 * Throws   `model-file`
 */
export function readDescription(json: unknown, where: string): ModelDescription {
  const description = (typeof json === 'object' && json !== null ? json : {}) as Record<string, unknown>;
  const { class: kind, name, seed, compile } = description;
  const wrong = [
    !['Sequential', 'Graph', 'Code'].includes(kind as string) && "class 'Sequential', 'Graph' or 'Code'",
    typeof name !== 'string' && 'a name',
    !Number.isSafeInteger(seed) && 'a seed',
    kind === 'Sequential' && !isShape(description.inputShape) && 'an inputShape',
    kind !== 'Code' && !Array.isArray(description.layers) && 'a list of layers',
    compile !== undefined && (typeof compile !== 'object' || compile === null) && 'compile as an object',
  ].find(Boolean);
  if (wrong) throw badFile(where, 'The description of the model is incomplete', String(wrong));
  return description as unknown as ModelDescription;
}
