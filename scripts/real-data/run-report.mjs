// What the JSON report of a training run must hold (`--json FILE`), field by field. The fields are a promise to programs.

/** @typedef {{ sha256: string, reviews: number, seed: number, params: number }} Wanted */

const finite = (/** @type {unknown} */ value) => typeof value === 'number' && Number.isFinite(value);
const positive = (/** @type {unknown} */ value) => finite(value) && /** @type {number} */ (value) > 0;
const share = (/** @type {unknown} */ value) =>
  finite(value) && /** @type {number} */ (value) >= 0 && /** @type {number} */ (value) <= 1;
const text = (/** @type {unknown} */ value) => typeof value === 'string' && value.length > 0;
const digest = (/** @type {unknown} */ value) => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
const count = (/** @type {unknown} */ value) => Number.isInteger(value) && /** @type {number} */ (value) > 0;

/** @type {[path: string, expected: string, holds: (value: unknown, wanted: Wanted) => boolean][]} */
const fields = [
  ['data.name', 'a name', text],
  ['data.sha256', "the file's own digest", (value, wanted) => value === wanted.sha256],
  ['data.train', 'the number of training reviews', (value, wanted) => value === wanted.reviews],
  ['data.test', 'the number of test reviews', (value, wanted) => value === wanted.reviews],
  ['model', 'a name', text],
  ['params', 'the number of parameters', (value, wanted) => value === wanted.params],
  ['seed', 'the seed that was given', (value, wanted) => value === wanted.seed],
  ['backend', 'a name', text],
  ['threads', 'a positive integer', count],
  [
    'kernels',
    "'fused' or 'reference', with the reason",
    (value) => /fused|reference/.test(JSON.stringify(value ?? '')),
  ],
  ['epochs.length', '1', (value) => value === 1],
  ['epochs.0.epoch', '1', (value) => value === 1],
  ['epochs.0.seconds', 'a positive number', positive],
  ['epochs.0.loss', 'a finite number', positive],
  ['epochs.0.accuracy', 'a number in [0, 1]', share],
  ['epochs.0.valLoss', 'a finite number', positive],
  ['epochs.0.valAccuracy', 'a number in [0, 1]', share],
  ['test.loss', 'a finite number', positive],
  ['test.accuracy', 'a number in [0, 1]', share],
  ['seconds.load', 'a positive number', positive],
  ['seconds.train', 'a positive number', positive],
  ['seconds.evaluate', 'a positive number', positive],
  ['seconds.total', 'a positive number', positive],
  ['peakRssMB', 'at most 900', (value) => positive(value) && /** @type {number} */ (value) <= 900],
  ['weightsSha256', '64 hexadecimal digits', digest],
];

/**
 * @param {any} report  the parsed JSON, or undefined when there is none
 * @param {Wanted} wanted
 * @returns {string[]} one sentence a field that is missing or wrong
 */
export function runReportProblems(report, wanted) {
  if (report === undefined) return ['there is no report'];
  return fields.flatMap(([path, expected, holds]) => {
    const value = path.split('.').reduce((object, key) => object?.[key], report);
    return holds(value, wanted) ? [] : [`${path}: expected ${expected}; received ${JSON.stringify(value)}`];
  });
}
