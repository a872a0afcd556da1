/** The states that stateful layers keep between batches, read and put back. */
import * as tf from '@tensorflow/tfjs-core';
import type { PlacedLayer } from '../model/network.js';
import { type NamedArray, readAll } from '../weights.js';

/** Copies of all kept states, under `<path of the layer>/<name>`. */
export function readKeptStates(placed: readonly PlacedLayer[]): Promise<NamedArray[]> {
  return readAll(
    placed.flatMap(({ layer, path }) =>
      [...layer.keptStates()].map(([name, state]) => [`${path}/${name}`, state] as const),
    ),
  );
}

/** Puts them back; layers of which there are none forget theirs. Throws `states-count` for states that do not fit. */
export function keepStates(placed: readonly PlacedLayer[], states: readonly NamedArray[]): void {
  for (const { layer, path } of placed) {
    const own = states.filter(({ name }) => name.startsWith(`${path}/`));
    tf.tidy(() => {
      const tensors = own.map(({ name, shape, data }) => {
        return [name.slice(path.length + 1), tf.tensor(data, [...shape], 'float32')] as const;
      });
      layer.keepStates(new Map(tensors));
    });
  }
}
