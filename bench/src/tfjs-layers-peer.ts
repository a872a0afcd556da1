/**
 * The same layer in tfjs-layers on its wasm backend, in a process of its own: one engine is global to a process.
 *
 * Bundled by esbuild (`scripts/build-peer.mjs`), because in Node neither tfjs-layers' chained methods nor tfjs-core's
 * gradients are registered without deep imports that only bundlers resolve. Prints JSON.
 */
import '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops';
import '@tensorflow/tfjs-core/dist/register_all_gradients';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { hashedValues } from './hashed-values.js';
import type { PeerRequest, PeerResult } from './peer.js';

const wasmEntry = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm');
setWasmPaths(join(dirname(wasmEntry), '/'));
await tf.setBackend('wasm');

const request = JSON.parse(process.argv[2] ?? '') as PeerRequest;
const { batch, steps, units, repeats } = request;
const layer = tfl.layers.simpleRNN({ units });
const x = tf.variable(tf.tensor3d(hashedValues(batch * steps * units, 1, 0.5), [batch, steps, units]));
layer.apply(x);
const weightShapes = [[units, units], [units, units], [units]];
layer.setWeights(
  weightShapes.map((shape, i) =>
    tf.tensor(
      hashedValues(
        shape.reduce((a, b) => a * b),
        i + 2,
        0.1,
      ),
      shape,
    ),
  ),
);

const forward = (): tf.Tensor => layer.apply(x) as tf.Tensor;
const variables = [x as tf.Variable, ...layer.trainableWeights.map((weight) => weight.read() as tf.Variable)];
const millis: number[] = [];
let checksum = 0;
for (let i = 0; i < repeats; i++) {
  const start = performance.now();
  const { value, grads } = tf.variableGrads(() => tf.sum(forward()) as tf.Scalar, variables);
  checksum = value.dataSync()[0] ?? Number.NaN;
  for (const gradient of Object.values(grads)) gradient.dataSync();
  millis.push(performance.now() - start);
  tf.dispose([value, grads]);
}
const output = tf.tidy(() => Array.from(forward().dataSync().slice(0, 8)));
console.log(JSON.stringify({ version: tfl.version_layers, millis, checksum, output } satisfies PeerResult));
