/** Drives a callback through epochs of given figures, as `fit` would, with a model of one weight. */
import type { Callback } from '../callbacks.js';
import { sgd } from '../optimizers/sgd.js';
import { type Sequential, sequential } from '../sequential.js';
import { dense, testRegistry } from './test-layers.js';

/** A compiled linear model of one weight and a bias. */
export function smallModel(learningRate = 0.1): Sequential {
  const model = sequential([dense({ units: 1 })], { registry: testRegistry(), seed: 1, inputShape: [1] });
  model.compile({ optimizer: sgd({ learningRate }), loss: 'mse' });
  return model;
}

/** Gives the weight this number. */
export async function setWeight(model: Sequential, value: number): Promise<void> {
  await model.setWeights([[[value]], [0]]);
}

export async function weightOf(model: Sequential): Promise<number> {
  return (await model.getWeights())[0]!.data[0]!;
}

export interface Drive {
  readonly model: Sequential;
  readonly figure: string;
  readonly values: readonly number[];
  readonly from?: number;
  /** Called after each epoch. */
  readonly after?: (epoch: number) => void | Promise<void>;
}

/** The last epoch, after which the callback stopped the model or there were no more values; without begin and end. */
export async function driveEpochs(
  callback: Callback,
  drive: Drive,
): Promise<{ last: number; reason?: string }> {
  const { model, figure, values, from = 0, after } = drive;
  let reason: string | undefined;
  model.stop = (given) => {
    reason ??= given ?? '';
  };
  for (let epoch = from; epoch < values.length; epoch++) {
    await callback.onEpochBegin?.(epoch, model);
    await setWeight(model, epoch);
    await callback.onEpochEnd?.(epoch, { loss: 1, [figure]: values[epoch]! }, model);
    await after?.(epoch);
    if (reason !== undefined) return { last: epoch, reason };
  }
  return { last: values.length - 1 };
}
