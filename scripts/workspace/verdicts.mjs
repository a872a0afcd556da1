// The findings of a checking script: one line each as they come, and the line `N passed, N failed` at the end.
import { countsLine } from './test-counts.mjs';

/** @returns what a script reports its findings to */
export function collectVerdicts() {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  return {
    /** @param {string} what @param {readonly string[]} problems  none when it holds */
    report(what, problems) {
      counts[problems.length > 0 ? 'failed' : 'passed'] += 1;
      console.log(`  ${problems.length > 0 ? 'FAILED' : 'ok    '} ${what}`);
      const lines = problems.flatMap((problem) => problem.split('\n'));
      for (const line of lines.slice(0, 60)) console.log(`           ${line}`);
      if (lines.length > 60) console.log(`           … and ${lines.length - 60} more lines`);
    },

    /** Prints the counts and sets the exit code. */
    finish() {
      console.log(countsLine(counts));
      process.exitCode = counts.failed > 0 ? 1 : 0;
    },
  };
}
