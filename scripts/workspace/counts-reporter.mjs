// A Vitest reporter that writes the counts of a run to the file named by OSTINATO_TEST_COUNTS, and prints nothing.
import { writeFileSync } from 'node:fs';

/** @typedef {import('vitest/node').TestModule} TestModule */

export default class CountsReporter {
  /** @param {readonly TestModule[]} modules */
  onTestRunEnd(modules) {
    const file = process.env.OSTINATO_TEST_COUNTS;
    if (file !== undefined) writeFileSync(file, JSON.stringify(countModules(modules)));
  }
}

/** @param {readonly TestModule[]} modules @returns {import('./test-counts.mjs').Counts} */
export function countModules(modules) {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const module of modules) {
    const states = [...module.children.allTests()].map((test) => test.result().state);
    const failed = states.filter((state) => state === 'failed').length;
    counts.passed += states.filter((state) => state === 'passed').length;
    counts.skipped += states.filter((state) => state === 'skipped' || state === 'pending').length;
    // A file that did not load, or whose hooks failed, has no failed test of its own.
    counts.failed += failed === 0 && module.state() === 'failed' ? 1 : failed;
  }
  return counts;
}
