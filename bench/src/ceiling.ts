/** The f32x4 multiply-add ceiling of this machine, in this engine, now. */
import { readFile } from 'node:fs/promises';
import { fastest } from './measure.js';

const ROUNDS = 200_000;
/**
 * Half a second or more: on an EPYC of Zen 4 the loop runs at 47 or at 59 GFLOP/s for many milliseconds on end, and which of them is chance. Readings
 * before this (40 runs) may be too low by a fifth.
 */
const RUNS = 2000;
const FLOP = ROUNDS * 12 * 4 * 2;

/**
 * GFLOP/s of a loop that only multiplies and adds in registers: what no kernel of plain SIMD128 can pass.
 *
 * Throws   Error when the loop computed something else than it should
 */
export async function measureCeiling(): Promise<number> {
  const { instance } = await WebAssembly.instantiate(
    await readFile(new URL('ceiling.wasm', import.meta.url)),
  );
  const loop = instance.exports.multiplyAddLoop as (rounds: number, factor: number, term: number) => number;
  const limit = loop(1000, 0.5, 1); // each chain goes to term / (1 − factor)
  if (limit !== 24) throw new Error(`The ceiling's loop gave ${limit} instead of 24`);
  const millis = fastest(RUNS, () => loop(ROUNDS, 0.5, 1));
  return FLOP / millis / 1e6;
}
