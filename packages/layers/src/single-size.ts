/** Sizes along the one axis of a sequence, which Keras writes as lists of one. */
import { checkSize } from '@ostinato/core';

/** A size, or a list of one as Keras writes it. */
export type SingleSize = number | readonly [number];

/** The check of such an option. Throws `config-<name>`. */
export function checkSingleSize(where: string, name: string, value: unknown): void {
  checkSize(where, name, Array.isArray(value) && value.length === 1 ? value[0] : value);
}

/** The size. */
export function single(size: SingleSize): number {
  return typeof size === 'number' ? size : size[0];
}
