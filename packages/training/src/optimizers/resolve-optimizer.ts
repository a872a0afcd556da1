/** Optimizers as they stand in JSON: a name, or `{ name, config }` with a schedule inside. */
import type { Catalogue, LearningRateSchedule, Optimizer, Plugin } from '@ostinato/core';
import { isIdentifier, resolveSchedule } from '../schedules/resolve-schedule.js';
import { schedules } from '../schedules/schedules.js';
import { optimizers } from './optimizers.js';

/** The schedules of this package and of plugins. */
export function knownSchedules(plugins: readonly Plugin[]): Catalogue<LearningRateSchedule> {
  return schedules.extend(plugins.flatMap((plugin) => plugin.schedules ?? []));
}

/** The optimizer that a user or a file means. Throws `optimizer-unknown`, `schedule-unknown` with the nearest known name. */
export function resolveOptimizer(identifier: unknown, plugins: readonly Plugin[], where: string): Optimizer {
  const known = optimizers.extend(plugins.flatMap((plugin) => plugin.optimizers ?? []));
  const { config } = (identifier ?? {}) as { readonly config?: { readonly learningRate?: unknown } };
  if (!isIdentifier(identifier) || 'update' in identifier || !isIdentifier(config?.learningRate)) {
    return known.resolve(identifier, where);
  }
  const learningRate = resolveSchedule(config.learningRate, knownSchedules(plugins), where);
  return known.resolve({ name: identifier.name, config: { ...config, learningRate } }, where);
}
