/** Options of MultiHeadAttention: defaults of Keras 3, and their checks. */
import {
  checkAxes,
  checkBoolean,
  checkFields,
  checkOptions,
  checkSize,
  defined,
  type LayerOptions,
  OstinatoError,
  show,
} from '@ostinato/core';
import { ATTEND_DEFAULTS, type AttendOptions, checkAttendOptions } from './attend.js';
import { fillWeightOptions, type WeightOptions } from './cell-options.js';

export interface MultiHeadAttentionOptions extends AttendOptions, WeightOptions {
  readonly numHeads: number;
  /** Size of a head's queries and keys. */
  readonly keyDim: number;
  /** Size of a head's values. Default `keyDim`. */
  readonly valueDim?: number | null;
  /** Whether the projections have biases. Default true. */
  readonly useBias?: boolean;
  /** Size of the output, or its sizes behind the steps. Default: the features of the query. */
  readonly outputShape?: number | readonly number[] | null;
  /** Axes attended over; negative ones count from the end. Default: all between the batch and the features. */
  readonly attentionAxes?: number | readonly number[] | null;
  /** A step looks at sources less than this many steps away. Default: at all. */
  readonly slidingWindow?: number | null;
  /** true: a sigmoid of the query is multiplied to what the heads found (arXiv:2505.06708). Default false. */
  readonly useGate?: boolean;
}

/** Every default filled in, lists as lists. */
export type FullMultiHeadOptions = Required<
  Omit<MultiHeadAttentionOptions, keyof LayerOptions | 'valueDim' | 'outputShape' | 'attentionAxes'>
> & {
  readonly valueDim: number;
  readonly outputShape: readonly number[] | null;
  readonly attentionAxes: readonly number[] | null;
};

const DEFAULTS = {
  valueDim: null,
  useBias: true,
  outputShape: null,
  attentionAxes: null,
  slidingWindow: null,
  useGate: false,
  ...ATTEND_DEFAULTS,
} as const;

/** Throws `config-type`, `config-unknown`, and `config-<option>` for each value that an option cannot have. */
export function fillMultiHeadOptions(
  where: string,
  options: MultiHeadAttentionOptions,
): FullMultiHeadOptions {
  checkOptions(where, options);
  const { name: _name, trainable: _trainable, ...own } = options;
  checkFields(where, own, ['numHeads', 'keyDim', ...Object.keys(fillWeightOptions(DEFAULTS))]);
  const given = fillWeightOptions({ ...DEFAULTS, ...defined(own) });
  const full = {
    ...given,
    valueDim: given.valueDim ?? given.keyDim,
    outputShape: listOf(given.outputShape),
    attentionAxes: listOf(given.attentionAxes),
  };
  for (const name of ['numHeads', 'keyDim', 'valueDim'] as const) checkSize(where, name, full[name]);
  if (full.slidingWindow !== null) checkSize(where, 'slidingWindow', full.slidingWindow);
  if (full.attentionAxes !== null) checkAxes(where, 'attentionAxes', full.attentionAxes);
  checkBoolean(where, 'useBias', full.useBias);
  checkBoolean(where, 'useGate', full.useGate);
  checkAttendOptions(where, full);
  checkOutputShape(where, full.outputShape);
  return full;
}

function listOf(value: number | readonly number[] | null): readonly number[] | null {
  return typeof value === 'number' ? [value] : value;
}

function checkOutputShape(where: string, shape: unknown): void {
  const isSize = (size: unknown): boolean => Number.isSafeInteger(size) && (size as number) >= 1;
  if (shape === null || (Array.isArray(shape) && shape.length > 0 && shape.every(isSize))) return;
  throw new OstinatoError('config-output-shape', {
    where,
    what: '`outputShape` is not a size or a list of sizes',
    expected: 'a positive integer, or a list of them, or null for the features of the query',
    received: show(shape),
  });
}
