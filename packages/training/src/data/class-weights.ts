/** Weights of classes, as weights of the samples that belong to them. */
import { OstinatoError, type Shape, show } from '@ostinato/core';
import type { HostArray } from './host-array.js';
import type { Samples } from './samples.js';

/** A weight for each class that is not to count as 1: `{ 0: 1, 1: 4.5 }`. */
export type ClassWeight = Readonly<Record<string | number, number>>;

/**
 * The samples with the weights of their classes, beside those that they have.
 *
 * Classes are what targets hold: numbers, or places of the ones where the last axis is one-hot, as long as the output's.
 *
 * Throws   `class-weight` when it is none, or the model has several outputs
 * Differs  Keras refuses sample weights beside it; here both count
 */
export function withClassWeights(
  samples: Samples,
  classWeight: ClassWeight | undefined,
  outputs: readonly Shape[],
  where: string,
): Samples {
  if (classWeight === undefined) return samples;
  const weights = readWeights(classWeight, where);
  const [y, ...others] = samples.y;
  if (others.length > 0 || !y) {
    throw refused('`classWeight` is for a model with one output', `${samples.y.length} outputs`, where);
  }
  const classes = classesOf(y, outputs[0]!);
  const own = Float32Array.from(classes.data, (value) => weights.get(Math.round(value)) ?? 1);
  return { ...samples, weights: [times({ data: own, shape: classes.shape }, samples.weights[0] ?? null)] };
}

function readWeights(given: ClassWeight, where: string): ReadonlyMap<number, number> {
  if (!isRecord(given)) {
    throw refused('`classWeight` is not a record', show(given), where);
  }
  return new Map(
    Object.entries(given).map(([name, weight]) => {
      const fits = /^\d+$/.test(name) && Number.isFinite(weight) && weight >= 0;
      if (!fits)
        throw refused('`classWeight` holds what is no weight of a class', show({ [name]: weight }), where);
      return [Number(name), weight];
    }),
  );
}

/** A Map has no fields: it would weigh nothing, and nobody would notice. */
function isRecord(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

function classesOf({ data, shape }: HostArray, output: Shape): HostArray {
  const last = shape.at(-1)!;
  if (shape.length < output.length || last === 1) {
    return { data, shape: last === 1 && shape.length > 1 ? shape.slice(0, -1) : shape };
  }
  const rows = data.length / last;
  const classes = Int32Array.from({ length: rows }, (_, row) => {
    const start = row * last;
    let best = start;
    for (let i = start + 1; i < start + last; i++) if (data[i]! > data[best]!) best = i;
    return best - start;
  });
  return { data: classes, shape: shape.slice(0, -1) };
}

/** Both together; the one with fewer axes counts for all that the other has more. */
function times(a: HostArray, b: HostArray | null): HostArray {
  if (!b) return a;
  const [large, small] = a.data.length >= b.data.length ? [a, b] : [b, a];
  const each = large.data.length / small.data.length;
  const data = Float32Array.from(large.data, (value, i) => value * small.data[Math.floor(i / each)]!);
  return { data, shape: large.shape };
}

function refused(what: string, received: string, where: string): OstinatoError {
  const expected = 'a record from class to weight ≥ 0, e.g. { 0: 1, 1: 4.5 }';
  return new OstinatoError('class-weight', { where, what, expected, received });
}
