/** One step of training: forward, loss, gradients, and the update if all is finite. */
import { type KernelChooser, OstinatoError, type Param } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import { checkBackend } from './backend-check.js';
import { type BatchFigures, lossOfBatch, metricTotals } from './batch-figures.js';
import type { Compiled } from './compiled.js';
import type { Batch } from './data/batch-reader.js';
import type { Flow, LayerStack } from './layer-stack.js';
import type { ParamGradient } from './optimizers/optimizer-state.js';
import { valueAndGradients } from './value-and-gradients.js';

/** What steps need of a model. */
export interface Trainable {
  readonly stack: LayerStack;
  readonly compiled: Compiled;
  readonly kernels: KernelChooser;
  readonly where: string;
}

/** What one forward and backward pass gives. */
interface Computed {
  /** The metrics' totals, the loss, and the sum of each gradient: all that is read back, in one piece. */
  readonly figures: tf.Tensor;
  readonly gradients: readonly ParamGradient[];
}

/**
 * Takes one step. Returns the batch's loss and the totals of its metrics.
 *
 * `place` says where in the training this is, for errors.
 *
 * Memory   leaves nothing but the new weights and slots
 * Throws   `loss-nan` when the loss or a gradient is not finite: that step changes no weight;
 *          `nothing-trainable`; `backend-op`
 */
export async function trainBatch(model: Trainable, batch: Batch, place: string): Promise<BatchFigures> {
  const { compiled, kernels, where } = model;
  const { figures, gradients } = compute(model, batch);
  try {
    const values = (await figures.data()) as Float32Array;
    const totals = values.length - 1 - gradients.length;
    const loss = values[totals]!;
    if (!Number.isFinite(loss)) throw diverged(`The loss is ${loss}`, place, where);
    const bad = gradients.findIndex((_, i) => !Number.isFinite(values[totals + 1 + i]!));
    if (bad >= 0) {
      throw diverged(
        `The gradient of ${gradients[bad]!.param.path} is not finite (loss ${loss})`,
        place,
        where,
      );
    }
    compiled.state.apply(gradients, kernels.at('optimizer'));
    return { loss, totals: values.subarray(0, totals) };
  } finally {
    figures.dispose();
    for (const { gradient } of gradients) gradient.dispose();
  }
}

function compute(model: Trainable, batch: Batch): Computed {
  const { compiled, stack, kernels } = model;
  const params = stack.trainableParams();
  if (params.length === 0) throw nothingTrainable(model.where);
  let gradients: readonly ParamGradient[] = [];
  const [figures] = tf.tidy(() => {
    let flow: Flow | undefined;
    const lossOf = (): tf.Tensor => {
      flow = stack.forward(batch.x, true, compiled.state.steps + 1);
      tf.keep(flow.output); // the metrics need them after the pass
      if (flow.mask) tf.keep(flow.mask);
      if (compiled.state.steps === 0) checkBackend(stack.placed, kernels.choices(), true);
      return lossOfBatch(compiled.loss, batch, flow, params);
    };
    try {
      const tensors = params.map((param) => param.tensor);
      const { value, gradients: found } = valueAndGradients(lossOf, tensors, model.where);
      gradients = pair(params, found);
      if (gradients.length === 0) throw nothingTrainable(model.where);
      const sums = gradients.map(({ gradient }) => tf.sum(gradient));
      const totals = metricTotals(compiled.metrics, batch, flow!);
      return [
        tf.concat([...totals, tf.stack([value, ...sums])]),
        ...gradients.map(({ gradient }) => gradient),
      ];
    } finally {
      flow?.output.dispose();
      flow?.mask?.dispose();
    }
  });
  return { figures: figures!, gradients };
}

/** Parameters that the loss does not depend on have no gradient. */
function pair(params: readonly Param[], gradients: readonly (tf.Tensor | null)[]): ParamGradient[] {
  return params.flatMap((param, i) => {
    const gradient = gradients[i];
    return gradient ? [{ param, gradient }] : [];
  });
}

function diverged(what: string, place: string, where: string): OstinatoError {
  return new OstinatoError('loss-nan', {
    where,
    what: `${what} at ${place}; training stopped, and the weights are those before this step`,
    fix: 'Lower the learning rate, or look for values in the data that are not finite',
  });
}

function nothingTrainable(where: string): OstinatoError {
  return new OstinatoError('nothing-trainable', {
    where,
    what: 'The loss depends on no trainable weight',
    fix: 'Set `trainable` of a layer that has weights, or add one',
  });
}
