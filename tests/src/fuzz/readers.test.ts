// Ten thousand damaged files: whatever is read, only errors of ours come out, in bounded time and memory.
// `node scripts/fuzz.mjs --mutations 1000000` does the same for longer.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { casesOf, feed, fileOf } from './target.js';
import { allTargets } from './targets.js';

const targets = await allTargets();
const RUNS = Math.ceil(10_000 / targets.length);

test.each(targets.map((target) => [target.name, target] as const))(
  '%s reads its own files',
  async (_, target) => {
    for (const seed of target.seeds) await expect(Promise.resolve(target.read(seed))).resolves.not.toThrow();
  },
);

describe(`${RUNS} damaged files each`, () => {
  test.each(targets.map((target) => [target.name, target] as const))(
    '%s',
    { timeout: 120_000 },
    async (_, target) => {
      const property = fc.asyncProperty(casesOf(target), (one) => feed(target, fileOf(target, one)));
      await fc.assert(property, { numRuns: RUNS, seed: 20_261 });
    },
  );
});
