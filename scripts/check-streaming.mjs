// node scripts/check-streaming.mjs [--rows N]: writes a CSV of 2,000,000 generated sequences to a temporary folder, streams it
// through one epoch of `fit` in a process of its own, and checks that each row came, that the model learnt, and that the memory
// of that process stayed below 700 MB. Needs `pnpm build`. The last line is `N passed, N failed`.
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readArguments } from './workspace/arguments.mjs';
import { root } from './workspace/layout.mjs';
import { run } from './workspace/run.mjs';
import { collectVerdicts } from './workspace/verdicts.mjs';

const MOST_MEGABYTES = 700;
const { values } = readArguments(
  import.meta.url,
  { options: { rows: { type: 'string', default: '2000000' } } },
  ['rows'],
);
const rows = Number(values.rows);
const program = join(root, 'tests/dist/programs/stream-csv.js');
const folder = mkdtempSync(join(tmpdir(), 'ostinato-streaming-'));
const path = join(folder, 'sequences.csv');
const verdicts = collectVerdicts();

try {
  console.log(`Writing ${rows} sequences to ${path} …`);
  const written = await run(process.execPath, [program, 'write', path, String(rows)]);
  if (written.code !== 0) throw new Error(written.output);
  console.log(`Training on ${(statSync(path).size / 1e6).toFixed(0)} MB …`);
  const { code, output, stdout } = await run(process.execPath, [program, 'train', path]);
  if (code !== 0) throw new Error(output);
  report(JSON.parse(stdout));
} catch (error) {
  verdicts.report('write and train', [String(error)]);
} finally {
  rmSync(folder, { recursive: true });
}
verdicts.finish();

/** @param {{ rows: number, seconds: number, peakMegabytes: number, loss: number, accuracy: number }} found */
function report({ rows: read, seconds, peakMegabytes, loss, accuracy }) {
  const pace = `${Math.round(read / seconds).toLocaleString('en')} rows/s`;
  verdicts.report(
    `${read} sequences in ${seconds.toFixed(1)} s, ${pace}`,
    read === rows ? [] : [`${rows} were written`],
  );
  verdicts.report(
    `loss ${loss.toFixed(4)}, accuracy ${accuracy.toFixed(4)}`,
    accuracy > 0.6 ? [] : ['the model did not learn'],
  );
  verdicts.report(
    `at most ${peakMegabytes.toFixed(0)} MB`,
    peakMegabytes < MOST_MEGABYTES ? [] : [`the limit is ${MOST_MEGABYTES} MB`],
  );
}
