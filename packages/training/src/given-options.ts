/** What a configured object writes of its options. */
import type { JsonObject } from '@ostinato/core';

/** The options that differ from their defaults: all that has to stand in a file. */
export function givenOptions(options: JsonObject, defaults: object): JsonObject {
  const given = Object.entries(options).filter(
    ([name, value]) => value !== (defaults as Record<string, unknown>)[name],
  );
  return Object.fromEntries(given);
}
