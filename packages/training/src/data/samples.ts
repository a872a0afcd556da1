/** Inputs, targets and weights that belong together, sample by sample. */
import { OstinatoError, show, showShape } from '@ostinato/core';
import { type ArrayInput, type HostArray, toHostArray } from './host-array.js';

/** Inputs along the first axis. */
export interface Inputs {
  readonly x: HostArray;
  /** Of a batch: which samples of the whole these are, where they do not come in order. */
  readonly rows?: Int32Array;
  /** Of a batch: stateful layers forget what they kept before it. */
  readonly resetStates?: boolean;
}

/** Samples along the first axis; all three of one length. */
export interface Samples extends Inputs {
  readonly y: HostArray;
  readonly weights?: HostArray;
}

/**
 * Brings inputs, targets and weights into one form.
 *
 * Throws   what `toHostArray` throws; `input-length`; `sample-weight-value`
 */
export async function toSamples(
  x: ArrayInput,
  y: ArrayInput,
  weights: ArrayInput | undefined,
  where: string,
): Promise<Samples> {
  const inputs = await toHostArray(x, 'x', where);
  const targets = await toHostArray(y, 'y', where);
  checkLength(inputs, targets, 'y', where);
  if (weights === undefined) return { x: inputs, y: targets };
  const sampleWeight = await toHostArray(weights, 'sampleWeight', where);
  checkLength(inputs, sampleWeight, 'sampleWeight', where);
  checkWeights(sampleWeight, where);
  return { x: inputs, y: targets, weights: toFloats(sampleWeight) };
}

export function countSamples({ x }: Inputs): number {
  return x.shape[0]!;
}

/**
 * Training samples and the last part for validation, as Keras takes it: before any shuffling.
 *
 * Memory   both are views of the same arrays
 * Throws   `validation-split` when it is not a part, or leaves nothing on one side
 */
export function splitValidation(
  samples: Samples,
  part: number,
  where: string,
): { train: Samples; validation: Samples } {
  const count = countSamples(samples);
  const at = Math.floor(count * (1 - part));
  if (typeof part !== 'number' || !(part > 0 && part < 1) || at === 0 || at === count) {
    throw new OstinatoError('validation-split', {
      where,
      what: '`validationSplit` does not leave samples on both sides',
      expected: `a part between 0 and 1 of ${count} samples`,
      received: show(part),
    });
  }
  return { train: rows(samples, 0, at), validation: rows(samples, at, count) };
}

function rows(samples: Samples, start: number, end: number): Samples {
  const { x, y, weights } = samples;
  const part = { x: sliceRows(x, start, end), y: sliceRows(y, start, end) };
  return weights ? { ...part, weights: sliceRows(weights, start, end) } : part;
}

function sliceRows({ data, shape }: HostArray, start: number, end: number): HostArray {
  const size = data.length / shape[0]!;
  return { data: data.subarray(start * size, end * size), shape: [end - start, ...shape.slice(1)] };
}

function toFloats({ data, shape }: HostArray): HostArray {
  return { data: data instanceof Float32Array ? data : Float32Array.from(data), shape };
}

function checkLength(x: HostArray, other: HostArray, name: string, where: string): void {
  if (x.shape[0] === other.shape[0]) return;
  throw new OstinatoError('input-length', {
    where,
    what: `\`x\` and \`${name}\` have different numbers of samples`,
    expected: `${x.shape[0]} as in x ${showShape(x.shape)}`,
    received: `${name} ${showShape(other.shape)}`,
  });
}

function checkWeights({ data, shape }: HostArray, where: string): void {
  const at = data.findIndex((value) => !(value >= 0 && value < Number.POSITIVE_INFINITY));
  if (at < 0) return;
  throw new OstinatoError('sample-weight-value', {
    where,
    what: `\`sampleWeight\` holds a value in row ${Math.floor(at / (data.length / shape[0]!))} that is no weight`,
    expected: 'finite numbers ≥ 0',
    received: show(data[at]),
  });
}
