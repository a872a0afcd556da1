/** Names of layers in a model, as Keras gives them. */
import { type Layer, OstinatoError } from '@ostinato/core';

/**
 * A name for each layer: its own, or its class in snake_case, numbered from the second on: `dense`, `dense_1`.
 *
 * Throws   `layer-name` when two layers were given one name; `layer-twice` when one layer is listed twice
 */
export function nameLayers(layers: readonly Layer[], where: string): string[] {
  checkDistinct(layers, where);
  const taken = new Set(layers.flatMap((layer) => layer.givenName ?? []));
  const counts = new Map<string, number>();
  return layers.map((layer) => {
    if (layer.givenName !== undefined) return layer.givenName;
    const base = snakeCase(layer.registeredName.slice(layer.registeredName.indexOf('>') + 1));
    for (;;) {
      const count = counts.get(base) ?? 0;
      counts.set(base, count + 1);
      const name = count === 0 ? base : `${base}_${count}`;
      if (!taken.has(name)) return name;
    }
  });
}

/** `SimpleRNN` → `simple_rnn`, `TimeDistributed` → `time_distributed` */
export function snakeCase(name: string): string {
  return name
    .replace(/\W+/g, '')
    .replace(/(.)([A-Z][a-z]+)/g, '$1_$2')
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase();
}

function checkDistinct(layers: readonly Layer[], where: string): void {
  const names = new Set<string>();
  for (const [index, layer] of layers.entries()) {
    if (layers.indexOf(layer) !== index) {
      throw new OstinatoError('layer-twice', {
        where,
        what: `Layer ${index} is layer ${layers.indexOf(layer)} again`,
        fix: 'Make a layer for each place',
      });
    }
    const { givenName } = layer;
    if (givenName === undefined) continue;
    if (names.has(givenName)) {
      throw new OstinatoError('layer-name', {
        where,
        what: `Two layers are named '${givenName}'`,
        fix: 'Names in a model must differ',
      });
    }
    names.add(givenName);
  }
}
