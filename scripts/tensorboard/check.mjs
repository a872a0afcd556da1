// Writes event files with the built package, lets the real TensorBoard read them, and compares.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../workspace/layout.mjs';
import { run } from '../workspace/run.mjs';
import { differences } from './compare-shown.mjs';

const reader = join(root, 'scripts/tensorboard/read_events.py');

/** A Python that has TensorBoard; undefined when there is none. @param {readonly string[]} candidates */
export async function pythonWithTensorBoard(candidates) {
  for (const python of candidates) {
    const asked = await run(python, ['-c', 'import tensorboard']).catch(() => undefined);
    if (asked?.code === 0) return python;
  }
  return undefined;
}

/** @param {string} python @returns {Promise<{ problems: string[], counts: string }>} */
export async function checkTensorBoard(python) {
  const folder = mkdtempSync(join(tmpdir(), 'ostinato-tensorboard-'));
  try {
    const expected = await output(process.execPath, [
      join(root, 'scripts/tensorboard/write-events.mjs'),
      folder,
    ]);
    const actual = await output(python, [reader, folder]);
    return { problems: differences(expected, actual), counts: countsOf(actual) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The JSON that a program prints. @param {string} program @param {string[]} args */
async function output(program, args) {
  const { code, output, stdout } = await run(program, args, { timeout: 120_000 });
  if (code !== 0) throw new Error(`${args[0]}: exit code ${code}\n${output}`);
  return JSON.parse(stdout);
}

/** @param {Record<string, import('./compare-shown.mjs').Shown>} shown */
function countsOf(shown) {
  const events = (/** @type {'scalars' | 'histograms'} */ kind) =>
    Object.values(shown).flatMap((run) => Object.values(run[kind]).flat()).length;
  return `${Object.keys(shown).length} runs, ${events('scalars')} scalars, ${events('histograms')} histograms`;
}
