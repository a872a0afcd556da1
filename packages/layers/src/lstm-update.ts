/** What an LSTM does once its four gates are summed up, be they made by products or by convolutions. */
import type { Activation, Step } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import { splitGates } from './split-gates.js';

/**
 * i, f, o = σ(zi), σ(zf), σ(zo);  g = tanh(zc);  c' = f⊙c + i⊙g;  h' = o⊙tanh(c')
 *
 * Shapes   z f32[batch, …, 4·units] in the order i, f, c, o · c f32[batch, …, units] → h', c' as c
 */
export function lstmUpdate(z: tf.Tensor, c: tf.Tensor, gate: Activation, activation: Activation): Step {
  const [zi, zf, zc, zo] = splitGates(z, 4);
  const kept = tf.mul(gate.apply(zf), c);
  const carry = tf.add(kept, tf.mul(gate.apply(zi), activation.apply(zc)));
  const output = tf.mul(gate.apply(zo), activation.apply(carry));
  return { output, states: [output, carry] };
}
