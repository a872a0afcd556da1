/** Models as JSON: layers through the registry, models inside, and layers that stand in several places. */
import { type ConfigWriter, type JsonObject, type JsonValue, Layer, type Registry } from '@ostinato/core';
import { ModelLayer } from '../model/model-layer.js';

/** Version of a nested model's config. */
export const NESTED_VERSION = 1;

/**
 * Writes the layers of one document. A layer that is met again is written as `{ shared: n }`, and where it stood first it
 * gets `id: n`: reading gives one layer in both places.
 */
export function documentWriter(registry: Registry): ConfigWriter {
  const written = new Map<object, Record<string, JsonValue | undefined>>();
  let shared = 0;
  const write: ConfigWriter = (item) => {
    const before = written.get(item);
    if (before) {
      before.id ??= ++shared;
      return { shared: before.id };
    }
    const json: Record<string, JsonValue | undefined> = {};
    if (item instanceof Layer) written.set(item, json);
    return Object.assign(json, writeOne(item, registry, write));
  };
  return write;
}

function writeOne(item: Parameters<ConfigWriter>[0], registry: Registry, write: ConfigWriter): JsonObject {
  if (!(item instanceof ModelLayer)) return registry.toJSON(item, write);
  return { layer: item.registeredName, version: NESTED_VERSION, config: item.getConfig(write) };
}
