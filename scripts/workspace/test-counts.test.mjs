import { describe, expect, it } from 'vitest';
import { countModules } from './counts-reporter.mjs';
import { countsLine, findCounts, settleCounts } from './test-counts.mjs';

/** What the reporter reads of a test file. @param {string} state @param {string[]} tests @returns {any} */
const file = (state, ...tests) => ({
  state: () => state,
  children: { allTests: () => tests.map((test) => ({ result: () => ({ state: test }) })) },
});

describe('counts of a test run', () => {
  it('add up tests over files and each kind of skip', () => {
    const modules = [
      file('passed', 'passed', 'skipped', 'pending'),
      file('failed', 'passed', 'failed', 'failed'),
    ];
    expect(countModules(modules)).toEqual({ passed: 2, failed: 2, skipped: 2 });
  });

  it('take a file that does not load for a failure', () => {
    expect(countModules([file('failed'), file('passed', 'passed')])).toEqual({
      passed: 1,
      failed: 1,
      skipped: 0,
    });
  });

  it('never report success for a run that ended badly, not even without a report', () => {
    expect(settleCounts(undefined, 1)).toEqual({ passed: 0, failed: 1, skipped: 0 });
    expect(settleCounts({ passed: 5, failed: 0, skipped: 0 }, 1).failed).toBe(1);
    expect(settleCounts({ passed: 5, failed: 2, skipped: 0 }, 1).failed).toBe(2);
    expect(settleCounts({ passed: 5, failed: 0, skipped: 0 }, 0).failed).toBe(0);
  });

  it('are written and read as the same line, the last one in a text', () => {
    expect(countsLine({ passed: 3, failed: 0, skipped: 0 })).toBe('3 passed, 0 failed');
    const line = countsLine({ passed: 12, failed: 1, skipped: 2 });
    expect(line).toBe('12 passed, 1 failed, 2 skipped');
    expect(findCounts(`1 passed, 0 failed\nnoise\n${line}\n`)).toEqual({ passed: 12, failed: 1, skipped: 2 });
    expect(findCounts('about 12 passed, 1 failed or so')).toBeUndefined();
  });
});
