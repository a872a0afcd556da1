/** How the bias of an LSTM begins. */
import type { Initializer } from '@ostinato/core';

/**
 * Ones for the forget gate, `rest` for the others, so that a new cell remembers. Keras 3 replaces, it does not add.
 *
 * Source   Jozefowicz et al. 2015
 */
export function forgetBias(units: number, rest: Initializer): Initializer {
  return {
    name: 'forgetBias',
    config: {},
    apply: (_shape, rng) => {
      const values = new Float32Array(4 * units);
      values.set(rest.apply([units], rng.split('i')), 0);
      values.fill(1, units, 2 * units);
      values.set(rest.apply([2 * units], rng.split('c, o')), 2 * units);
      return values;
    },
  };
}
