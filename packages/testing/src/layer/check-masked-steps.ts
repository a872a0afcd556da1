/** Masked steps of a recurrent layer: read as if they were not there. */
import type { KernelChooser, Layer, Mask } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import { worstDifference } from '../compare-values.js';
import { masksFor } from './check-masks.js';
import { variablesOf } from './layer-gradients.js';
import type { LayerSubject } from './layer-subject.js';
import type { PlainTensor } from './layer-test.js';

/** On the reference path and on whatever path the registry's kernels give. */
export async function checkMaskedSteps(subject: LayerSubject): Promise<string | undefined> {
  if (!subject.options.recurrent) return 'the test does not call it recurrent';
  const masks = masksFor(subject);
  if (!masks) return 'it takes no mask';
  await subject.registry.ready();
  const layer = subject.built();
  for (const kernels of [subject.chooser('off'), subject.chooser('auto')]) {
    checkNoGradient(subject, layer, masks, kernels);
    checkCarriedState(subject, layer, masks, kernels);
  }
  tf.dispose(masks.filter((mask) => mask !== null));
  layer.dispose();
  return undefined;
}

/** What is masked must not be learnt from: its gradient is 0 to the bit. */
function checkNoGradient(
  subject: LayerSubject,
  layer: Layer,
  masks: readonly Mask[],
  kernels: KernelChooser,
): void {
  const read = masks[0]!.dataSync();
  const input = variablesOf(subject, layer, { masks, kernels }).find(({ name }) => name === 'input 0');
  if (!input?.gradient) return;
  const features = input.values.length / read.length;
  input.gradient.forEach((value, i) => {
    const step = Math.floor(i / features);
    if (value === 0 || read[step]) return;
    subject.fail('masked steps', {
      what: `A masked step gives its input a gradient (${routes(kernels)})`,
      expected: '0',
      received: String(value),
    });
  });
}

/** Each sample alone, without its masked steps, must end in the same outputs at the steps that are left. */
function checkCarriedState(
  subject: LayerSubject,
  layer: Layer,
  masks: readonly Mask[],
  kernels: KernelChooser,
): void {
  const [batch, steps] = masks[0]!.shape as [number, number];
  const read = masks[0]!.dataSync();
  const whole = subject.readOutputs(layer, { masks, kernels });
  for (let sample = 0; sample < batch; sample++) {
    const kept = Array.from({ length: steps }, (_, t) => t).filter((t) => read[sample * steps + t]);
    const inputs = tf.tidy(() =>
      subject.inputs.map((input, i) => {
        const own = tf.slice(input, sample, 1);
        return i === 0 ? tf.gather(own, tf.tensor1d(kept, 'int32'), 1) : own;
      }),
    );
    const alone = subject.readOutputs(layer, { inputs, kernels });
    tf.dispose(inputs);
    alone.forEach((output, i) => {
      const wanted = keptSteps(whole[i]!, sample, steps, keptPlaces(layer, kept, steps));
      const worst = worstDifference(wanted, output.values, 1e-5);
      if (!worst) return;
      subject.fail('masked steps', {
        what: `Output ${i} of sample ${sample} is not that of its sequence without the masked steps (${routes(kernels)})`,
        expected: String(worst.expected),
        received: String(worst.received),
        fix: 'Carry the state, and the output, over masked steps unchanged',
      });
    });
  }
}

/** Outputs of a layer that reads backwards stand in the order in which steps were read. */
function keptPlaces(layer: Layer, kept: readonly number[], steps: number): number[] {
  const backwards =
    (layer as { goBackwards?: unknown }).goBackwards ?? layer.getConfig(() => ({})).goBackwards;
  return backwards === true ? [...kept].reverse().map((t) => steps - 1 - t) : [...kept];
}

/** One sample's values: those at the kept steps of an output over steps, else all. */
function keptSteps(
  { values, shape }: PlainTensor,
  sample: number,
  steps: number,
  kept: readonly number[],
): Float32Array {
  const size = values.length / shape[0]!;
  const own = values.subarray(sample * size, (sample + 1) * size);
  if (shape.length < 3 || shape[1] !== steps) return own;
  const width = size / steps;
  return Float32Array.from(kept.flatMap((t) => [...own.subarray(t * width, (t + 1) * width)]));
}

function routes(kernels: KernelChooser): string {
  const fused = kernels.choices().some(({ route }) => route === 'fused');
  return fused ? 'fused path' : 'reference path';
}
