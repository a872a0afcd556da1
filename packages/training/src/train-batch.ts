/** One step of training: forward, loss, gradients, and the update if it leaves all finite. */
import { OstinatoError, orMemoryError, type Param, settleValues } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import { type BatchFigures, figureTotals } from './batch-figures.js';
import type { Batch } from './data/device-batch.js';
import { firstNonFinite } from './diagnostics/first-non-finite.js';
import type { ParamGradient, Proposal } from './optimizers/optimizer-state.js';
import { disposePass, nothingTrainable, type Passable, runPass } from './pass.js';
import type { RecordedPasses } from './recorded-passes.js';
import { valuesOf } from './values-of.js';
import { WeightUpdates } from './weight-updates.js';

/** What steps need of a model. */
export interface Trainable extends Passable {
  /** Takes the passes; without it, all layers are asked in each. */
  readonly passes?: RecordedPasses;
  /** Is shown the gradients of a step; undefined, or returning undefined, when nobody looks. */
  readonly gradients?: (gradients: readonly ParamGradient[]) => Promise<void> | undefined;
}

/** What is computed of a step before its update. */
interface Computed {
  /** The metrics' totals, then the loss. */
  readonly figures: tf.Tensor;
  readonly gradients: readonly ParamGradient[];
  /** New values of weights without gradients, such as moving means. */
  readonly updates: WeightUpdates;
}

/**
 * Takes one step. Returns the batch's loss and the totals of its metrics.
 *
 * `place` says where in the training this is, for errors; `meanwhile` is called once while kernels may be at work.
 *
 * Memory   leaves nothing but the new weights and slots
 * Throws   `loss-nan` when the loss, a gradient or a new weight is not finite: that step changes no weight, the
 *          optimizer starts anew (its kernels overwrite its state in place), and layers forget the states they kept;
 *          `nothing-trainable`; `backend-op`; `memory`
 */
export async function trainBatch(
  model: Trainable,
  batch: Batch,
  place: string,
  meanwhile?: () => void,
): Promise<BatchFigures> {
  const { compiled, kernels } = model;
  const { state } = compiled;
  const { figures, gradients, updates } = compute(model, batch);
  let open: Proposal | undefined;
  try {
    meanwhile?.();
    const looked = model.gradients?.(gradients);
    if (looked) await looked;
    settle(gradients, model.where);
    const proposal = state.propose(gradients, kernels.at('optimizer'));
    open = proposal;
    const [totals, ofParams, ofUpdates] = await Promise.all([
      valuesOf(figures) as Float32Array | Promise<Float32Array>,
      valuesOf(proposal.sums),
      updates.sums(),
    ]);
    const loss = totals.at(-1)!;
    const sums = [...ofParams, ...ofUpdates];
    if (!Number.isFinite(loss) || !sums.every(Number.isFinite)) {
      const changed = [...proposal.checked, ...updates.params];
      throw await diverged(model, batch, loss, sums, gradients, changed, place);
    }
    open = undefined;
    state.accept(proposal);
    updates.accept();
    return { loss, totals: totals.subarray(0, -1) };
  } catch (error) {
    throw orMemoryError(error, model.where, `the update of ${gradients.length} weights`);
  } finally {
    if (open) state.reject(open);
    updates.reject();
    figures.dispose();
    for (const { gradient } of gradients) gradient.dispose();
  }
}

function compute(model: Trainable, batch: Batch): Computed {
  const params = model.network.trainableParams();
  if (params.length === 0) throw nothingTrainable(model.where);
  const updates = new WeightUpdates();
  try {
    return { updates, ...forwardAndBackward(model, batch, params, updates) };
  } catch (error) {
    updates.reject();
    throw error;
  }
}

function forwardAndBackward(
  model: Trainable,
  batch: Batch,
  params: readonly Param[],
  updates: WeightUpdates,
): Omit<Computed, 'updates'> {
  const { objectives } = model.compiled;
  let gradients: readonly ParamGradient[] = [];
  const [figures] = tf.tidy(() => {
    const { passes } = model;
    const pass = passes ? passes.run(model, batch, params, updates) : runPass(model, batch, params, updates);
    try {
      gradients = pair(params, pass.gradients);
      const totals = figureTotals(objectives, batch, pass.flows, pass.losses);
      return [
        tf.concat([...totals, tf.reshape(pass.value, [1])]),
        ...gradients.map(({ gradient }) => gradient),
      ];
    } finally {
      disposePass(pass);
    }
  });
  return { figures: figures!, gradients };
}

/** Has all of them written before an optimizer begins to overwrite its state: what fails here costs nothing. Throws `memory`. */
function settle(gradients: readonly ParamGradient[], where: string): void {
  try {
    for (const { gradient } of gradients) settleValues(gradient);
  } catch (error) {
    throw orMemoryError(error, where, 'the gradients of this step');
  }
}

/** Parameters that the loss does not depend on have no gradient. */
function pair(params: readonly Param[], gradients: readonly (tf.Tensor | null)[]): ParamGradient[] {
  return params.flatMap((param, i) => {
    const gradient = gradients[i];
    return gradient ? [{ param, gradient }] : [];
  });
}

/**
 * Resets what the model's layers kept, and says what was not finite: the loss, else a gradient, else a new weight; and
 * where it began.
 *
 * `sums` are of the new values of `changed`.
 */
async function diverged(
  model: Trainable,
  batch: Batch,
  loss: number,
  sums: readonly number[],
  gradients: readonly ParamGradient[],
  changed: readonly Param[],
  place: string,
): Promise<OstinatoError> {
  const { network, where } = model;
  network.resetStates();
  const first = await firstNonFinite(model, batch).catch(() => undefined); // what happened counts, not that the rerun failed
  const what = Number.isFinite(loss) ? await culprit(gradients, loss, sums, changed) : `The loss is ${loss}`;
  return new OstinatoError('loss-nan', {
    where,
    what:
      `${what} at ${place}; training stopped, the weights are those before this step, and the optimizer's state ` +
      `and the states of layers are reset${first ? `. ${first}` : ''}`,
    fix: 'Lower the learning rate, or look for values in the data that are not finite',
  });
}

/** Which gradient is not finite, or which weight would not be. Only asked after a step that failed. */
async function culprit(
  gradients: readonly ParamGradient[],
  loss: number,
  sums: readonly number[],
  changed: readonly Param[],
): Promise<string> {
  const totals = tf.tidy(() => tf.stack(gradients.map(({ gradient }) => tf.sum(gradient))));
  const read = await totals.data();
  totals.dispose();
  const bad = gradients.findIndex((_, i) => !Number.isFinite(read[i]!));
  if (bad >= 0) return `The gradient of ${gradients[bad]!.param.path} is not finite (loss ${loss})`;
  const grown = changed.findIndex((_, i) => !Number.isFinite(sums[i]!));
  return `The update makes ${changed[grown]!.path} not finite (loss ${loss})`;
}
