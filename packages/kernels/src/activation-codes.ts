/** The numbers under which `assembly/activation.ts` knows activations. Options make a name that is not here. */
const CODES: Readonly<Record<string, number>> = {
  linear: 0,
  tanh: 1,
  sigmoid: 2,
  relu: 3,
  relu6: 4,
  leakyRelu: 5,
  elu: 6,
  selu: 7,
  exponential: 8,
  hardSigmoid: 9,
  softsign: 10,
};

/** The number of an activation by its name in the registry; undefined when no kernel computes it. */
export function activationCode(name: string): number | undefined {
  return Object.hasOwn(CODES, name) ? CODES[name] : undefined;
}

/** The names that kernels know. */
export const fusedActivations: readonly string[] = /* @__PURE__ */ Object.keys(CODES);
