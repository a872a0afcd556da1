/** Warnings of exploding and vanishing gradients while a model is trained. */
import { checkSize, OstinatoError, show } from '@ostinato/core';
import type { Callback } from '../callbacks.js';
import type { Model } from '../model/model.js';
import {
  type GradientThresholds,
  type GradientVerdict,
  together,
  type WeightReport,
  weightReports,
} from './gradient-figures.js';
import { checkThresholds } from './gradient-report.js';

export interface GradientWarning {
  /** The layer. */
  readonly path: string;
  readonly verdict: Exclude<GradientVerdict, 'fine'>;
  readonly gradientNorm: number;
  readonly weightNorm: number;
  readonly weights: readonly WeightReport[];
  readonly epoch: number;
  readonly batch: number;
  /** All of it as a sentence. */
  readonly message: string;
}

export interface GradientMonitorOptions extends GradientThresholds {
  /** Looks at one batch of so many, from the first on. Default 100. */
  readonly every?: number;
  /** Default: prints the message with `console.warn`. */
  readonly onWarning?: (warning: GradientWarning) => void;
}

/**
 * A callback that looks at the gradients of a step, as they are before clipping, and warns of each layer whose gradients
 * explode, vanish or are all zero: once for each verdict of a layer until that changes.
 *
 * Only the batches it looks at pay for it.
 *
 * Throws   `config-every`, `config-on-warning`, and what `gradientReport` says of its options
 *
 * @example
 * await model.fit(x, y, { epochs: 10, callbacks: [gradientMonitor({ every: 50 })] });
 */
export function gradientMonitor(options: GradientMonitorOptions = {}): Callback {
  const { every = 100, onWarning = ({ message }) => console.warn(message), ...given } = options;
  const where = 'gradientMonitor';
  checkSize(where, 'every', every);
  if (typeof onWarning !== 'function') throw notFunction(onWarning);
  const thresholds = checkThresholds(where, given);
  const told = new Map<string, GradientVerdict>();
  let seen = 0;
  let epoch = 0;
  return {
    name: where,
    onTrainBegin() {
      told.clear();
      seen = 0;
    },
    onEpochBegin(begun) {
      epoch = begun;
    },
    onBatchBegin(batch, model) {
      seen += 1;
      if ((seen - 1) % every !== 0) return;
      model.gradientListener = async (gradients) => {
        model.gradientListener = undefined;
        const reports = await weightReports(gradients, thresholds);
        const byPath = new Map(reports.map((report) => [report.path, report]));
        const place = { epoch: model.run?.epoch ?? epoch, batch };
        for (const warning of warningsOf(model, byPath, thresholds, place)) {
          if (told.get(warning.path) !== warning.verdict && warning.verdict !== 'fine') {
            onWarning(warning as GradientWarning);
          }
          told.set(warning.path, warning.verdict);
        }
      };
    },
    onBatchEnd(_batch, _logs, model) {
      model.gradientListener = undefined;
    },
    onBatchError(_batch, _error, model) {
      model.gradientListener = undefined;
      return false;
    },
    onTrainEnd(_logs, model) {
      model.gradientListener = undefined;
    },
  };
}

type Verdict = Omit<GradientWarning, 'verdict'> & { readonly verdict: GradientVerdict };

function warningsOf(
  model: Model,
  reports: ReadonlyMap<string, WeightReport>,
  thresholds: Required<GradientThresholds>,
  { epoch, batch }: { readonly epoch: number; readonly batch: number },
): Verdict[] {
  return model.layers.flatMap(({ layer, path }) => {
    const weights = layer.params.flatMap((param) => reports.get(param.path) ?? []);
    if (weights.length === 0) return [];
    const { gradientNorm, weightNorm, verdict } = together(weights, thresholds);
    const message =
      `[${model.name}] The gradient of ${path} is ${verdict}: its norm is ${gradientNorm.toExponential(2)}, ` +
      `that of the weights ${weightNorm.toExponential(2)} (epoch ${epoch + 1}, batch ${batch + 1})`;
    return [{ path, verdict, gradientNorm, weightNorm, weights, epoch, batch, message }];
  });
}

function notFunction(received: unknown): OstinatoError {
  return new OstinatoError('config-on-warning', {
    where: 'gradientMonitor',
    what: '`onWarning` cannot be called',
    expected: 'a function',
    received: show(received),
  });
}
