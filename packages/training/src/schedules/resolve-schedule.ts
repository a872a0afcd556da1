/** Schedules as they stand in JSON. */
import type { Catalogue, LearningRateSchedule } from '@ostinato/core';

/** How deep schedules may stand in schedules; a file that goes deeper is no honest one. */
const DEEPEST = 8;

/**
 * The schedule that a name, `{ name, config }` or an object means, with those that stand in its config.
 *
 * Throws   `schedule-unknown`; what the schedule's own options throw
 */
export function resolveSchedule(
  identifier: unknown,
  known: Catalogue<LearningRateSchedule>,
  where: string,
  depth = 0,
): LearningRateSchedule {
  const { name, config } = (identifier ?? {}) as { name?: unknown; config?: unknown };
  if (depth >= DEEPEST || !isIdentifier(identifier)) return known.resolve(identifier, where);
  const inner = Object.entries((config ?? {}) as object).map(([field, value]) => [
    field,
    isIdentifier(value) ? resolveSchedule(value, known, where, depth + 1) : value,
  ]);
  return known.resolve({ name, config: Object.fromEntries(inner) }, where);
}

/** `{ name, config }` in JSON, and not the schedule itself. */
export function isIdentifier(value: unknown): value is { readonly name: string } {
  if (typeof value !== 'object' || value === null || 'rate' in value) return false;
  return typeof (value as { name?: unknown }).name === 'string';
}
