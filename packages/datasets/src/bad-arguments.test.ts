/** What a caller without types may pass: every refusal is an error of ours, with its code. */
import { isOstinatoError } from '@ostinato/core';
import { zipSync } from 'fflate';
import { expect, it } from 'vitest';
import { addingProblem } from './adding-problem.js';
import { bucketByLength } from './bucket-by-length.js';
import { copyTask } from './copy-task.js';
import { decodeReview } from './decode-review.js';
import { encodeText } from './encode-text.js';
import { getWordIndex } from './get-word-index.js';
import { loadImdb, loadImdbSequences } from './load-imdb.js';
import { readNpy } from './npy.js';
import { openNpz } from './npz.js';
import { padSequences } from './pad-sequences.js';
import { sampleCorpus, sampleCorpusSequences, sampleTexts } from './sample-corpus.js';
import { tokenize } from './tokenize.js';
import { countWords } from './word-index.js';

const flat = (...offsets: number[]) => ({ data: Int32Array.of(1, 2, 3), offsets: Int32Array.from(offsets) });
const none = null as never;
const index = countWords([['film']]);
const npz = zipSync({ 'a.npy': new Uint8Array(8) });

const refusals: readonly [code: string, call: string, run: () => unknown][] = [
  ['config-type', 'loadImdb(null)', () => loadImdb(none)],
  ['config-type', 'loadImdbSequences(null)', () => loadImdbSequences(none)],
  ['config-bytes', "loadImdb({ bytes: '' })", () => loadImdb({ bytes: '' as never })],
  ['config-type', 'getWordIndex(null)', () => getWordIndex(none)],
  ['config-bytes', "getWordIndex({ bytes: 'x' })", () => getWordIndex({ bytes: 'x' as never })],
  ['config-bytes', 'readNpy(null)', () => readNpy(none)],
  ['config-bytes', 'readNpy(ArrayBuffer)', () => readNpy(new ArrayBuffer(8) as never)],
  ['config-bytes', 'openNpz(null)', () => openNpz(none)],
  ['config-bytes', "openNpz('imdb.npz')", () => openNpz('imdb.npz' as never)],
  ['config-type', 'openNpz(npz, null)', () => openNpz(npz, none)],
  ['config-unknown', 'openNpz(npz, { maxByte })', () => openNpz(npz, { maxByte: 9 } as never)],
  ['config-max-bytes', "openNpz(npz, { maxBytes: '9' })", () => openNpz(npz, { maxBytes: '9' as never })],
  ['config-text', 'tokenize(null)', () => tokenize(none)],
  ['config-text', 'encodeText(null, index)', () => encodeText(none, index)],
  ['config-index', "encodeText('film', null)", () => encodeText('film', none)],
  ['config-index', 'encodeText, a promise', () => encodeText('film', Promise.resolve(index) as never)],
  ['config-type', "encodeText('film', index, null)", () => encodeText('film', index, none)],
  ['config-ids', 'decodeReview(null, index)', () => decodeReview(none, index)],
  ['config-ids', "decodeReview('film', index)", () => decodeReview('film' as never, index)],
  ['config-index', 'decodeReview([4], null)', () => decodeReview([4], none)],
  ['config-type', 'decodeReview([4], index, null)', () => decodeReview([4], index, none)],
  ['config-type', 'padSequences([[1]], null)', () => padSequences([[1]], none)],
  ['config-type', 'sampleCorpus(null)', () => sampleCorpus(none)],
  ['config-type', 'sampleCorpusSequences(null)', () => sampleCorpusSequences(none)],
  ['config-type', 'sampleTexts(null)', () => sampleTexts(none)],
  ['config-type', 'addingProblem(null)', () => addingProblem(none)],
  ['config-unknown', 'addingProblem({ step })', () => addingProblem({ step: 9 } as never)],
  ['config-steps', 'addingProblem({ steps: 1 })', () => addingProblem({ steps: 1 })],
  ['config-steps', "addingProblem({ steps: '9' })", () => addingProblem({ steps: '9' as never })],
  ['config-train', 'addingProblem({ train: 0 })', () => addingProblem({ train: 0 })],
  ['config-test', 'addingProblem({ test: 1.5 })', () => addingProblem({ test: 1.5 })],
  ['rng-seed', 'addingProblem({ seed: -1 })', () => addingProblem({ seed: -1 })],
  ['config-type', 'bucketByLength({ x }, null)', () => bucketByLength({ x: [[1]] }, none)],
  [
    'config-unknown',
    'bucketByLength, batchsize',
    () => bucketByLength({ x: [[1]] }, { batchsize: 2 } as never),
  ],
  ['config-batch-size', 'bucketByLength, 0', () => bucketByLength({ x: [[1]] }, { batchSize: 0 })],
  ['config-max-len', 'bucketByLength, half', () => bucketByLength({ x: [[1]] }, { maxLen: 0.5 })],
  [
    'config-padding',
    'bucketByLength, left',
    () => bucketByLength({ x: [[1]] }, { padding: 'left' as never }),
  ],
  ['config-truncating', 'bucketByLength, 1', () => bucketByLength({ x: [[1]] }, { truncating: 1 as never })],
  ['config-noise', 'bucketByLength, 2', () => bucketByLength({ x: [[1]] }, { noise: 2 })],
  ['rng-seed', 'bucketByLength, -1', () => bucketByLength({ x: [[1]] }, { seed: -1 })],
  ['sequences-ragged', 'bucketByLength(null)', () => bucketByLength(none)],
  ['sequences-ragged', 'bucketByLength(rows)', () => bucketByLength([[1]] as never)],
  ['sequences-empty', 'bucketByLength, none', () => bucketByLength({ x: [] })],
  ['sequences-ragged', 'bucketByLength, a word', () => bucketByLength({ x: [['a']] as never })],
  ['sequences-ragged', 'bucketByLength, rows beyond the data', () => bucketByLength({ x: flat(0, 2, 4) })],
  ['sequences-ragged', 'bucketByLength, rows that fall', () => bucketByLength({ x: flat(0, 2, 1, 3) })],
  ['config-epoch', 'bucketByLength, epoch NaN', () => [...bucketByLength({ x: [[1]] }).epoch(Number.NaN)]],
  ['sequences-value', 'bucketByLength, half an id', () => bucketByLength({ x: [[0.5]] })],
  ['sequences-length', 'bucketByLength, y', () => bucketByLength({ x: [[1]], y: [1] as never })],
  [
    'sequences-length',
    'bucketByLength, two targets',
    () => bucketByLength({ x: [[1]], y: { data: new Float32Array(2), shape: [2] } }),
  ],
  ['config-type', 'copyTask(null)', () => copyTask(none)],
  ['config-unknown', 'copyTask({ delay })', () => copyTask({ delay: 9 } as never)],
  ['config-steps', 'copyTask({ steps: 0 })', () => copyTask({ steps: 0 })],
  ['config-length', 'copyTask({ length: -1 })', () => copyTask({ length: -1 })],
  ['config-symbols', 'copyTask({ symbols: 0 })', () => copyTask({ symbols: 0 })],
  ['rng-seed', 'copyTask({ seed: NaN })', () => copyTask({ seed: Number.NaN })],
];

it.each(refusals)('%s: %s', async (code, _, run) => {
  const error = await (async () => run())().catch((thrown: unknown) => thrown);
  expect(isOstinatoError(error, code), String(error)).toBe(true);
});

it('takes bytes of another realm, as a test runner’s sandbox gives them', async () => {
  const { runInNewContext } = await import('node:vm');
  const foreign = runInNewContext('Uint8Array.from(bytes)', { bytes: [...npz] }) as Uint8Array;
  expect(foreign instanceof Uint8Array).toBe(false);
  expect(openNpz(foreign).names).toEqual(['a']);
});
