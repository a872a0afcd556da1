/** What the code of a model returned, checked: it may be different at each call. */
import { OstinatoError, show, showShape } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import type { CodeOutputs } from './code-context.js';

export interface OutputsSoFar {
  /** Of the model, for errors. */
  readonly where: string;
  /** Samples in the batch: each output has as many rows. */
  readonly rows: number;
  /** Names of the outputs when the code ran first; null then. */
  readonly names: readonly string[] | null;
}

/** The outputs by their names, in the order in which the code first gave them. Throws `code-output`. */
export function namedOutputs(returned: CodeOutputs, so: OutputsSoFar): ReadonlyMap<string, tf.Tensor> {
  const record = returned instanceof tf.Tensor ? { output: returned } : returned;
  const entries: [string, tf.Tensor][] = Array.isArray(record)
    ? record.map((output, i) => [i === 0 ? 'output' : `output_${i}`, output])
    : Object.entries(record ?? {});
  if (entries.length === 0 || entries.some(([, output]) => !(output instanceof tf.Tensor))) {
    const expected = 'a tensor, a list of tensors, or a record of tensors by name';
    throw refused(so, 'call() returned something else than tensors', expected, show(returned));
  }
  const given = new Map(entries);
  const names = so.names ?? [...given.keys()];
  if (names.length !== given.size || !names.every((name) => given.has(name))) {
    const received = [...given.keys()].join(', ');
    throw refused(so, 'call() returned other outputs than when it ran first', names.join(', '), received);
  }
  for (const [name, output] of given) checkRows(name, output, so);
  return new Map(names.map((name) => [name, given.get(name)!]));
}

function checkRows(name: string, output: tf.Tensor, so: OutputsSoFar): void {
  if (output.isDisposed) throw refused(so, `The output '${name}' of call() has been disposed`);
  if (output.shape[0] === so.rows) return;
  const what = `The output '${name}' of call() has not a row for each sample`;
  throw refused(so, what, `[${so.rows}, …]`, showShape(output.shape));
}

function refused({ where }: OutputsSoFar, what: string, expected?: string, received?: string): OstinatoError {
  const details = { where, what, ...(expected === undefined ? {} : { expected }) };
  return new OstinatoError('code-output', received === undefined ? details : { ...details, received });
}
