import { expect, it } from 'vitest';
import { runReportProblems } from './run-report.mjs';

const sha256 = 'a'.repeat(64);
const wanted = { sha256, reviews: 25_000, seed: 1, params: 322_113 };

/** A report as the program writes it; each test spoils one field. */
const report = () => ({
  data: { name: 'imdb', sha256, train: 25_000, test: 25_000 },
  model: 'simple-rnn',
  params: 322_113,
  seed: 1,
  backend: 'wasm',
  threads: 1,
  kernels: 'fused',
  epochs: [{ epoch: 1, seconds: 8.1, loss: 0.6, accuracy: 0.66, valLoss: 0.5, valAccuracy: 0.77 }],
  test: { loss: 0.5, accuracy: 0.76 },
  seconds: { load: 2.1, train: 8.1, evaluate: 1.9, total: 12.4 },
  peakRssMB: 640,
  weightsSha256: 'b'.repeat(64),
});

it('accepts a whole report', () => {
  expect(runReportProblems(report(), wanted)).toEqual([]);
});

it('names each field that is missing or wrong', () => {
  const spoilt = { ...report(), params: 322_112, test: { loss: null, accuracy: 0.76 }, peakRssMB: 901 };
  expect(runReportProblems(spoilt, wanted)).toEqual([
    'params: expected the number of parameters; received 322112',
    'test.loss: expected a finite number; received null',
    'peakRssMB: expected at most 900; received 901',
  ]);
  const { data: _, ...without } = report();
  expect(runReportProblems(without, wanted)[0]).toBe('data.name: expected a name; received undefined');
});

it('does not take another file for the one that was given', () => {
  expect(runReportProblems(report(), { ...wanted, sha256: 'c'.repeat(64) })).toHaveLength(1);
});
