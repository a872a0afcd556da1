/** Where a step that failed first met a value that is not finite: in which layer, going forward or going backward. */
import { type Loss, type Mask, observeLayers, showTensor } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import type { Batch } from '../data/device-batch.js';
import type { Flow } from '../model/network.js';
import type { Trainable } from '../train-batch.js';
import { disposeStep, keepingStates, type WatchedStep, watchStep } from './watched-step.js';

/**
 * A sentence about the first layer whose output, or going backward whose gradient, is not finite; undefined when a rerun
 * meets none (layers forgot the states they kept, so it may go another way).
 *
 * Runs the step again, layer by layer: only for a step that failed.
 *
 * Memory   leaves nothing
 */
export async function firstNonFinite(model: Trainable, batch: Batch): Promise<string | undefined> {
  const forward = keepingStates(model, () => tf.tidy(() => lookForward(model, batch)));
  if (forward) return forward;
  const step = await watchStep(model, batch);
  try {
    return lookBackward(step);
  } finally {
    disposeStep(step);
  }
}

/** Looks at inputs, weights, outputs of layers in their order, and at the losses of the samples. */
function lookForward({ network, compiled }: Trainable, batch: Batch): string | undefined {
  const ofInputs = batch.x.map(countNonFinite).findIndex((count) => count > 0);
  let found: string | undefined;
  if (ofInputs >= 0) {
    const name = network.inputNames?.[ofInputs] ?? `input ${ofInputs}`;
    return `The data hold it already: ${describe(`'${name}'`, batch.x[ofInputs]!)}`;
  }
  const flows = observeLayers(
    {
      after({ layer, path, inputs }, outputs) {
        if (found) return;
        const bad = outputs.find((output) => countNonFinite(output) > 0);
        if (!bad) return;
        const weight = layer.params.find(({ tensor }) => countNonFinite(tensor) > 0);
        const given = inputs.every((input) => countNonFinite(input) === 0) ? 'finite' : 'not finite';
        const ofWeights = weight ? `, its weight ${weight.path} is not` : '';
        found = `First in ${path} (${layer.registeredName}): ${describe('its output', bad)}; its inputs are ${given}${ofWeights}`;
      },
    },
    () => network.forward(batch.x, true, compiled.state.steps + 1),
  );
  return found ?? lookAtLosses(compiled.objectives, batch, flows);
}

function lookAtLosses(
  objectives: readonly { readonly loss: Loss | null; readonly output: string }[],
  batch: Batch,
  flows: readonly Flow[],
): string | undefined {
  for (const [i, { loss, output }] of objectives.entries()) {
    const target = batch.y[i];
    if (!loss || !target) continue;
    const { output: yPred, mask } = flows[i]! as { output: tf.Tensor; mask: Mask };
    const losses = loss.apply(target, yPred, mask);
    const values = losses.dataSync();
    const at = values.findIndex((value) => !Number.isFinite(value));
    if (at < 0) continue;
    const row = Math.floor(at / (losses.size / losses.shape[0]!));
    const targets = countNonFinite(target) > 0 ? 'the targets are not finite' : 'the targets are finite';
    return `Every layer's output is finite; the loss '${loss.name}' of '${output}' is first ${values[at]} in row ${row} of the batch, ${targets}`;
  }
  return undefined;
}

/** From the last call to the first: whose gradients, of weights or of inputs, are the first that are not finite. */
function lookBackward({ calls, params }: WatchedStep): string | undefined {
  for (const { layer, path, inputGradients } of [...calls].reverse()) {
    for (const { param, gradient } of params) {
      if (!gradient || !layer.params.includes(param) || countNonFinite(gradient) === 0) continue;
      return `Going backward, first in ${path} (${layer.registeredName}): ${describe(`the gradient of its ${param.name}`, gradient)}; every output is finite`;
    }
    const bad = inputGradients.find((gradient) => gradient && countNonFinite(gradient) > 0);
    if (bad) {
      return `Going backward, first in ${path} (${layer.registeredName}): ${describe('the gradient of its input', bad)}; every output is finite`;
    }
  }
  return undefined;
}

function describe(what: string, tensor: tf.Tensor): string {
  return `${countNonFinite(tensor)} of ${tensor.size} values of ${what} ${showTensor(tensor)} are not finite`;
}

function countNonFinite(tensor: tf.Tensor): number {
  if (tensor.dtype !== 'float32') return 0;
  let count = 0;
  for (const value of tensor.dataSync()) if (!Number.isFinite(value)) count += 1;
  return count;
}
