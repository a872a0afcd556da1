/** How gradients fare on their way back: through layers, weights, and the steps of sequences. */
import { checkFields, checkPositive, fillOptions, type Layer } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import type { ModelData } from '../data/named-arrays.js';
import type { Model } from '../model/model.js';
import {
  type GradientFigures,
  type GradientThresholds,
  THRESHOLDS,
  together,
  type WeightReport,
  weightReports,
} from './gradient-figures.js';
import { reportLines } from './report-lines.js';
import { disposeStep, isRecurrent, type WatchedCall, watchStep } from './watched-step.js';

/** The gradient of a recurrent layer's input at each of its steps: what is left of it after going back through time. */
export interface OverTime {
  readonly norms: readonly number[];
  /**
   * The first step's norm over the last one's, of those that are not 0 (masked steps are): below 1 it vanishes towards the
   * beginning, above 1 it grows. 1 when there are fewer than two.
   */
  readonly ratio: number;
}

export interface LayerReport extends GradientFigures {
  readonly path: string;
  readonly weights: readonly WeightReport[];
  /** Of recurrent layers whose input is a sequence of vectors. */
  readonly overTime?: OverTime;
}

export interface GradientReport {
  /** Of the batch, penalties included. */
  readonly loss: number;
  /** Layers with weights that are trained, in model order. */
  readonly layers: readonly LayerReport[];
  /** Prints a table. */
  print(line?: (text: string) => void): void;
}

/** Over the steps of a sequence a gradient may shrink or grow this much before the layer is called vanishing or exploding. */
const MOST_OVER_TIME = 1e5;

/**
 * Gradients of one batch: norm, the weight's norm, their ratio, the part that is zero, and a verdict, for each weight and
 * each layer. Nothing is learnt.
 *
 * 'exploding': the norm is above `explodingNorm` or not finite. 'dead': all zeros. 'vanishing': below `vanishingRatio` of
 * the weight's norm. A recurrent layer is 'vanishing' or 'exploding' too when its gradient changes by a factor of 1e5 from
 * the last step to the first.
 *
 * Memory   leaves nothing
 * Throws   `not-compiled`, `model-busy`, and what a step of training throws, `loss-nan` aside
 *
 * @example
 * const report = await gradientReport(model, x, y);
 * report.print();
 * report.layers.find(({ path }) => path === 'lstm')?.overTime?.ratio;
 */
export async function gradientReport(
  model: Model,
  x: ModelData,
  y: ModelData,
  options: GradientThresholds = {},
): Promise<GradientReport> {
  const thresholds = checkThresholds('gradientReport', options);
  return model.inspect(x, y, async (trainable, batch) => {
    const step = await watchStep(trainable, batch);
    try {
      const weights = await weightReports(step.params, thresholds);
      const layers: LayerReport[] = [];
      for (const { layer, path } of trainable.network.placed) {
        const own = weights.filter((_, i) => layer.params.includes(step.params[i]!.param));
        if (own.length === 0) continue;
        const overTime = await gradientsOverTime(callsOf(step.calls, layer, path));
        layers.push(layerReport(path, own, overTime, thresholds));
      }
      return { loss: step.loss, layers, print: printing(step.loss, layers) };
    } finally {
      disposeStep(step);
    }
  });
}

/** Throws `config-exploding-norm`, `config-vanishing-ratio`, `config-unknown`. */
export function checkThresholds(where: string, options: GradientThresholds): Required<GradientThresholds> {
  checkFields(where, options, Object.keys(THRESHOLDS));
  const checks = { explodingNorm: checkPositive, vanishingRatio: checkPositive };
  return fillOptions(where, THRESHOLDS, options, checks);
}

function printing(loss: number, layers: readonly LayerReport[]): GradientReport['print'] {
  return (line = (text) => console.log(text)) => {
    for (const text of reportLines(loss, layers)) line(text);
  };
}

function layerReport(
  path: string,
  weights: readonly WeightReport[],
  overTime: OverTime | undefined,
  thresholds: Required<GradientThresholds>,
): LayerReport {
  const figures = together(weights, thresholds);
  if (!overTime) return { path, ...figures, weights };
  const { ratio } = overTime;
  let { verdict } = figures;
  if (verdict === 'fine' && ratio < 1 / MOST_OVER_TIME) verdict = 'vanishing';
  if (verdict === 'fine' && ratio > MOST_OVER_TIME) verdict = 'exploding';
  return { path, ...figures, verdict, weights, overTime };
}

/** The calls of a recurrent layer as a whole. */
function callsOf(calls: readonly WatchedCall[], layer: Layer, path: string): readonly WatchedCall[] {
  return isRecurrent(layer) ? calls.filter((call) => call.layer === layer && call.path === path) : [];
}

async function gradientsOverTime([call]: readonly WatchedCall[]): Promise<OverTime | undefined> {
  const gradient = call?.inputGradients[0];
  if (!gradient || gradient.rank < 3) return undefined;
  const axes = Array.from({ length: gradient.rank }, (_, i) => i).filter((axis) => axis !== 1);
  const squares = tf.tidy(() => tf.sum(tf.square(gradient), axes));
  const norms = Array.from(await squares.data(), Math.sqrt);
  squares.dispose();
  const counted = norms.filter((norm) => norm !== 0);
  return { norms, ratio: counted.length < 2 ? 1 : counted[0]! / counted.at(-1)! };
}
