// What is trained, everywhere alike: the recipe of the IMDB program, on as much of the data as is asked for.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { root } from '../workspace/layout.mjs';

/**
 * @typedef {{ epochs: number, maxLen: number, numWords: number, embedding: number, units: number, batchSize: number, validationSplit: number, seed: number }} Settings
 * @typedef {'simple-rnn' | 'lstm' | 'gru'} Model
 * @typedef {{ model: Model, threads: number, settings: Settings }} Job
 */

/** The program's defaults, but for the lengths. @type {Settings} */
const recipe = {
  epochs: 2,
  maxLen: 500,
  numWords: 10_000,
  embedding: 32,
  units: 32,
  batchSize: 64,
  validationSplit: 0.2,
  seed: 7,
};

/** @param {boolean} full  whole reviews and two epochs, as the program has it; else short ones and one @returns {Settings} */
export const settingsFor = (full) => (full ? recipe : { ...recipe, epochs: 1, maxLen: 80 });

/** The data file: OSTINATO_IMDB, or the shared one where it stands, else none: the sample. @returns {string | undefined} */
export function dataFile() {
  const shared = resolve(root, '../shared/data/imdb.npz');
  return process.env.OSTINATO_IMDB ?? (existsSync(shared) ? shared : undefined);
}
