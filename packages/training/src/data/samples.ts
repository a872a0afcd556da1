/** Inputs, targets and weights that belong together, sample by sample. */
import { OstinatoError, show, showShape } from '@ostinato/core';
import type { ClassWeight } from './class-weights.js';
import type { HostArray } from './host-array.js';
import { type DataPlaces, type ModelData, recordOf, toHostArrays } from './named-arrays.js';

/** Inputs along the first axis, one array for each input of the model. */
export interface Inputs {
  readonly x: readonly HostArray[];
  /** Of a batch: which samples of the whole these are, where they do not come in order. */
  readonly rows?: Int32Array;
  /** Of a batch: stateful layers forget what they kept before it. */
  readonly resetStates?: boolean;
}

/** Samples along the first axis; all arrays of one length. */
export interface Samples extends Inputs {
  /** One for each output; null where none is needed. */
  readonly y: readonly (HostArray | null)[];
  /** One for each output; null where each sample counts alike. */
  readonly weights: readonly (HostArray | null)[];
}

/** Data as users give them. */
export interface GivenSamples {
  readonly x: ModelData;
  readonly y: ModelData;
  readonly sampleWeight?: ModelData | undefined;
  readonly classWeight?: ClassWeight | undefined;
}

/**
 * Brings inputs into one form.
 *
 * Throws   what `toHostArrays` throws; `input-length`
 */
export async function toInputs(x: ModelData, names: readonly string[], where: string): Promise<Inputs> {
  const inputs = (await toHostArrays(x, { names }, 'x', where)) as HostArray[];
  inputs.forEach((other, i) => {
    if (i > 0) checkLength(inputs[0]!, other, `x.${names[i]}`, where);
  });
  return { x: inputs };
}

/**
 * Brings targets and weights into the form of the inputs.
 *
 * Throws   what `toHostArrays` throws; `input-length`; `sample-weight-value`
 */
export async function toSamples(
  inputs: Inputs,
  { y, sampleWeight }: Omit<GivenSamples, 'x'>,
  outputs: DataPlaces,
  where: string,
): Promise<Samples> {
  const first = inputs.x[0]!;
  const targets = await toHostArrays(y, outputs, 'y', where);
  for (const array of targets) if (array) checkLength(first, array, 'y', where);
  const weights = await weightsOf(sampleWeight, outputs, where);
  for (const array of weights) if (array) checkLength(first, array, 'sampleWeight', where);
  return { y: targets, weights, ...inputs };
}

/** Weights of each output; one array for several outputs counts for all of them. */
async function weightsOf(
  given: ModelData | undefined,
  { names }: DataPlaces,
  where: string,
): Promise<(HostArray | null)[]> {
  if (given === undefined) return names.map(() => null);
  const several = names.length > 1 && (Array.isArray(given) || recordOf(given) !== undefined);
  const places = several ? names : ['all'];
  const needed = places.map(() => !several);
  const arrays = await toHostArrays(given, { names: places, needed }, 'sampleWeight', where);
  const floats = arrays.map((array) => {
    if (array) checkWeights(array, where);
    return array && withoutLastOne(toFloats(array));
  });
  return several ? floats : names.map(() => floats[0]!);
}

/** Weights in a column are those of a list. */
function withoutLastOne({ data, shape }: HostArray): HostArray {
  return { data, shape: shape.length > 1 && shape.at(-1) === 1 ? shape.slice(0, -1) : shape };
}

export function countSamples({ x }: Inputs): number {
  return x[0]!.shape[0]!;
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

function rows({ x, y, weights }: Samples, start: number, end: number): Samples {
  const cut = (array: HostArray | null): HostArray | null => array && sliceRows(array, start, end);
  return { x: x.map((array) => sliceRows(array, start, end)), y: y.map(cut), weights: weights.map(cut) };
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
