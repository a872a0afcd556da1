/** Names of files with figures in them: `model-{epoch:03d}-{valLoss:.2f}.safetensors`. */
import { OstinatoError, show, unknownName } from '@ostinato/core';

/** A field with Python's form of a number, as far as file names need it: `:03d`, `:.2f`. */
const FIELD = /\{([^{}:]*)(?::([^{}]*))?\}/g;
/** Two digits of width or decimals: more make no name of a file, and `toFixed` fails at 101. */
const WHOLE = /^(0?\d{1,2})?d$/;
const FIXED = /^\.(\d{1,2})f$/;

/** Throws `config-<option>` for a form it does not know, or braces that are not in pairs. */
export function checkTemplate(template: string, where: string, option: string): void {
  const forms = [...template.matchAll(FIELD)].map(([, , form]) => form);
  const bad = forms.find((form) => form !== undefined && !WHOLE.test(form) && !FIXED.test(form));
  if (bad === undefined && !/[{}]/.test(template.replace(FIELD, ''))) return;
  throw new OstinatoError(`config-${option}`, {
    where,
    what: `\`${option}\` is not a template`,
    expected: 'fields such as {epoch}, {epoch:03d} or {valLoss:.2f}',
    received: show(template),
  });
}

/** The names in it. */
export function fieldsOf(template: string): string[] {
  return [...template.matchAll(FIELD)].map(([, name]) => name!);
}

/** The template with its fields filled in. Throws `template-field` for one that is no figure. */
export function fillTemplate(
  template: string,
  figures: Readonly<Record<string, number>>,
  where: string,
): string {
  return template.replaceAll(FIELD, (_, name: string, form: string | undefined) => {
    const value = Object.hasOwn(figures, name) ? figures[name] : undefined;
    if (value !== undefined) return formatted(value, form);
    throw unknownName('template-field', { where, kind: 'figure', name, known: Object.keys(figures) });
  });
}

function formatted(value: number, form = ''): string {
  const decimals = FIXED.exec(form)?.[1];
  if (decimals !== undefined) return value.toFixed(Number(decimals));
  const width = WHOLE.exec(form)?.[1];
  if (width === undefined) return String(value);
  return String(value).padStart(Number(width), width.startsWith('0') ? '0' : ' ');
}
