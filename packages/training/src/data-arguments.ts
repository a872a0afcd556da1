/** Arrays or batches: the two ways in which `fit`, `evaluate` and `predict` are called. */
import { OstinatoError } from '@ostinato/core';
import { type Batches, type InputBatch, isBatches } from './data/batches.js';
import type { ModelData } from './data/named-arrays.js';

/** Options of arrays that batches have settled already, and what to do instead. */
const OF_ARRAYS: Readonly<Record<string, string>> = {
  batchSize: 'Leave it out',
  shuffle: 'Leave it out; `epoch(index)` of the batches may give each epoch an order of its own',
  validationSplit: 'Leave it out, and give other samples as `validationData`',
  sampleWeight: 'Put it into each batch: { x, y, sampleWeight }',
};

/** What a method was given, told apart. */
export type DataArguments<Options> =
  | { readonly batches: Batches<InputBatch>; readonly options: Options }
  | {
      readonly batches?: undefined;
      readonly x: ModelData;
      readonly y: ModelData;
      readonly options: Options;
    };

/**
 * `(x, y, options)` or `(batches, options)`.
 *
 * Throws   `batches-targets` when there are targets beside batches
 */
export function dataArguments<Options extends object>(
  where: string,
  x: ModelData | Batches<InputBatch>,
  second: ModelData | Options | undefined,
  third: Options | undefined,
): DataArguments<Options> {
  if (!isBatches(x))
    return { x, y: second as ModelData, options: third === undefined ? ({} as Options) : third };
  const beside = second !== undefined && third !== undefined;
  if (beside || isData(second)) {
    throw new OstinatoError('batches-targets', {
      where,
      what: 'There is an argument between batches and options',
      expected: '(batches, options)',
      fix: 'Put targets into the batches: { x, y }',
    });
  }
  const given = second === undefined ? third : second;
  return { batches: x, options: given === undefined ? ({} as Options) : (given as Options) };
}

/** Throws `batches-option` for an option that says how to cut, order or weigh arrays. */
export function refuseArrayOptions(where: string, options: object): void {
  for (const [name, fix] of Object.entries(OF_ARRAYS)) {
    if ((options as Record<string, unknown>)[name] === undefined) continue;
    throw new OstinatoError('batches-option', {
      where,
      what: `\`${name}\` does not apply to batches, which are cut, ordered and weighted already`,
      fix,
    });
  }
}

/** Targets, which nobody would give as options. */
function isData(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Array.isArray(value) || ArrayBuffer.isView(value) || 'data' in value || 'dataId' in value;
}
