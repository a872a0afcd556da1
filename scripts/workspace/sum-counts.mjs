// Adds up the `N passed, N failed` lines of several logs. A log without one counts as a failure.
import { readFileSync } from 'node:fs';
import { countsLine, findCounts } from './test-counts.mjs';

const total = { passed: 0, failed: 0, skipped: 0 };
for (const file of process.argv.slice(2)) {
  const counts = findCounts(readFileSync(file, 'utf8')) ?? { passed: 0, failed: 1, skipped: 0 };
  total.passed += counts.passed;
  total.failed += counts.failed;
  total.skipped += counts.skipped;
}
console.log(countsLine(total));
process.exitCode = total.failed > 0 ? 1 : 0;
