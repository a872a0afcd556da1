/** Who sets the learning rate. */
import { type Optimizer, OstinatoError } from '@ostinato/core';

/** A callback that sets the learning rate would end a schedule without a word. Throws `callback-schedule`. */
export function checkOwnRate({ name, schedule }: Optimizer, where: string): void {
  if (!schedule) return;
  throw new OstinatoError('callback-schedule', {
    where,
    what: `The learning rate of '${name}' follows the schedule '${schedule.name}', which this callback would end`,
    expected: 'an optimizer whose learning rate is a number',
    fix: 'Leave out the callback or the schedule',
  });
}
