/** First biases by which gated layers remember as far back as the task asks. */
import { type Initializer, ln, type Rng } from '@ostinato/core';

/**
 * Forget gates that keep for 1 to `steps` steps: b_f = ln u with u uniform in [1, steps − 1], and b_i = −b_f.
 *
 * Keras' forget bias of 1 keeps 73 % of a cell at each step: after 100 steps nothing is left, nor of its gradient.
 *
 * Shapes   bias [4·units], gate order i, f, c, o; use it with `unitForgetBias: false`
 * Source   Tallec & Ollivier 2018, "Can recurrent neural networks warp time?", arXiv:1804.11188, §3
 *
 * @example
 * lstm({ units: 64, unitForgetBias: false, biasInitializer: chronoBias(200) });
 */
export function chronoBias(steps: number): Initializer {
  return {
    name: 'chronoBias',
    config: { steps },
    apply: ([size], rng) => {
      const units = size! / 4;
      const bias = new Float32Array(size!);
      for (let unit = 0; unit < units; unit++) {
        bias[units + unit] = keepFor(steps, rng);
        bias[unit] = -bias[units + unit]!;
      }
      return bias;
    },
  };
}

/**
 * The same for a GRU, whose update gate keeps what it does not renew: b_z = ln u.
 *
 * Shapes   bias [2, 3·units] as `resetAfter` has it, gate order z, r, h
 *
 * @example
 * gru({ units: 64, biasInitializer: chronoUpdateBias(200) });
 */
export function chronoUpdateBias(steps: number): Initializer {
  return {
    name: 'chronoUpdateBias',
    config: { steps },
    apply: ([rows, size], rng) => {
      const bias = new Float32Array(rows! * size!);
      for (let unit = 0; unit < size! / 3; unit++) bias[unit] = keepFor(steps, rng);
      return bias;
    },
  };
}

/** The bias of a gate that keeps for so many steps: σ(ln u) = u/(u+1) is a memory of about u + 1 steps. */
function keepFor(steps: number, rng: Rng): number {
  return ln(rng.uniform(1, steps - 1));
}
