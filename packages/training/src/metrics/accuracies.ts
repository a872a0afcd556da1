/** Accuracy in its forms: how often the prediction is the target. */
import { checkFields, type Metric, OstinatoError, show } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import { givenOptions } from '../given-options.js';
import { alignTargets } from '../losses/align-targets.js';
import { meanOverLast } from '../losses/along-axis.js';
import { classNumbers } from '../losses/class-numbers.js';
import { meanMetric, type SampleValues } from './mean-metric.js';

type NoOptions = Readonly<Record<string, never>>;

const matches = (a: tf.Tensor, b: tf.Tensor): tf.Tensor => tf.cast(tf.equal(a, b), 'float32');

/** Compared on the host where that is a comparison one by one: each operation on tensors takes longer than a batch of single values. */
const binary =
  (threshold: number): SampleValues =>
  (yTrue, yPred) => {
    const y = alignTargets(yTrue, yPred);
    if (yPred.rank < 2 || yPred.size === 0 || !tf.util.arraysEqual(y.shape, yPred.shape)) {
      return meanOverLast(matches(y, tf.cast(tf.greater(yPred, threshold), 'float32')));
    }
    const limit = Math.fround(threshold); // as the predictions are: 0.6 is not above 0.6
    const [targets, predictions] = [y.dataSync(), yPred.dataSync()];
    const width = yPred.shape.at(-1)!;
    const values = new Float32Array(predictions.length / width);
    for (let i = 0, sample = 0; sample < values.length; sample++) {
      let right = 0;
      for (const end = i + width; i < end; i++)
        right += Number(targets[i] === Number(predictions[i]! > limit)); // no branch to guess
      values[sample] = right / width;
    }
    return tf.tensor(values, yPred.shape.slice(0, -1));
  };

const categorical: SampleValues = (yTrue, yPred) =>
  matches(tf.argMax(alignTargets(yTrue, yPred), -1), tf.argMax(yPred, -1));

const sparse: SampleValues = (yTrue, yPred) =>
  matches(classNumbers(yTrue, yPred, 'sparseCategoricalAccuracy'), tf.argMax(yPred, -1));

/**
 * How often predictions fall on the target's side of a threshold; 0 and 1 are the targets.
 *
 * Shapes   yTrue and yPred [batch, …, n], the mean over all
 * Throws   `config-threshold`
 */
export function binaryAccuracy(options: { readonly threshold?: number } = {}): Metric {
  checkFields('binaryAccuracy', options, ['threshold']);
  const { threshold = 0.5 } = options;
  if (typeof threshold !== 'number' || !(threshold > 0 && threshold < 1)) {
    throw new OstinatoError('config-threshold', {
      where: 'binaryAccuracy',
      what: '`threshold` is not a threshold',
      expected: 'a number between 0 and 1',
      received: show(threshold),
    });
  }
  return meanMetric('binaryAccuracy', binary(threshold), givenOptions({ threshold }, { threshold: 0.5 }));
}

/** How often the largest prediction is at the largest target, over the last axis. */
export function categoricalAccuracy(options: NoOptions = {}): Metric {
  checkFields('categoricalAccuracy', options, []);
  return meanMetric('categoricalAccuracy', categorical);
}

/** How often the largest prediction is at the target's class number. */
export function sparseCategoricalAccuracy(options: NoOptions = {}): Metric {
  checkFields('sparseCategoricalAccuracy', options, []);
  return meanMetric('sparseCategoricalAccuracy', sparse);
}

/**
 * The accuracy that the shapes call for, as Keras chooses it: binary for one output value, sparse for targets that are
 * class numbers, else categorical.
 */
export function accuracy(options: NoOptions = {}): Metric {
  checkFields('accuracy', options, []);
  return meanMetric('accuracy', (yTrue, yPred) => accuracyFor(yTrue.shape, yPred.shape)(yTrue, yPred));
}

function accuracyFor(yTrue: readonly number[], yPred: readonly number[]): SampleValues {
  if (yPred.at(-1) === 1) return binary(0.5);
  return yTrue.length < yPred.length || yTrue.at(-1) === 1 ? sparse : categorical;
}
