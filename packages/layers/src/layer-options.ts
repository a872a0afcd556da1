/** Options of layers: defaults, checks, and what every layer shares. */
import { checkOptions, fillOptions, type LayerOptions, type OptionChecks } from '@ostinato/core';

/** Stands for an option that has no default; its check says what is missing. */
export const REQUIRED = undefined as never;

/** The check of an option that `build` resolves by the registry, such as an initializer's name. */
export function resolvedInBuild(): void {}

/**
 * A layer's own options with every default filled in; `name` and `trainable` are left to `Layer`.
 *
 * Throws   `config-type`, `config-unknown`, `config-<field>`
 */
export function fillLayerOptions<Own extends object>(
  where: string,
  defaults: Own,
  options: Partial<Own> & LayerOptions,
  checks: OptionChecks<Own>,
): Own {
  checkOptions(where, options);
  const { name: _name, trainable: _trainable, ...own } = options as Partial<Own> & LayerOptions;
  return fillOptions(where, defaults, own as unknown as Partial<Own>, checks);
}
