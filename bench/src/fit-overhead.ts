/** What `fit` costs over its kernels: the IMDB program's batches through a model, and through the same kernels called by hand. */
import { type AnyKernel, createRegistry, createRng, type Kernel, type KernelOp } from '@ostinato/core';
import { createKernels, type KernelsPlugin } from '@ostinato/kernels';
import { dense, embedding, layers, simpleRNN } from '@ostinato/layers';
import {
  backupAndRestore,
  type Callback,
  csvLogger,
  earlyStopping,
  jsonLinesLogger,
  memoryStorage,
  modelCheckpoint,
  reduceLROnPlateau,
  type Sequential,
  sequential,
  tensorBoard,
  terminateOnNaN,
} from '@ostinato/training';
import * as tf from '@tensorflow/tfjs-core';

const [BATCH, STEPS, WORDS, UNITS] = [64, 500, 10_000, 32];
const ADAM = { learningRate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-7 };
/** How far the losses of the two may lie apart after the same steps: both compute in f32, in another order. */
const TOLERANCE = 1e-4;

export interface OverheadFigures {
  readonly threads: number;
  /** Milliseconds a batch of an epoch of `fit`, with batches cut from shuffled arrays, metrics and callbacks; the fastest epoch. */
  readonly fitMillis: number;
  /** The same batches through lookup, recurrence, product, their gradients and Adam, nothing else; the fastest epoch. */
  readonly bareMillis: number;
}

interface Reviews {
  readonly x: { readonly data: Int32Array; readonly shape: readonly number[] };
  readonly y: { readonly data: Float32Array; readonly shape: readonly number[] };
}

/** In turns, so that a change of the machine's pace meets both. Throws when the two do not compute the same. */
export async function measureOverhead({
  batches,
  rounds,
  threads,
}: {
  readonly batches: number;
  readonly rounds: number;
  readonly threads: number;
}): Promise<OverheadFigures> {
  const kernels = createKernels({ threads });
  const model = program(kernels);
  const data = reviews(batches * BATCH);
  await checkSame(model, kernels, data);
  const bare = await BareProgram.like(model, kernels);
  const [fits, bares]: [number[], number[]] = [[], []];
  for (let round = 0; round <= rounds; round++) {
    const started = performance.now();
    await model.fit(data.x, data.y, { epochs: 1, batchSize: BATCH, callbacks: usualCallbacks() });
    const between = performance.now();
    for (let batch = 0; batch < batches; batch++) await bare.step(data, batch);
    if (round === 0) continue; // warms up
    fits.push((between - started) / batches);
    bares.push((performance.now() - between) / batches);
  }
  bare.dispose();
  model.dispose();
  await kernels.stop();
  return { threads, fitMillis: Math.min(...fits), bareMillis: Math.min(...bares) };
}

/** What a careful user attaches: a checkpoint and figures of each epoch, lines and scalars of every batch. */
function usualCallbacks(): Callback[] {
  const storage = memoryStorage();
  return [
    earlyStopping({ monitor: 'loss', patience: 3, restoreBestWeights: true }),
    reduceLROnPlateau({ monitor: 'loss', patience: 2 }),
    modelCheckpoint({ filepath: 'best.safetensors', storage, monitor: 'loss', saveBestOnly: true }),
    csvLogger({ filename: 'epochs.csv', storage }),
    jsonLinesLogger({ filename: 'batches.jsonl', storage, updateFreq: 'batch' }),
    tensorBoard({ storage, updateFreq: 'batch' }),
    terminateOnNaN(),
    backupAndRestore({ storage }),
  ];
}

function program(kernels: KernelsPlugin): Sequential {
  const model = sequential(
    [
      embedding({ inputDim: WORDS, outputDim: UNITS }),
      simpleRNN({ units: UNITS }),
      dense({ units: 1, activation: 'sigmoid' }),
    ],
    { registry: createRegistry([layers, kernels]), seed: 42, inputShape: [STEPS] },
  );
  model.compile({ optimizer: 'adam', loss: 'binaryCrossentropy', metrics: ['accuracy'] });
  return model;
}

function reviews(count: number): Reviews {
  const rng = createRng(7);
  return {
    x: { data: Int32Array.from({ length: count * STEPS }, () => rng.int(WORDS)), shape: [count, STEPS] },
    y: { data: Float32Array.from({ length: count }, () => rng.int(2)), shape: [count, 1] },
  };
}

/** Two steps of both from the same weights. */
async function checkSame(model: Sequential, kernels: KernelsPlugin, data: Reviews): Promise<void> {
  await model.ready();
  model.build([null, STEPS]);
  const before = (await model.getWeights()).map(({ data: values, shape }) => ({ data: values, shape }));
  const bare = await BareProgram.like(model, kernels);
  for (const batch of [0, 1]) {
    const rows = {
      data: data.x.data.slice(batch * BATCH * STEPS, (batch + 1) * BATCH * STEPS),
      shape: [BATCH, STEPS],
    };
    const targets = { data: data.y.data.slice(batch * BATCH, (batch + 1) * BATCH), shape: [BATCH, 1] };
    const { loss } = await model.trainOnBatch(rows, targets);
    const apart = Math.abs(loss - (await bare.step(data, batch)));
    if (!(apart < TOLERANCE))
      throw new Error(`fit and its kernels by hand are ${apart} apart in step ${batch + 1}`);
  }
  bare.dispose();
  await model.setWeights(before);
}

/** The program as calls of kernels. */
class BareProgram {
  readonly #kernels: KernelsPlugin;
  #weights: tf.Tensor[];
  readonly #slots: tf.Tensor[][];
  #steps = 0;

  private constructor(kernels: KernelsPlugin, weights: tf.Tensor[]) {
    this.#kernels = kernels;
    this.#weights = weights;
    this.#slots = weights.map((weight) => [tf.zerosLike(weight), tf.zerosLike(weight)]);
  }

  static async like(model: Sequential, kernels: KernelsPlugin): Promise<BareProgram> {
    const weights = await model.getWeights();
    return new BareProgram(
      kernels,
      weights.map(({ data, shape }) => tf.tensor(data, [...shape])),
    );
  }

  /** The loss before the update. */
  async step({ x, y }: Reviews, batch: number): Promise<number> {
    const ids = tf.tensor(
      x.data.subarray(batch * BATCH * STEPS, (batch + 1) * BATCH * STEPS),
      [BATCH, STEPS],
      'int32',
    );
    const targets = tf.tensor(y.data.subarray(batch * BATCH, (batch + 1) * BATCH), [BATCH, 1]);
    const { value, grads } = tf.engine().gradients(() => this.#loss(ids, targets), this.#weights);
    this.#update(grads);
    const [loss] = await value.data();
    tf.dispose([value, grads, ids, targets]);
    return loss!;
  }

  #loss(ids: tf.Tensor, targets: tf.Tensor): tf.Scalar {
    const [table, kernel, recurrentKernel, bias, head, headBias] = this.#weights as [
      tf.Tensor,
      tf.Tensor,
      tf.Tensor,
      tf.Tensor,
      tf.Tensor,
      tf.Tensor,
    ];
    const lookup = this.#kernel('embedding.lookup');
    const words = lookup.run({ table, ids, where: 'bench' }, { inputDim: WORDS, outputDim: UNITS });
    const shared = { inputSize: UNITS, useBias: true };
    const flags = { goBackwards: false, returnSequences: false, returnState: false, masked: false };
    const { output } = this.#kernel('simpleRNN.sequence').run(
      { x: words, kernel, recurrentKernel, bias },
      { ...shared, units: UNITS, activation: 'tanh', ...flags, recurrentDropout: 0 },
    );
    const product = this.#kernel('dense.product');
    const logits = product.run({ x: output, kernel: head, bias: headBias }, { ...shared, units: 1 });
    return tf.mean(tf.sub(tf.softplus(logits), tf.mul(targets, logits))) as tf.Scalar;
  }

  #update(gradients: readonly tf.Tensor[]): void {
    const adam = this.#kernel('optimizer.adam');
    this.#steps += 1;
    this.#weights = this.#weights.map((param, i) => {
      const next = adam.run(
        { param, gradient: gradients[i]!, slots: this.#slots[i]! },
        { ...ADAM, step: this.#steps },
      );
      param.dispose();
      return next;
    });
  }

  #kernel<Op extends KernelOp>(op: Op): Kernel<Op> {
    return this.#kernels.kernels!.find((kernel: AnyKernel) => kernel.op === op) as unknown as Kernel<Op>;
  }

  dispose(): void {
    tf.dispose([this.#weights, this.#slots]);
  }
}
