/** Lowers the learning rate of a training that no longer gets better. */
import { checkCount, checkFields, checkNotNegative, OstinatoError, show } from '@ostinato/core';
import type { Callback, CallbackState } from '../callbacks.js';
import type { Model } from '../model/model.js';
import type { Logs } from '../running-figures.js';
import { numberFromJson, numberToJson } from './json-number.js';
import { Monitor, type MonitorOptions } from './monitor.js';
import { checkOwnRate } from './own-rate.js';

export interface ReduceLROnPlateauOptions extends MonitorOptions {
  /** What the learning rate is multiplied by, in (0, 1). Default 0.1. */
  readonly factor?: number;
  /** Epochs without improvement after which it is lowered. Default 10. */
  readonly patience?: number;
  /** What is less than this counts as no improvement. Default 1e-4. */
  readonly minDelta?: number;
  /** Epochs after it was lowered that are not counted. Default 0. */
  readonly cooldown?: number;
  /** It is never lowered below this. Default 0. */
  readonly minLr?: number;
}

const WHERE = 'reduceLROnPlateau';

interface Rule {
  readonly monitor: Monitor;
  readonly factor: number;
  readonly patience: number;
  readonly cooldown: number;
  readonly minLr: number;
}

interface Course {
  best: number | null;
  wait: number;
  /** Epochs of rest that are left. */
  rest: number;
}

/**
 * Multiplies the optimizer's learning rate by `factor` when a figure has not improved for `patience` epochs.
 *
 * Throws   `config-…`; `callback-schedule` when the learning rate follows a schedule; `monitor-unknown` when there is no such figure, where Keras
 *          only warns: at once for one of validation where nothing is validated, else after the first epoch
 * Differs  Keras writes the rate into the figures of each epoch, too; here `model.optimizer.learningRate` has it. Its NaN in a first epoch
 *          stays the best for good
 *
 * @example
 * const plateau = reduceLROnPlateau({ monitor: 'valLoss', factor: 0.2, patience: 5, minLr: 1e-5 });
 */
export function reduceLROnPlateau(options: ReduceLROnPlateauOptions = {}): Callback {
  const rule = checked(options);
  let course = begin();
  return {
    name: WHERE,
    onTrainBegin: ({ optimizer, run }) => {
      checkOwnRate(optimizer, WHERE);
      rule.monitor.checkRun(run);
      course = begin();
    },
    onEpochEnd: (_epoch, logs, model) => judge(rule, course, logs, model),
    getState: () => {
      const { best, wait, rest } = course;
      return { json: { best: best === null ? null : numberToJson(best), wait, rest } };
    },
    setState: (state) => {
      course = fromState(state);
    },
  };
}

function checked(options: ReduceLROnPlateauOptions): Rule {
  checkFields(WHERE, options, ['monitor', 'factor', 'patience', 'mode', 'minDelta', 'cooldown', 'minLr']);
  const { factor = 0.1, patience = 10, minDelta = 1e-4, cooldown = 0, minLr = 0 } = options;
  if (!(typeof factor === 'number' && factor > 0 && factor < 1)) throw notFactor(factor);
  checkCount(WHERE, 'patience', patience);
  checkCount(WHERE, 'cooldown', cooldown);
  checkNotNegative(WHERE, 'minLr', minLr);
  return { monitor: new Monitor(WHERE, options, minDelta), factor, patience, cooldown, minLr };
}

function begin(): Course {
  return { best: null, wait: 0, rest: 0 };
}

function judge(rule: Rule, course: Course, logs: Logs, model: Model): void {
  const current = rule.monitor.read(logs);
  if (course.rest > 0) {
    course.rest -= 1;
    course.wait = 0;
  }
  if (rule.monitor.improves(current, course.best)) {
    course.best = current;
    course.wait = 0;
    return;
  }
  if (course.rest > 0) return;
  course.wait += 1;
  if (course.wait < rule.patience || model.optimizer.learningRate <= rule.minLr) return;
  model.optimizer.learningRate = Math.max(model.optimizer.learningRate * rule.factor, rule.minLr);
  course.rest = rule.cooldown;
  course.wait = 0;
}

function fromState({ json }: CallbackState): Course {
  const { best, wait, rest } = json as unknown as Course;
  return { best: numberFromJson(best), wait, rest };
}

function notFactor(received: unknown): OstinatoError {
  return new OstinatoError('config-factor', {
    where: WHERE,
    what: '`factor` does not lower a learning rate',
    expected: 'a number between 0 and 1',
    received: show(received),
  });
}
