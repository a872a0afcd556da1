/**
 * Small named objects with a config: activations, initializers, regularizers, constraints, losses, metrics, optimizers,
 * schedules.
 *
 * Users write a name (`'tanh'`) or an object (`leakyRelu({ negativeSlope: 0.1 })`); on disk stands
 * `'tanh'` or `{ "name": "leakyRelu", "config": {…} }`. A catalogue finds the maker of a name; registries extend it
 * with what plugins bring.
 */
import { OstinatoError, show, unknownName } from './errors.js';
import type { JsonObject, JsonValue } from './json.js';

/** A named object that JSON can carry. */
export interface Configured {
  readonly name: string;
  /** What differs from the name alone; empty for most. */
  readonly config: JsonObject;
}

/** Makes the objects of one name. Plugins list these. */
export interface Maker<T extends object> {
  readonly name: string;
  /** Called with `{}` for the name alone. */
  readonly create: (config: never) => T;
}

/** All makers of one kind by name. */
export class Catalogue<T extends object> {
  readonly #makers = new Map<string, Maker<T>>();
  readonly kind: string;

  constructor(kind: string, makers: readonly Maker<T>[]) {
    this.kind = kind;
    for (const maker of makers) this.#makers.set(maker.name, maker);
  }

  /** A catalogue that also knows `makers`. Throws `<kind>-conflict` when two different ones share a name. */
  extend(makers: readonly Maker<T>[]): Catalogue<T> {
    const all = new Map(this.#makers);
    for (const maker of makers) {
      const present = all.get(maker.name);
      if (present && present !== maker) {
        throw new OstinatoError(`${this.kind}-conflict`, {
          where: 'createRegistry',
          what: `Two plugins define the ${this.kind} '${maker.name}'`,
          fix: "Give one of them another name, e.g. with the plugin's name in front",
        });
      }
      all.set(maker.name, maker);
    }
    return new Catalogue(this.kind, [...all.values()]);
  }

  names(): string[] {
    return [...this.#makers.keys()];
  }

  /** The object a user or a file means. Throws `<kind>-unknown` with the nearest known name. */
  resolve(identifier: unknown, where: string): T {
    if (isConfigured<T>(identifier)) return identifier;
    const { name, config } = this.#read(identifier, where);
    const maker = this.#makers.get(name);
    if (!maker)
      throw unknownName(`${this.kind}-unknown`, { where, kind: this.kind, name, known: this.names() });
    return maker.create(config as never);
  }

  #read(identifier: unknown, where: string): { name: string; config: JsonObject } {
    if (typeof identifier === 'string') return { name: identifier, config: {} };
    if (typeof identifier === 'object' && identifier !== null && 'name' in identifier) {
      const { name, config } = identifier as { name: unknown; config?: unknown };
      if (
        typeof name === 'string' &&
        (config === undefined || (typeof config === 'object' && config !== null))
      ) {
        return { name, config: (config ?? {}) as JsonObject };
      }
    }
    throw new OstinatoError(`${this.kind}-unknown`, {
      where,
      what: `This is not ${article(this.kind)}`,
      expected: `a name or an object with a name: one of ${this.names().join(', ')}`,
      received: show(identifier),
    });
  }
}

/** How a name or a named object stands in JSON. What is neither stays as it is, for `resolve` to speak of. */
export function toIdentifier(value: Configured | string | null | undefined): JsonValue {
  if (value === null || value === undefined || typeof value === 'string') return value ?? null;
  if (typeof value.config !== 'object' || value.config === null) return value as unknown as JsonValue;
  return Object.keys(value.config).length === 0 ? value.name : { name: value.name, config: value.config };
}

function isConfigured<T extends object>(value: unknown): value is T {
  if (typeof value !== 'object' || value === null) return false;
  return ['apply', 'update', 'rate'].some(
    (method) => typeof (value as Record<string, unknown>)[method] === 'function',
  );
}

function article(kind: string): string {
  return /^[aeiou]/.test(kind) ? `an ${kind}` : `a ${kind}`;
}
