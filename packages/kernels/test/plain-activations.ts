// Activations and their slopes, as functions of the output, in double precision.

export interface PlainActivation {
  readonly value: (x: number) => number;
  readonly slope: (y: number) => number;
}

export const PLAIN_ACTIVATIONS: Readonly<Record<string, PlainActivation>> = {
  tanh: { value: Math.tanh, slope: (y) => 1 - y * y },
  sigmoid: { value: (x) => 1 / (1 + Math.exp(-x)), slope: (y) => y * (1 - y) },
  relu: { value: (x) => Math.max(x, 0), slope: (y) => (y > 0 ? 1 : 0) },
  linear: { value: (x) => x, slope: () => 1 },
  softsign: { value: (x) => x / (1 + Math.abs(x)), slope: (y) => (1 - Math.abs(y)) ** 2 },
  hardSigmoid: {
    value: (x) => Math.min(Math.max(x + 3, 0), 6) / 6,
    slope: (y) => (y > 0 && y < 1 ? 1 / 6 : 0),
  },
  elu: { value: (x) => (x > 0 ? x : Math.expm1(x)), slope: (y) => (y > 0 ? 1 : y + 1) },
  relu6: { value: (x) => Math.min(Math.max(x, 0), 6), slope: (y) => (y > 0 && y < 6 ? 1 : 0) },
  leakyRelu: { value: (x) => (x > 0 ? x : 0.2 * x), slope: (y) => (y > 0 ? 1 : 0.2) },
  selu: {
    value: (x) => (x > 0 ? 1.05070098735548 * x : 1.758099340847161 * Math.expm1(x)),
    slope: (y) => (y > 0 ? 1.05070098735548 : y + 1.758099340847161),
  },
  exponential: { value: Math.exp, slope: (y) => y },
};
