/** Sets the learning rate at the start of each epoch. */
import { OstinatoError, show } from '@ostinato/core';
import type { Callback } from '../callbacks.js';
import { checkOwnRate } from './own-rate.js';

/** From the epoch, counted from 0, and the present learning rate to the one of this epoch. */
export type LearningRateOfEpoch = (epoch: number, learningRate: number) => number;

const WHERE = 'learningRateScheduler';

/**
 * Asks a function for the learning rate of each epoch. For a rate that changes with each step, give the optimizer a
 * schedule in place of a number.
 *
 * Throws   `config-schedule` for what is no function; `callback-schedule` when the optimizer's learning rate follows a
 *          schedule; `schedule-result` when the function returns no number;
 *          `config-learning-rate` when the number is none for a learning rate
 * Differs  Keras writes the rate into the figures of each epoch, too; here `model.optimizer.learningRate` has it
 *
 * @example
 * const scheduler = learningRateScheduler((epoch, rate) => (epoch < 10 ? rate : rate * 0.9));
 */
export function learningRateScheduler(schedule: LearningRateOfEpoch): Callback {
  if (typeof schedule !== 'function') {
    throw new OstinatoError('config-schedule', {
      where: WHERE,
      what: '`schedule` is not a function',
      expected: 'a function from the epoch and the present learning rate to the next one',
      received: show(schedule),
    });
  }
  return {
    name: WHERE,
    onTrainBegin: ({ optimizer }) => checkOwnRate(optimizer, WHERE),
    onEpochBegin: (epoch, { optimizer }) => {
      optimizer.learningRate = checkedRate(schedule(epoch, optimizer.learningRate), epoch);
    },
  };
}

function checkedRate(value: unknown, epoch: number): number {
  if (typeof value === 'number') return value;
  throw new OstinatoError('schedule-result', {
    where: WHERE,
    what: `The schedule did not return a number for epoch ${epoch}`,
    expected: 'a learning rate',
    received: show(value),
  });
}
