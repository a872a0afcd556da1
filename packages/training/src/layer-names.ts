/** Names of layers in a model, as Keras gives them. */
import { type Layer, OstinatoError } from '@ostinato/core';

/** The names under which layers stood in a graph: one that is cut out of it calls them the same. */
const graphNames = new WeakMap<Layer, string>();

/**
 * A name for each layer: its own, or its class in snake_case, numbered from the second on: `dense`, `dense_1`.
 *
 * Throws   `layer-name` when two layers were given one name; `layer-twice` when one layer is listed twice
 */
export function nameLayers(layers: readonly Layer[], where: string): string[] {
  checkDistinct(layers, where);
  return numbered(layers, () => undefined);
}

/** The same for the layers of a graph. A layer keeps the name that it had in another graph, if that is free. */
export function nameGraphLayers(layers: readonly Layer[], where: string): string[] {
  checkDistinct(layers, where);
  const kept = new Map<string, Layer>();
  for (const layer of layers) {
    const name = graphNames.get(layer);
    if (name !== undefined && !kept.has(name)) kept.set(name, layer);
  }
  const names = numbered(layers, (layer) => {
    const name = graphNames.get(layer);
    return name !== undefined && kept.get(name) === layer ? name : undefined;
  });
  rememberNames(layers, names);
  return names;
}

/** Notes under which names layers stand in a model, for graphs that will be cut out of it. */
export function rememberNames(layers: readonly Layer[], names: readonly string[]): void {
  layers.forEach((layer, i) => {
    if (!graphNames.has(layer)) graphNames.set(layer, names[i]!);
  });
}

function numbered(layers: readonly Layer[], kept: (layer: Layer) => string | undefined): string[] {
  const given = layers.map((layer) => layer.givenName ?? kept(layer));
  const taken = new Set(given.filter((name) => name !== undefined));
  const counts = new Map<string, number>();
  return layers.map((layer, i) => {
    const own = given[i];
    if (own !== undefined && (layer.givenName !== undefined || isFirst(given, i))) return own;
    const base = snakeCase(layer.registeredName.slice(layer.registeredName.indexOf('>') + 1));
    for (;;) {
      const count = counts.get(base) ?? 0;
      counts.set(base, count + 1);
      const name = count === 0 ? base : `${base}_${count}`;
      if (!taken.has(name)) return name;
    }
  });
}

/** Whether no layer, before or with a name of its own, is called the same. */
function isFirst(names: readonly (string | undefined)[], i: number): boolean {
  return names.indexOf(names[i]) === i && names.lastIndexOf(names[i]) === i;
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
