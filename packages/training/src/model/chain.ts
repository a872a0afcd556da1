/** The graph of a sequential model: each layer is given what the one before it put out. */
import type { Layer } from '@ostinato/core';
import { nameLayers, rememberNames } from '../layer-names.js';
import type { GraphPlan } from './graph-plan.js';

/** Throws `layer-name`, `layer-twice`. */
export function chain(layers: readonly Layer[], where: string): GraphPlan {
  const names = nameLayers(layers, where);
  rememberNames(layers, names);
  return {
    layers: layers.map((layer, i) => ({ layer, name: names[i]! })),
    calls: layers.map((_, i) => ({ layer: i, inputs: [i], outputs: [i + 1], nth: 0 })),
    inputNames: ['input'],
    outputs: [{ name: names.at(-1)!, value: layers.length }],
    shares: false,
  };
}
