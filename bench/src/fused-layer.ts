/** The SimpleRNN layer on its fused kernel: the answer compared with tfjs-layers, then times against the ceiling. */
import { buildLayer, callLayer, createRegistry, createRng, type Layer } from '@ostinato/core';
import { kernels } from '@ostinato/kernels';
import { layers, simpleRNN } from '@ostinato/layers';
import * as tf from '@tensorflow/tfjs-core';
import { hashedValues } from './hashed-values.js';
import { fastest } from './measure.js';
import type { PeerRequest, PeerResult } from './peer.js';

export interface LayerFigures {
  readonly units: number;
  readonly forwardMillis: number;
  /** Forward and backward, with the gradients of the input and of every weight. */
  readonly trainMillis: number;
  readonly forwardGflops: number;
  readonly trainGflops: number;
}

const registry = createRegistry([layers, kernels]);

/** Times the layer at one size. Compares with the peer first, if it ran. Throws when the two disagree. */
export async function measureFusedLayer(size: PeerRequest, peer?: PeerResult): Promise<LayerFigures> {
  await registry.ready();
  const { batch, steps, units, repeats } = size;
  const layer = simpleRNN({ units });
  const rng = createRng(1);
  buildLayer(layer, { registry, rng, path: 'bench', inputShapes: [[null, steps, units]] });
  layer.params.forEach((param, i) => {
    const count = param.shape.reduce((a, b) => a * b);
    param.assign(tf.tensor(hashedValues(count, i + 2, 0.1), [...param.shape]));
  });
  const x = tf.tensor3d(hashedValues(batch * steps * units, 1, 0.5), [batch, steps, units]);
  const call = (): tf.Tensor => callLayer(layer, [x], { registry, rng, path: 'bench' }).outputs[0]!;
  if (peer) compare(call, peer);
  const forwardMillis = fastest(repeats, () => tf.tidy(() => call().dataSync()));
  const trainMillis = fastest(repeats, () => trainOnce(layer, x, call));
  tf.dispose(x);
  layer.dispose();
  const forwardFlop = 2 * batch * steps * (2 * units) * units;
  return {
    units,
    forwardMillis,
    trainMillis,
    forwardGflops: forwardFlop / forwardMillis / 1e6,
    trainGflops: (3 * forwardFlop) / trainMillis / 1e6,
  };
}

function trainOnce(layer: Layer, x: tf.Tensor, call: () => tf.Tensor): void {
  tf.tidy(() => {
    tf.engine().gradients(
      () => tf.sum(call()) as tf.Scalar,
      [x, ...layer.params.map((param) => param.tensor)],
    );
  });
}

function compare(call: () => tf.Tensor, peer: PeerResult): void {
  const [values, sum] = tf.tidy(() => {
    const output = call();
    return [Array.from(output.dataSync()), tf.sum(output).dataSync()[0]!] as const;
  });
  const worst = peer.output.reduce((most, value, i) => Math.max(most, Math.abs(value - values[i]!)), 0);
  if (worst > 1e-5 || Math.abs(sum - peer.checksum) > 1e-2) {
    throw new Error(`The layers disagree: outputs by ${worst}, sums ${sum} and ${peer.checksum}`);
  }
}
