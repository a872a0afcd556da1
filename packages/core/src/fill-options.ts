/** Options of small named objects (`l2({ l2: 0.1 })`): defaults filled in, every value checked. */
import { checkFields, checkNumber, checkOneOf } from './option-checks.js';

/** Throws `config-<field>` for a value the field cannot have. `all` are all options, for bounds of one by another. */
export type OptionCheck = (where: string, field: string, value: unknown, all: object) => void;

/** How fields are checked that are not just any finite number: by a function, or by the names they may have. */
export type OptionChecks<Options> = { readonly [Field in keyof Options]?: OptionCheck | readonly string[] };

/**
 * The options with every default filled in. A field without a check must be a finite number.
 *
 * Throws   `config-type`, `config-unknown`, `config-<field>`
 */
export function fillOptions<Options extends object>(
  where: string,
  defaults: Options,
  options: Partial<Options>,
  checks: OptionChecks<Options> = {},
): Options {
  checkFields(where, options, Object.keys(defaults));
  const full = { ...defaults, ...defined(options) };
  for (const field of Object.keys(defaults) as (keyof Options & string)[]) {
    const check = checks[field] ?? checkNumber;
    if (typeof check === 'function') check(where, field, full[field], full);
    else checkOneOf(where, field, full[field], check);
  }
  return full;
}

/** Without the fields that are undefined, which must not hide a default. */
export function defined<T extends object>(options: T): T {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as T;
}
