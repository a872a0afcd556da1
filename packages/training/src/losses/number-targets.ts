/** Checks of targets that are amounts. */
import type { Shape, Targets } from '@ostinato/core';
import { checkSameShape, checkTargetValues } from './align-targets.js';

/** Targets of the output's shape, each a finite number of at least 0. Throws `target-shape`, `target-value`. */
export function checkAmounts(targets: Targets, outputShape: Shape, where: string): void {
  checkSameShape(targets, outputShape, where);
  const isAmount = (value: number): boolean => value >= 0 && value < Number.POSITIVE_INFINITY;
  checkTargetValues(targets, isAmount, 'a finite number of at least 0', where);
}
