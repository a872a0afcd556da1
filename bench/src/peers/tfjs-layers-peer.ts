/**
 * A layer in tfjs-layers on its wasm backend, in a process of its own: one engine is global to a process.
 *
 * Speaks as `messages.ts` says. Bundled by esbuild (`scripts/build-peer.mjs`), because in Node neither tfjs-layers' chained
 * methods nor tfjs-core's gradients are registered without deep imports that only bundlers resolve.
 */
import '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops';
import '@tensorflow/tfjs-core/dist/register_all_gradients';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import {
  ANSWER_NAMES,
  answerShapes,
  type InputName,
  inputShapes,
  type Job,
  WEIGHT_NAMES,
} from '../jobs/job.js';
import { readNpyFile, writeNpyFile } from '../jobs/npy-file.js';
import { timeCalls, timeOnce } from '../measure.js';
import type { Request } from './messages.js';
import { valuesOf } from './values-of.js';

/** The calls of a job: outputs, and [d-x, d-kernel, d-recurrent-kernel, d-bias]. */
interface Calls {
  forward(): Float32Array;
  train(): Float32Array[];
  dispose(): void;
}

const wasmEntry = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm');
setWasmPaths(join(dirname(wasmEntry), '/'));
await tf.setBackend('wasm');
say({ versions: { 'tfjs-layers': tfl.version_layers, 'tfjs-backend-wasm': tf.version_core } });

let calls: Calls | undefined;
for await (const line of createInterface({ input: process.stdin })) {
  try {
    say(await answer(JSON.parse(line) as Request));
  } catch (error) {
    say({ error: String(error) });
  }
}

function say(message: unknown): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

async function answer(request: Request): Promise<unknown> {
  if (request.do === 'prepare') return prepare(request.job, request.folder);
  return timeCalls(calls![request.mode], request);
}

async function prepare(job: Job, folder: string): Promise<unknown> {
  calls?.dispose();
  const shapes = inputShapes(job);
  const load = async (name: InputName): Promise<tf.Tensor> =>
    tf.tensor(await readNpyFile(join(folder, `${name}.npy`), shapes[name]), [...shapes[name]]);
  const weights = await Promise.all(WEIGHT_NAMES.map(load));
  calls = callsOf(job, await load('x'), await load('seed'), weights);
  const [forward, output] = timeOnce(calls.forward);
  const [train, gradients] = timeOnce(calls.train);
  const outShapes = answerShapes(job);
  for (const [i, values] of [output, ...gradients].entries()) {
    const name = ANSWER_NAMES[i]!;
    await writeNpyFile(join(folder, 'answers', `${name}.npy`), values, outShapes[name]);
  }
  return { firstCallMillis: { forward, train } };
}

function callsOf(job: Job, input: tf.Tensor, seed: tf.Tensor, weights: readonly tf.Tensor[]): Calls {
  const x = tf.variable(input);
  const layer = makeLayer(job);
  layer.apply(x);
  layer.setWeights([...weights]);
  const variables = [x, ...layer.trainableWeights.map((weight) => weight.read())] as tf.Variable[];
  const output = (): tf.Tensor => layer.apply(x) as tf.Tensor;
  return {
    forward: () => valuesOf(() => [output()])[0]!,
    train: () =>
      valuesOf(() => {
        const total = (): tf.Scalar => tf.sum(tf.mul(output(), seed));
        const { grads } = tf.variableGrads(total, variables);
        return variables.map(({ name }) => grads[name]!);
      }),
    dispose: () => tf.dispose([input, seed, ...weights, ...variables]),
  };
}

/** Keras 3's gates: tfjs-layers' own default is the hard sigmoid. */
function makeLayer({ layer, units, sequences }: Job): tfl.layers.Layer {
  const options = { units, returnSequences: sequences };
  const gated = { ...options, recurrentActivation: 'sigmoid' as const };
  if (layer === 'simpleRNN') return tfl.layers.simpleRNN(options) as unknown as tfl.layers.Layer;
  return (layer === 'lstm' ? tfl.layers.lstm(gated) : tfl.layers.gru(gated)) as unknown as tfl.layers.Layer;
}
