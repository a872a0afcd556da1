/** The inputs of attention: a query, values, and the keys that say which values a query is after. */
import { OstinatoError, type Shape, showShape } from '@ostinato/core';

/** Of shapes, tensors or masks. */
export interface AttentionInputs<T> {
  readonly query: T;
  readonly value: T;
  readonly key: T;
}

/**
 * One to three inputs in Keras' order, query, value, key. Keys are the values unless given, values the query.
 *
 * Throws   `inputs-count`
 */
export function attentionInputs<T>(inputs: readonly T[], where: string): AttentionInputs<T> {
  const [query, value = query, key = value] = inputs;
  if (inputs.length >= 1 && inputs.length <= 3) return { query: query!, value: value!, key: key! };
  throw new OstinatoError('inputs-count', {
    where,
    what: 'The number of inputs is not that of attention',
    expected: 'query; or query and value; or query, value and key',
    received: `${inputs.length}`,
  });
}

/**
 * The shapes by their roles, when they are sequences of one batch with a key for each value.
 *
 * Throws   `inputs-count`; `shape-mismatch` with the names and shapes of the two inputs that do not fit together
 */
export function sequenceShapes(shapes: readonly Shape[], where: string): AttentionInputs<Shape> {
  const inputs = attentionInputs(shapes, where);
  for (const role of ['query', 'value', 'key'] as const) {
    if (inputs[role].length === 3) continue;
    throw new OstinatoError('shape-mismatch', {
      where,
      what: `The ${role} is not a batch of sequences`,
      expected: 'query, value and key of [batch, steps, features]',
      received: shown(inputs),
    });
  }
  checkPair(inputs, ['query', 'value'], [0], 'as many rows', where);
  checkPair(inputs, ['value', 'key'], [0, 1], 'as many rows and steps', where);
  return inputs;
}

/** Throws `shape-mismatch` unless two inputs have the same sizes along some axes. */
export function checkPair(
  inputs: AttentionInputs<Shape>,
  [first, second]: readonly [keyof AttentionInputs<Shape>, keyof AttentionInputs<Shape>],
  axes: readonly number[],
  alike: string,
  where: string,
): void {
  const [a, b] = [inputs[first], inputs[second]];
  const differ = axes.some((axis) => a[axis] !== null && b[axis] !== null && a[axis] !== b[axis]);
  if (!differ) return;
  throw new OstinatoError('shape-mismatch', {
    where,
    what: `The ${first} ${showShape(a)} and the ${second} ${showShape(b)} do not fit together`,
    expected: `${alike} in both`,
    received: shown(inputs),
  });
}

function shown({ query, value, key }: AttentionInputs<Shape>): string {
  return `query ${showShape(query)}, value ${showShape(value)}, key ${showShape(key)}`;
}
