/** Repetition: what says that it is `Repeatable` comes out the same when its operations alone are repeated. */
import { type FusedPolicy, type Layer, type Recording, recordOperations } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import { firstDifference } from '../compare-values.js';
import { randomTensor } from '../random-tensor.js';
import { trainableParams } from './layer-gradients.js';
import type { LayerSubject } from './layer-subject.js';

/** Steps of the two calls: each has random numbers of its own. */
const [RECORDED, REPEATED] = [1, 2];

/** A training call and its gradients are recorded on some inputs in one step and repeated on others in another, with the kernels of the registry and without. */
export function checkRepetition(subject: LayerSubject): string | undefined {
  const layer = subject.built();
  try {
    const reasons = (['off', 'auto'] as const).map((policy) => repeat(subject, layer, policy));
    return reasons.find((reason) => reason !== undefined);
  } finally {
    layer.dispose();
  }
}

/** Returns why nothing could be recorded, if so. */
function repeat(subject: LayerSubject, layer: Layer, policy: FusedPolicy): string | undefined {
  const { options, inputs } = subject;
  const weights = layer.params.map((param) => param.tensor);
  const others = inputs.map((input, i) =>
    randomTensor(
      input.shape,
      options.inputDtype ?? 'float32',
      subject.rng(`others ${i}`),
      options.inputLimit,
    ),
  );
  let outcome: Recording | string = '';
  try {
    const [found, expected] = tf.tidy(() => {
      const first = (): tf.Tensor[] => pass(subject, layer, policy, inputs, RECORDED);
      const { made, recorder } = recordOperations([...inputs, ...weights], first);
      outcome = recorder.finish(made);
      if (typeof outcome === 'string') return [[], []];
      const values = (tensors: tf.Tensor[]): number[][] => tensors.map((tensor) => [...tensor.dataSync()]);
      const repeated = values(outcome.replay([...others, ...weights], REPEATED));
      return [repeated, values(pass(subject, layer, policy, others, REPEATED))];
    }) as unknown as [number[][], number[][]];
    compare(subject, found, expected);
    return typeof outcome === 'string' ? outcome : undefined;
  } finally {
    if (typeof outcome !== 'string') (outcome as Recording).dispose();
    tf.dispose(others);
    layer.resetStates();
  }
}

/** A number that depends on all outputs, and its gradients. */
function pass(
  subject: LayerSubject,
  layer: Layer,
  policy: FusedPolicy,
  inputs: readonly tf.Tensor[],
  step: number,
): tf.Tensor[] {
  const kernels = subject.chooser(policy);
  const value = (): tf.Tensor => {
    const { outputs } = subject.run(layer, { inputs, kernels, training: true, step });
    return tf.addN(outputs.map((output) => tf.mean(tf.square(tf.cast(output, 'float32')))));
  };
  const floats = inputs.filter(({ dtype }) => dtype === 'float32');
  const xs = [...floats, ...trainableParams(layer).map(({ tensor }) => tensor)];
  if (xs.length === 0) return [value()];
  const { value: whole, grads } = tf.engine().gradients(value, xs, undefined, true);
  return [whole, ...grads.filter((gradient) => gradient !== null && gradient !== undefined)];
}

function compare(subject: LayerSubject, found: number[][], expected: number[][]): void {
  found.forEach((values, i) => {
    const index = firstDifference(values, expected[i]!);
    if (index === undefined) return;
    subject.fail('repetition', {
      what: `A training call comes out otherwise when its operations are repeated on other inputs in another step: ${i === 0 ? 'its outputs' : 'its gradients'}`,
      expected: `${expected[i]![index]}`,
      received: `${values[index]}`,
      fix: 'Compute with tensors alone, draw in a primitive, and count and keep nothing in call(); or do not say `repeatable` of it',
    });
  });
}
