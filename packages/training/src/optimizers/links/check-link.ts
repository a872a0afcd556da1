/** The options of links, which callers without types may have forgotten. */
import { checkNumber, checkOptions } from '@ostinato/core';

/** The options, each of these fields a finite number. Throws `config-type`, `config-<field>`. */
export function checkLink<Options extends object>(
  where: string,
  options: Options,
  numbers: readonly (keyof Options & string)[],
): Options {
  checkOptions(where, options);
  for (const field of numbers) checkNumber(where, field, options[field]);
  return options;
}
