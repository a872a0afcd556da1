/** Connectionist temporal classification: labels of a sequence without saying at which steps they stand. */
import {
  checkFields,
  type Loss,
  type Mask,
  OstinatoError,
  type Shape,
  showShape,
  type Targets,
} from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import { checkTargetValues } from './align-targets.js';
import { LabelPaths } from './label-paths.js';

/** The class that stands for "no label here", and fills up rows of labels. */
const BLANK = 0;

/**
 * −ln of the probability of the labels, summed over all ways to place them among the steps.
 *
 * Class 0 is the blank; rows of labels are filled up with 0. A label takes one step or several in a row; between two equal
 * labels there must be a blank.
 *
 * Shapes   yTrue whole numbers [batch, labels], yPred f32[batch, steps, classes], logits → f32[batch]
 * Throws   `target-shape`; `target-value` for a class that is not there, a label behind padding, or more labels than the
 *          steps have room for
 * Source   Graves et al. 2006, Connectionist Temporal Classification, §4
 * Differs  a mask leaves steps out, wherever they are (Keras takes all steps). Where the mask leaves no room for the labels
 *          the loss is infinite, which ends training with `loss-nan`; Keras goes on with about 708 and a gradient of no
 *          meaning. Reads the logits back: not for backends without synchronous reading
 *
 * @example
 * model.compile({ optimizer: 'adam', loss: 'ctc' }); // behind dense({ units: classes + 1 }) without an activation
 */
export function ctc(options: Readonly<Record<string, never>> = {}): Loss {
  checkFields('ctc', options, []);
  return {
    name: 'ctc',
    config: {},
    apply: (yTrue, yPred, mask = null) => pathLosses(yTrue, yPred, mask),
    counted: () => null,
    checkTargets: checkLabels,
  };
}

/** One loss a row, with its gradient: softmax − the part of the paths' probability that is in each class at each step. */
function pathLosses(yTrue: tf.Tensor, yPred: tf.Tensor, mask: Mask): tf.Tensor {
  const labels = labelsOf(yTrue);
  const counts = mask?.rank === 2 ? mask.dataSync() : undefined;
  const [batch, steps] = yPred.shape as [number, number, number];
  const withGradient = tf.customGrad((...inputs: (tf.Tensor | tf.GradSaveFunc)[]) => {
    const [logits, save] = inputs as [tf.Tensor, tf.GradSaveFunc];
    const logP = tf.logSoftmax(logits);
    const p = tf.exp(logP);
    const paths = new LabelPaths(logP.dataSync(), p.dataSync(), logits.shape, labels, counts);
    save([p]);
    return {
      value: tf.tensor1d(paths.losses()),
      gradFunc: (dy: tf.Tensor, [probabilities]: tf.Tensor[]) => {
        const { occupancy, live } = paths.occupancy();
        const slope = tf.sub(
          tf.mul(probabilities!, tf.tensor(live, [batch, steps, 1])),
          tf.tensor(occupancy, probabilities!.shape),
        );
        return tf.mul(tf.reshape(dy, [batch, 1, 1]), slope);
      },
    };
  });
  return withGradient(yPred);
}

/** The labels of each row, padding left out. */
function labelsOf(yTrue: tf.Tensor): number[][] {
  const [batch, length] = yTrue.shape as [number, number];
  const all = yTrue.dataSync();
  return Array.from({ length: batch }, (_, row) =>
    Array.from(all.slice(row * length, (row + 1) * length)).filter((label) => label !== BLANK),
  );
}

function checkLabels(targets: Targets, outputShape: Shape, where: string): void {
  const [, steps, classes] = outputShape;
  if (outputShape.length !== 3 || targets.shape.length !== 2) {
    throw new OstinatoError('target-shape', {
      where,
      what: `The targets do not fit the model's output ${showShape(outputShape)}`,
      expected: 'rows of labels [batch, labels] for an output [batch, steps, classes]',
      received: showShape(targets.shape),
    });
  }
  const last = (classes ?? Number.POSITIVE_INFINITY) - 1;
  const isClass = (value: number): boolean => Number.isInteger(value) && value >= 0 && value <= last;
  checkTargetValues(targets, isClass, `a class number from 1 to ${last}, or 0 behind the last`, where);
  const [rows, length] = targets.shape as readonly [number, number];
  for (let row = 0; row < rows; row++) {
    const labels = Array.from({ length }, (_, i) => targets.data[row * length + i]!);
    checkRow(labels, row, steps ?? Number.POSITIVE_INFINITY, where);
  }
}

function checkRow(labels: readonly number[], row: number, steps: number, where: string): void {
  const end = labels.indexOf(BLANK);
  const given = end < 0 ? labels : labels.slice(0, end);
  if (labels.slice(given.length).some((label) => label !== BLANK)) {
    throw new OstinatoError('target-value', {
      where,
      what: `The labels in row ${row} have a 0 among them`,
      expected: 'zeros only behind the last label: class 0 is the blank',
    });
  }
  const repeats = given.filter((label, i) => i > 0 && label === given[i - 1]).length;
  if (given.length + repeats <= steps) return;
  throw new OstinatoError('target-value', {
    where,
    what: `The labels in row ${row} do not fit into the steps`,
    expected: `at most ${steps} steps' worth: one for each label, and one more between equal ones`,
    received: `${given.length} labels, ${repeats} of them repeated`,
    fix: 'Use shorter labels or more steps',
  });
}
