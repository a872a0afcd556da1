// What TensorBoard shows against what it should show.

/** @typedef {import('./write-events.mjs').Shown} Shown */

/**
 * Problems in words; none when every run, tag, step and number is there and no other. Numbers that JSON lacks are
 * words. Edges of buckets may differ by a rounding.
 *
 * @param {Record<string, any>} expected @param {Record<string, any>} actual
 */
export function differences(expected, actual) {
  return compare(expected, actual, '');
}

/** @param {unknown} expected @param {unknown} actual @param {string} path @returns {string[]} */
function compare(expected, actual, path) {
  if (typeof expected === 'number' && typeof actual === 'number') {
    const near = Math.abs(expected - actual) <= 1e-12 * Math.max(1, Math.abs(expected));
    return near || Object.is(expected, actual) ? [] : [`${path}: ${actual} in place of ${expected}`];
  }
  if (!isRecord(expected) || !isRecord(actual)) {
    return expected === actual
      ? []
      : [`${path}: ${JSON.stringify(actual)} in place of ${JSON.stringify(expected)}`];
  }
  const missing = Object.keys(expected).filter((key) => !(key in actual));
  const extra = Object.keys(actual).filter((key) => !(key in expected));
  return [
    ...missing.map((key) => `${path}/${key} is missing`),
    ...extra.map((key) => `${path}/${key} is too much`),
    ...Object.keys(expected).flatMap((key) =>
      key in actual ? compare(expected[key], actual[key], `${path}/${key}`) : [],
    ),
  ];
}

/** @param {unknown} value @returns {value is Record<string, unknown>} */
function isRecord(value) {
  return typeof value === 'object' && value !== null;
}
