/** One update of the IMDB program's weights: the fused kernel beside the same optimizer made of tensor operations. */
import { createRegistry, createRng, KernelChooser, type Optimizer, type Slots } from '@ostinato/core';
import { createKernels } from '@ostinato/kernels';
import { adam, adamw, rmsprop, sgd } from '@ostinato/training';
import * as tf from '@tensorflow/tfjs-core';
import { fastest } from './measure.js';

/** Embedding, SimpleRNN and Dense of the program: 322,113 weights. */
const SHAPES = [[10_000, 32], [32, 32], [32, 32], [32], [32, 1], [1]];

export interface UpdateFigures {
  readonly optimizer: string;
  readonly fusedMillis: number;
  readonly composedMillis: number;
}

/** All weights in turn. Needs the wasm backend. Throws Error when the two ways disagree. */
export async function measureUpdates(repeats: number): Promise<UpdateFigures[]> {
  const plugin = createKernels({ threads: 1 });
  const registry = createRegistry([plugin]);
  await registry.ready();
  const fused = new KernelChooser(registry.kernels, 'required');
  const composed = new KernelChooser([], 'off');
  const figures = [sgd({ momentum: 0.9 }), rmsprop(), adam(), adamw()].map((optimizer) => {
    const [one, other] = [new Weights(optimizer, fused), new Weights(optimizer, composed)];
    compare(optimizer.name, one, other);
    const fusedMillis = fastest(repeats, () => one.update());
    const composedMillis = fastest(repeats, () => other.update());
    for (const weights of [one, other]) weights.dispose();
    return { optimizer: optimizer.name, fusedMillis, composedMillis };
  });
  await plugin.stop();
  return figures;
}

class Weights {
  readonly #optimizer: Optimizer;
  readonly #kernels: KernelChooser;
  readonly #gradients: readonly tf.Tensor[];
  #params: readonly tf.Tensor[];
  #slots: readonly Slots[];
  #step = 0;

  constructor(optimizer: Optimizer, kernels: KernelChooser) {
    const rng = createRng(11);
    const drawn = (): tf.Tensor[] =>
      SHAPES.map((shape) => {
        const size = shape.reduce((product, axis) => product * axis, 1);
        return tf.tensor(
          Float32Array.from({ length: size }, () => rng.uniform(-1, 1)),
          shape,
        );
      });
    this.#optimizer = optimizer;
    this.#kernels = kernels;
    this.#params = drawn();
    this.#gradients = drawn();
    this.#slots = this.#params.map((param) => optimizer.init(param));
  }

  update(): void {
    this.#step += 1;
    const { learningRate } = this.#optimizer;
    const context = { learningRate, step: this.#step, kernels: this.#kernels.at('optimizer') };
    const made = tf.tidy(() => {
      const given = this.#params.map((param, i) => {
        return { path: `${i}`, param, gradient: this.#gradients[i]!, slots: this.#slots[i]! };
      });
      const next = this.#optimizer.update(given, context);
      return next.map(({ param, slots }) => ({ param, slots: { ...slots } }));
    });
    const kept = new Set(made.flatMap(({ slots }) => Object.values(slots)));
    for (const tensor of this.#params) tensor.dispose();
    for (const slot of this.#slots.flatMap((slots) => Object.values(slots))) {
      if (!kept.has(slot)) slot.dispose();
    }
    this.#params = made.map(({ param }) => param);
    this.#slots = made.map(({ slots }) => slots);
  }

  values(): Float32Array[] {
    return this.#params.map((param) => param.dataSync() as Float32Array);
  }

  dispose(): void {
    tf.dispose([this.#params, this.#gradients, this.#slots.map((slots) => Object.values(slots))] as never);
  }
}

function compare(name: string, one: Weights, other: Weights): void {
  for (let step = 0; step < 3; step++) for (const weights of [one, other]) weights.update();
  const wanted = other.values();
  for (const [p, values] of one.values().entries()) {
    const worst = values.reduce((most, value, i) => Math.max(most, Math.abs(value - wanted[p]![i]!)), 0);
    if (!(worst <= 1e-6)) throw new Error(`${name}: fused and composed updates differ by ${worst}`);
  }
}
