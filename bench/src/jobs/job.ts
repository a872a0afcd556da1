/** One size of one layer: what every peer computes and is timed on. */

export const LAYER_KINDS = ['simpleRNN', 'lstm', 'gru'] as const;
export type LayerKind = (typeof LAYER_KINDS)[number];

/** forward: the outputs, nothing kept for a gradient. train: forward and backward, every gradient. */
export const MODES = ['forward', 'train'] as const;
export type Mode = (typeof MODES)[number];

export interface Job {
  readonly layer: LayerKind;
  readonly batch: number;
  readonly steps: number;
  readonly inputSize: number;
  readonly units: number;
  /** Outputs of every step, or of the last. */
  readonly sequences: boolean;
  /** GRU's variant; the other layers have none. */
  readonly resetAfter: boolean;
}

const GATES: Readonly<Record<LayerKind, number>> = { simpleRNN: 1, lstm: 4, gru: 3 };
const KERAS_NAMES: Readonly<Record<LayerKind, string>> = { simpleRNN: 'SimpleRNN', lstm: 'LSTM', gru: 'GRU' };

/** Keras' name of a layer. */
export function layerName(layer: LayerKind): string {
  return KERAS_NAMES[layer];
}

/** How a mode is called. */
export function modeName(mode: Mode): string {
  return mode === 'train' ? 'forward + backward' : 'forward';
}

/** `LSTM B=64 T=500 H=32`. */
export function jobName({ layer, batch, steps, units }: Job): string {
  return `${layerName(layer)} B=${batch} T=${steps} H=${units}`;
}

/**
 * Multiplications and additions of the matrix products: 2·B·T·G·H·(E+H) forward, twice that backward.
 *
 * What the gates' activations cost is left out, for every peer alike.
 */
export function floatingOperations(job: Job, mode: Mode): number {
  const { batch, steps, inputSize, units } = job;
  const forward = 2 * batch * steps * GATES[job.layer] * units * (inputSize + units);
  return mode === 'forward' ? forward : 3 * forward;
}

/** The tensors that go in, by name: x, seed (one factor for each output) and the weights in Keras' layout. */
export function inputShapes(job: Job): Readonly<Record<InputName, readonly number[]>> {
  const { layer, batch, steps, inputSize, units, sequences, resetAfter } = job;
  const width = GATES[layer] * units;
  return {
    x: [batch, steps, inputSize],
    seed: sequences ? [batch, steps, units] : [batch, units],
    kernel: [inputSize, width],
    'recurrent-kernel': [units, width],
    bias: layer === 'gru' && resetAfter ? [2, width] : [width],
  };
}

export const WEIGHT_NAMES = ['kernel', 'recurrent-kernel', 'bias'] as const;
export type InputName = 'x' | 'seed' | (typeof WEIGHT_NAMES)[number];

/** What a peer computes from them: the outputs, and the gradients of sum(output · seed). */
export const ANSWER_NAMES = ['output', 'd-x', 'd-kernel', 'd-recurrent-kernel', 'd-bias'] as const;
export type AnswerName = (typeof ANSWER_NAMES)[number];
export type Answers = Readonly<Record<AnswerName, Float32Array>>;

/** The shape of each answer. */
export function answerShapes(job: Job): Readonly<Record<AnswerName, readonly number[]>> {
  const { x, seed, kernel, bias, 'recurrent-kernel': recurrentKernel } = inputShapes(job);
  return {
    output: seed,
    'd-x': x,
    'd-kernel': kernel,
    'd-recurrent-kernel': recurrentKernel,
    'd-bias': bias,
  };
}
