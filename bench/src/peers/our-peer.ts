/** This repository's layers, in this process. */
import {
  buildLayer,
  callLayer,
  createRegistry,
  createRng,
  KernelChooser,
  type Layer,
  type Registry,
} from '@ostinato/core';
import { createKernels, type KernelsPlugin } from '@ostinato/kernels';
import { gru, layers, lstm, simpleRNN } from '@ostinato/layers';
import * as tf from '@tensorflow/tfjs-core';
import {
  ANSWER_NAMES,
  type AnswerName,
  type Answers,
  floatingOperations,
  type InputName,
  inputShapes,
  type Job,
  type Mode,
  WEIGHT_NAMES,
} from '../jobs/job.js';
import { jobValues } from '../jobs/job-values.js';
import { timeCalls, timeOnce } from '../measure.js';
import type { Budget, Peer, Prepared, Timing } from './peer.js';
import { valuesOf } from './values-of.js';

/** The loop in tfjs operations takes seconds beyond this. */
const MOST_OPERATIONS_UNFUSED = 2e8;

/** A layer with its weights and inputs. */
interface Loaded {
  readonly forward: () => tf.Tensor;
  readonly train: () => tf.Tensor[];
  /** Why the last call did not take the fused kernel. */
  readonly remark: () => string | undefined;
  dispose(): void;
}

/** Our layers on their fused kernels, with a number of threads. */
export class OurPeer implements Peer {
  readonly name: string;
  readonly versions = {};
  readonly #registry: Registry;
  readonly #kernels: KernelsPlugin;
  #loaded: Loaded | undefined;

  private constructor(name: string, registry: Registry, kernels: KernelsPlugin) {
    this.name = name;
    this.#registry = registry;
    this.#kernels = kernels;
  }

  /** Needs a tfjs backend that was started. Throws Error when the threads cannot be had. */
  static async start(threads: number, name = 'ours'): Promise<OurPeer> {
    const kernels = createKernels({ threads });
    const registry = createRegistry([layers, kernels]);
    await registry.ready();
    const { count, reason } = kernels.threads();
    if (count !== threads) throw new Error(`Our kernels have ${count} of ${threads} threads: ${reason}`);
    return new OurPeer(name, registry as unknown as Registry, kernels);
  }

  variant(job: Job): Job {
    return job;
  }

  skip(job: Job): string | undefined {
    const fused = this.#registry.kernels.some(({ op }) => op === `${job.layer}.sequence`);
    return fused || floatingOperations(job, 'train') <= MOST_OPERATIONS_UNFUSED
      ? undefined
      : 'there is no fused kernel, and the reference loop takes too long';
  }

  /** Needs no folder: the values are made again. */
  async prepare(job: Job, _folder?: string): Promise<Prepared> {
    this.#loaded?.dispose();
    this.#loaded = undefined;
    const loaded = load(this.#registry, job);
    this.#loaded = loaded;
    const [forward, outputs] = timeOnce(() => valuesOf(() => [loaded.forward()]));
    const [train, gradients] = timeOnce(() => valuesOf(loaded.train));
    const entries = [...outputs, ...gradients].map((data, i): [AnswerName, Float32Array] => [
      ANSWER_NAMES[i]!,
      data,
    ]);
    const answers = Object.fromEntries(entries) as Answers;
    return { firstCallMillis: { forward, train }, answers, remark: loaded.remark() };
  }

  async time(mode: Mode, budget: Budget): Promise<Timing> {
    const { forward, train } = this.#loaded!;
    const call = mode === 'forward' ? () => valuesOf(() => [forward()]) : () => finish(tf.tidy(train));
    const { millis, cpuMillis, wallMillis } = timeCalls(call, budget);
    return { millis, cores: cpuMillis / wallMillis };
  }

  async close(): Promise<void> {
    this.#loaded?.dispose();
    this.#loaded = undefined;
    await this.#kernels.stop();
  }
}

/** On several threads a call may return before its work is done: reading a few values waits for all of it. */
function finish(gradients: readonly tf.Tensor[]): void {
  gradients.at(-1)!.dataSync();
  tf.dispose([...gradients]);
}

function load(registry: Registry, job: Job): Loaded {
  const shapes = inputShapes(job);
  const tensor = (name: InputName): tf.Tensor => tf.tensor(jobValues(job, name), [...shapes[name]]);
  const layer = makeLayer(job);
  const rng = createRng(1);
  buildLayer(layer, { registry, rng, path: 'bench', inputShapes: [[null, ...shapes.x.slice(1)]] });
  for (const [i, name] of WEIGHT_NAMES.entries()) layer.params[i]!.assign(tensor(name));
  const [x, seed] = [tensor('x'), tensor('seed')];
  const kernels = new KernelChooser(registry.kernels);
  const forward = (): tf.Tensor =>
    callLayer(layer, [x], { registry, rng, path: 'bench', kernels }).outputs[0]!;
  const train = (): tf.Tensor[] => {
    const total = (): tf.Scalar => tf.sum(tf.mul(forward(), seed));
    return tf.engine().gradients(total, [x, ...layer.params.map((param) => param.tensor)]).grads;
  };
  const dispose = (): void => {
    tf.dispose([x, seed]);
    layer.dispose();
  };
  return { forward, train, remark: () => kernels.choices()[0]?.reason, dispose };
}

function makeLayer({ layer, units, sequences, resetAfter }: Job): Layer {
  const options = { units, returnSequences: sequences };
  if (layer === 'simpleRNN') return simpleRNN(options);
  return layer === 'lstm' ? lstm(options) : gru({ ...options, resetAfter });
}
