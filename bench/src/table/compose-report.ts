/** The report of a table run, for a terminal or as Markdown. */
import { LAYER_KINDS, layerName, MODES, modeName } from '../jobs/job.js';
import { type Machine, showMachine } from '../machine.js';
import { TOLERANCE } from '../peers/compare-answers.js';
import { composeTable, untimedReasons } from './compose-table.js';
import { firstCalls } from './first-calls.js';
import { describeGrowth, fitGrowth } from './growth.js';
import { meanRatios } from './mean-ratios.js';
import { isTimed } from './row.js';
import type { TableFigures } from './run-table.js';
import { markdownTable, textTable } from './show-table.js';
import { describeSlower, slowerSizes } from './slower-sizes.js';

export type ReportForm = 'text' | 'markdown';

/** Of what may be long, on a terminal. */
const MOST_LINES = 12;

/** `charts` are file names beside the report; a terminal shows none. */
export function composeReport(
  machine: Machine,
  figures: TableFigures,
  form: ReportForm,
  charts: readonly string[] = [],
): string {
  const list = (lines: readonly string[]): string =>
    lines.map((line) => `${form === 'text' ? '  ' : '- '}${line}`).join('\n');
  const table = form === 'text' ? textTable : markdownTable;
  const heading = (text: string): string => (form === 'text' ? text : `## ${text}`);
  const sections = [
    form === 'markdown' ? '# Recurrent layers side by side' : '',
    list(aboutRun(machine, figures)),
    ...charts.map((name) => `![${name}](${name})`),
    ...tables(figures).map(({ title, cells }) => section(heading(title), table(cells))),
    section(heading('Growth of our times'), list(growthLines(figures))),
    section(heading('On the whole'), table(meanRatios(figures.rows, Object.keys(figures.versions)))),
    section(
      heading('First call, compiling included'),
      table(firstCalls(figures.rows, Object.keys(figures.versions))),
    ),
    section(heading('Where another library is faster'), list(slowerLines(figures, form))),
    section(heading('Without a time'), list(absentLines(figures))),
  ];
  return `${sections.filter((text) => text !== '').join('\n\n')}\n`;
}

function section(heading: string, body: string): string {
  return body === '' ? '' : `${heading}\n\n${body}`;
}

function aboutRun(machine: Machine, { threads, ceiling, versions, rows }: TableFigures): string[] {
  const differences = rows.filter(isTimed).map(({ difference }) => difference ?? 0);
  const worst = Math.max(0, ...differences).toExponential(1);
  const all = Object.entries(versions).map(
    ([name, packages]) =>
      `${name}: ${Object.entries(packages)
        .map((pair) => pair.join(' '))
        .join(', ')}`,
  );
  return [
    showMachine(machine),
    `${threadsLine(threads, versions)}; outputs of ${rows[0]?.job.sequences ? 'every step' : 'the last step'}`,
    `f32x4 multiply-add ceiling ${ceiling.highest.toFixed(1)} GFLOP/s a thread (the median reading ${ceiling.median.toFixed(1)})`,
    `answers and gradients agree to ${worst} of the largest value (allowed ${TOLERANCE}); a peer's cell: its fastest run, and how many times ours that is`,
    ...all,
  ];
}

function threadsLine(threads: number, versions: TableFigures['versions']): string {
  if (threads === 1) return 'one thread for everyone';
  const exception = 'tfjs-layers' in versions ? ' but tfjs-layers, which has one' : '';
  return `${threads} threads for everyone${exception}`;
}

/** One table for each layer and mode that was measured. */
function tables({ rows, ceiling, threads, versions }: TableFigures): { title: string; cells: string[][] }[] {
  const peers = Object.keys(versions);
  const layers = LAYER_KINDS.filter((layer) => rows.some(({ job }) => job.layer === layer));
  return layers.flatMap((layer) =>
    MODES.map((mode) => ({
      title: `${layerName(layer)}, ${modeName(mode)}`,
      cells: composeTable(rows, { layer, mode, peers, ceiling: ceiling.highest * threads }),
    })),
  );
}

function growthLines({ rows }: TableFigures): string[] {
  return fitGrowth(rows.filter(({ peer }) => peer === 'ours')).map(describeGrowth);
}

function slowerLines({ rows, ceiling, threads }: TableFigures, form: ReportForm): string[] {
  const lines = slowerSizes(rows).map((size) => describeSlower(size, ceiling.highest * threads));
  const hidden = form === 'text' ? lines.length - MOST_LINES : 0;
  return hidden <= 0 ? lines : [...lines.slice(0, MOST_LINES), `… and ${hidden} more in report.md`];
}

function absentLines({ missing, rows }: TableFigures): string[] {
  const remarks = new Set(
    rows.flatMap((row) => (isTimed(row) && row.remark ? [`* not fused: ${row.remark}`] : [])),
  );
  return [...missing.map(({ name, missing: why }) => `${name}: ${why}`), ...untimedReasons(rows), ...remarks];
}
