/** What a file says of a model besides its weights, and the check that it is that. */
import type { FusedPolicy, JsonObject, Shape } from '@ostinato/core';
import type { CompiledJson } from '../compiled.js';
import { isShape } from '../model/model-options.js';
import type { Sequential } from '../sequential.js';
import { badFile } from './safetensors-header.js';

export interface ModelDescription {
  readonly class: 'Sequential';
  readonly name: string;
  readonly seed: number;
  readonly fused: FusedPolicy;
  /** Batch axis included. */
  readonly inputShape: Shape;
  /** As the registry writes them, in order. */
  readonly layers: readonly JsonObject[];
  readonly compile?: CompiledJson;
}

/** Describes a built model; `compile` says how it learns, if it was told. Throws `layer-unknown`. */
export function describeModel(
  { name, options, inputShape, layers }: Sequential,
  compile: CompiledJson | undefined,
): ModelDescription {
  const { seed, fused, registry } = options;
  return {
    class: 'Sequential',
    name,
    seed,
    fused,
    inputShape: inputShape!,
    layers: layers.map(({ layer }) => registry.layerToJSON(layer)),
    ...(compile ? { compile } : {}),
  };
}

/** Checks the form; names and options inside are checked by the registry and by `compile`. Throws `model-file`. */
export function readDescription(json: unknown, where: string): ModelDescription {
  const description = (typeof json === 'object' && json !== null ? json : {}) as Partial<ModelDescription>;
  const { name, seed, inputShape, layers, compile } = description;
  const wrong = [
    description.class !== 'Sequential' && "class 'Sequential'",
    typeof name !== 'string' && 'a name',
    !Number.isSafeInteger(seed) && 'a seed',
    !isShape(inputShape) && 'an inputShape',
    !Array.isArray(layers) && 'a list of layers',
    compile !== undefined && (typeof compile !== 'object' || compile === null) && 'compile as an object',
  ].find(Boolean);
  if (wrong) throw badFile(where, 'The description of the model is incomplete', String(wrong));
  return description as ModelDescription;
}
