import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { root } from '../workspace/layout.mjs';
import { checkTensorBoard, pythonWithTensorBoard } from './check.mjs';
import { differences } from './compare-shown.mjs';

const inRepository = join(root, 'goldens/.venv/bin/python');
const python = await pythonWithTensorBoard([process.env.OSTINATO_PYTHON ?? inRepository, 'python3']);
const built = existsSync(join(root, 'packages/training/dist/index.js'));
const missing =
  python === undefined ? 'no Python here has TensorBoard' : built ? '' : 'packages are not built';

test.skipIf(missing)(
  `the real TensorBoard shows what was written${missing && ` (skipped: ${missing})`}`,
  async () => {
    const { problems, counts } = await checkTensorBoard(/** @type {string} */ (python));
    expect(problems).toEqual([]);
    expect(counts).toMatch(/^4 runs, \d\d scalars, 24 histograms$/);
  },
);

describe('differences', () => {
  const shown = { train: { scalars: { loss: [[0, 0.5]] }, histograms: {} } };

  test('none', () => {
    expect(differences(shown, structuredClone(shown))).toEqual([]);
  });

  test.each([
    [
      { train: { scalars: { loss: [[0, 0.25]] }, histograms: {} } },
      '/train/scalars/loss/0/1: 0.25 in place of 0.5',
    ],
    [
      { train: { scalars: { loss: [[0, 'NaN']] }, histograms: {} } },
      '/train/scalars/loss/0/1: "NaN" in place of 0.5',
    ],
    [{ train: { scalars: { loss: [] }, histograms: {} } }, '/train/scalars/loss/0 is missing'],
    [{ ...shown, more: {} }, '/more is too much'],
  ])('%j', (actual, problem) => {
    expect(differences(shown, actual)).toEqual([problem]);
  });
});
