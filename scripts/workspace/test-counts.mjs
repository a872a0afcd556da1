// The line `N passed, N failed` that ends a test run, and reading it back.

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */

/** @param {Counts} counts */
export function countsLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

/** The counts in the last such line of a text, or undefined. @param {string} text @returns {Counts | undefined} */
export function findCounts(text) {
  const found = [...text.matchAll(/^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$/gm)].at(-1);
  return found && { passed: Number(found[1]), failed: Number(found[2]), skipped: Number(found[3] ?? 0) };
}

/**
 * What a run amounts to: one that ended badly without a failed test, or without any report, is one failure.
 *
 * @param {Counts | undefined} reported
 * @param {number} exitCode
 * @returns {Counts}
 */
export function settleCounts(reported, exitCode) {
  const counts = reported ?? { passed: 0, failed: 0, skipped: 0 };
  return exitCode !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}
