/** The numbers that go into a job, the same in every run. */
import { hashedValues } from './hashed-values.js';
import { type InputName, inputShapes, type Job } from './job.js';

const SEEDS: Readonly<Record<InputName, number>> = {
  x: 1,
  kernel: 2,
  'recurrent-kernel': 3,
  bias: 4,
  seed: 5,
};

/**
 * One input of a job.
 *
 * The recurrent kernel's values have a spread of 0.9/√units: wide enough that a gradient reaches back over tens of steps,
 * so that a wrong step shows, and narrow enough that rounding does not grow from step to step.
 */
export function jobValues(job: Job, name: InputName): Float32Array {
  const count = inputShapes(job)[name].reduce((product, size) => product * size, 1);
  return hashedValues(count, SEEDS[name], limitOf(job, name));
}

function limitOf({ inputSize, units }: Job, name: InputName): number {
  switch (name) {
    case 'kernel':
      return Math.sqrt(3 / inputSize);
    case 'recurrent-kernel':
      return 0.9 * Math.sqrt(3 / units);
    case 'bias':
      return 0.1;
    default:
      return 0.5;
  }
}
