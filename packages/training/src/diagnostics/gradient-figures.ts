/** Norms of gradients and weights, and what they say. */
import type { Param } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';

export type GradientVerdict = 'exploding' | 'vanishing' | 'dead' | 'fine';

/** From where on a gradient is called what. */
export interface GradientThresholds {
  /** A norm above this, or one that is not finite, is exploding. Default 100: a hundred times what is usually clipped to. */
  readonly explodingNorm?: number;
  /** A norm below this part of the weight's is vanishing. Default 1e−7: it would not change an f32. */
  readonly vanishingRatio?: number;
}

export const THRESHOLDS: Required<GradientThresholds> = { explodingNorm: 100, vanishingRatio: 1e-7 };

export interface GradientFigures {
  readonly gradientNorm: number;
  readonly weightNorm: number;
  /** gradientNorm / weightNorm; of a weight of zeros, the gradient's norm. */
  readonly ratio: number;
  /** The part of the gradient's values that are exactly 0. */
  readonly zeros: number;
  /** 'dead': every value of the gradient is 0. */
  readonly verdict: GradientVerdict;
}

export interface WeightReport extends GradientFigures {
  readonly path: string;
  readonly shape: readonly number[];
}

/** One for each weight; a gradient that there is none of counts as zeros. Memory: leaves nothing. */
export async function weightReports(
  weights: readonly { readonly param: Param; readonly gradient: tf.Tensor | null }[],
  thresholds: Required<GradientThresholds>,
): Promise<WeightReport[]> {
  if (weights.length === 0) return [];
  const figures = tf.tidy(() =>
    tf.concat(
      weights.flatMap(({ param, gradient }) => [
        squares(gradient),
        squares(param.tensor),
        gradient ? tf.reshape(tf.sum(tf.cast(tf.equal(gradient, 0), 'float32')), [1]) : tf.tensor1d([1]),
      ]),
    ),
  );
  const read = await figures.data();
  figures.dispose();
  return weights.map(({ param, gradient }, i) => {
    const [gradientSquares, weightSquares, zeros] = read.subarray(3 * i, 3 * i + 3) as Float32Array;
    const sums = {
      gradientSquares: gradientSquares!,
      weightSquares: weightSquares!,
      zeros: gradient ? zeros! / gradient.size : 1,
    };
    return { path: param.path, shape: param.shape, ...figuresOf(sums, thresholds) };
  });
}

/** Several weights as one. */
export function together(
  reports: readonly WeightReport[],
  thresholds: Required<GradientThresholds>,
): GradientFigures {
  const sizes = reports.map(({ shape }) => shape.reduce((size, axis) => size * axis, 1));
  const sum = (value: (report: WeightReport, i: number) => number): number =>
    reports.reduce((total, report, i) => total + value(report, i), 0);
  const sums = {
    gradientSquares: sum(({ gradientNorm }) => gradientNorm * gradientNorm),
    weightSquares: sum(({ weightNorm }) => weightNorm * weightNorm),
    zeros: sum(({ zeros }, i) => zeros * sizes[i]!) / sum((_, i) => sizes[i]!),
  };
  return figuresOf(sums, thresholds);
}

function figuresOf(
  sums: { readonly gradientSquares: number; readonly weightSquares: number; readonly zeros: number },
  { explodingNorm, vanishingRatio }: Required<GradientThresholds>,
): GradientFigures {
  const gradientNorm = Math.sqrt(sums.gradientSquares);
  const weightNorm = Math.sqrt(sums.weightSquares);
  const ratio = weightNorm === 0 ? gradientNorm : gradientNorm / weightNorm;
  let verdict: GradientVerdict = 'fine';
  if (!(gradientNorm <= explodingNorm)) verdict = 'exploding';
  else if (sums.zeros === 1) verdict = 'dead';
  else if (ratio < vanishingRatio) verdict = 'vanishing';
  return { gradientNorm, weightNorm, ratio, zeros: sums.zeros, verdict };
}

function squares(values: tf.Tensor | null): tf.Tensor1D {
  return values ? tf.reshape(tf.sum(tf.square(values)), [1]) : tf.tensor1d([0]);
}
