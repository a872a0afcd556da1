/** Ends a training that no longer gets better. */
import { checkBoolean, checkCount, checkFields, checkNumber } from '@ostinato/core';
import type { Callback, CallbackState } from '../callbacks.js';
import type { Model } from '../model/model.js';
import type { Logs } from '../running-figures.js';
import { assignWeights, type NamedArray } from '../weights.js';
import { numberFromJson, numberToJson } from './json-number.js';
import { Monitor, type MonitorOptions } from './monitor.js';

export interface EarlyStoppingOptions extends MonitorOptions {
  /** What is less than this counts as no improvement. Default 0. */
  readonly minDelta?: number;
  /** Epochs without improvement after which training ends. Default 0. */
  readonly patience?: number;
  /** What the figure must reach for an improvement to count. */
  readonly baseline?: number | null;
  /** Gives the model the weights of its best epoch when training ends; not after an aborted signal, so that it may go on. Default false. */
  readonly restoreBestWeights?: boolean;
  /** Epochs at the start that are not looked at. Default 0. */
  readonly startFromEpoch?: number;
}

const WHERE = 'earlyStopping';

/** How a training went so far. */
interface Course {
  best: number | null;
  bestEpoch: number;
  wait: number;
  stopped: boolean;
  weights: readonly NamedArray[] | undefined;
}

/**
 * Ends `fit` when a figure has not improved for `patience` epochs; `history.reason` says so.
 *
 * Memory   with `restoreBestWeights` it keeps a copy of all weights
 * Throws   `config-…`; `monitor-unknown` when there is no such figure: at once for one of validation where nothing is validated, else after
 *          the first epoch
 * Differs  Keras only warns when the figure does not exist, and never stops then; its NaN in a first epoch stays the
 *          best for good
 *
 * @example
 * const stopping = earlyStopping({ monitor: 'valLoss', patience: 3, restoreBestWeights: true });
 */
export function earlyStopping(options: EarlyStoppingOptions = {}): Callback {
  const rule = checked(options);
  let course = begin();
  return {
    name: WHERE,
    onTrainBegin: ({ run }) => {
      rule.monitor.checkRun(run);
      course = begin();
    },
    onEpochEnd: (epoch, logs, model) => judge(rule, course, epoch, logs, model),
    onTrainEnd: async (_logs, model) => {
      if (model.run?.interrupted) return; // what is restored of this state needs both
      if (course.weights) await assignWeights(model.network.weights(), course.weights, WHERE);
      course = { ...course, weights: undefined };
    },
    getState: () => toState(course),
    setState: (state, model) => {
      course = fromState(state);
      if (course.stopped) model.stop(reason(rule, course));
    },
  };
}

interface Rule extends Required<Omit<EarlyStoppingOptions, keyof MonitorOptions | 'minDelta'>> {
  readonly monitor: Monitor;
}

function checked(options: EarlyStoppingOptions): Rule {
  checkFields(WHERE, options, [
    'monitor',
    'minDelta',
    'patience',
    'mode',
    'baseline',
    'restoreBestWeights',
    'startFromEpoch',
  ]);
  const { minDelta, patience = 0, baseline = null, restoreBestWeights = false, startFromEpoch = 0 } = options;
  checkCount(WHERE, 'patience', patience);
  if (baseline !== null) checkNumber(WHERE, 'baseline', baseline);
  checkBoolean(WHERE, 'restoreBestWeights', restoreBestWeights);
  checkCount(WHERE, 'startFromEpoch', startFromEpoch);
  const monitor = new Monitor(WHERE, options, minDelta);
  return { monitor, patience, baseline, restoreBestWeights, startFromEpoch };
}

function begin(): Course {
  return { best: null, bestEpoch: 0, wait: 0, stopped: false, weights: undefined };
}

async function judge(rule: Rule, course: Course, epoch: number, logs: Logs, model: Model): Promise<void> {
  const { monitor, baseline } = rule;
  const current = monitor.read(logs);
  if (epoch < rule.startFromEpoch) return;
  const better = monitor.improves(current, course.best);
  if (rule.restoreBestWeights && (better || !course.weights)) {
    course.weights = await model.getWeights();
    course.bestEpoch = epoch;
  }
  course.wait += 1;
  if (better) {
    course.best = current;
    course.bestEpoch = epoch;
    if (baseline === null || monitor.improves(current, baseline)) course.wait = 0;
  } else if (course.wait >= rule.patience && epoch > 0) {
    course.stopped = true;
    model.stop(reason(rule, course));
  }
}

function reason({ monitor, baseline }: Rule, { best, bestEpoch, wait }: Course): string {
  const epochs = wait === 1 ? '1 epoch' : `${wait} epochs`;
  const goal = baseline === null ? '' : `, with ${baseline} to be reached`;
  return `${WHERE}: ${monitor.figure} has not improved for ${epochs}; the best is ${best} of epoch ${bestEpoch + 1}${goal}`;
}

function toState({ best, bestEpoch, wait, stopped, weights }: Course): CallbackState {
  const json = { best: best === null ? null : numberToJson(best), bestEpoch, wait, stopped };
  return weights ? { json, tensors: weights } : { json };
}

function fromState({ json, tensors }: CallbackState): Course {
  const { best, bestEpoch, wait, stopped } = json as unknown as Omit<Course, 'weights'>;
  return {
    best: numberFromJson(best),
    bestEpoch,
    wait,
    stopped,
    weights: tensors?.length ? tensors : undefined,
  };
}
