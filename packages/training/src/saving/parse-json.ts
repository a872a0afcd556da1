/** JSON from files that may come from anyone. */
import { OstinatoError } from '@ostinato/core';

/**
 * The value that a JSON text means. Throws `model-file` for the key `__proto__`, which a later copy of the object could
 * take for its prototype; what `JSON.parse` throws passes.
 */
export function parseJson(text: string, where: string): unknown {
  return JSON.parse(text, (key, value: unknown) => {
    if (key !== '__proto__') return value;
    throw new OstinatoError('model-file', {
      where,
      what: "The JSON has a field named '__proto__'",
      fix: 'Do not use this file: no program writes that by accident',
    });
  });
}
