import { expect, it } from 'vitest';
import { withoutAssemblyScript } from './boundary-issues.mjs';

const wrapped = `Checking packages...
  x failed to parse file /repository/packages/kernels/assembly/
  | exponential.ts: parser panicked

  x failed to parse file /repository/packages/kernels/assembly/pack-
  | panels.ts: parser panicked
`;
const broken = '  x failed to parse file /repository/packages/core/src/rng.ts: parser panicked\n';
const forbidden =
  '  x Package `@ostinato/kernels` found with tag listed in denylist for\n  | `@ostinato/layers`: `leaf`\n';

it('leaves out the syntax of AssemblyScript and counts everything else', () => {
  expect(withoutAssemblyScript('Checked 379 files in 11 packages, no issues found\n')).toBe(0);
  expect(withoutAssemblyScript(`${wrapped}\nChecked 379 files in 11 packages, 2 issues found\n`)).toBe(0);
  expect(
    withoutAssemblyScript(`${wrapped}${forbidden}\nChecked 379 files in 11 packages, 3 issues found\n`),
  ).toBe(1);
  expect(withoutAssemblyScript(`${broken}\nChecked 379 files in 11 packages, 1 issue found\n`)).toBe(1);
});

it('does not take silence for success', () => {
  expect(withoutAssemblyScript('thread main panicked')).toBeUndefined();
});
