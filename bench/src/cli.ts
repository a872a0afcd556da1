/** `npm run bench`: figures as ratios to this machine's own ceiling and to other libraries, each from one run. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { useBackend } from '@ostinato/backend';
import { type BucketFigures, judgeBuckets, measureBuckets } from './bucketed-program.js';
import { figuresJson } from './figures-json.js';
import { describeMachine, type Machine, showMachine } from './machine.js';
import { type BenchOptions, HELP, parseOptions, type TableRequest } from './options.js';
import { drawCharts } from './table/charts.js';
import { composeReport } from './table/compose-report.js';
import { fitGrowth, type Growth } from './table/growth.js';
import { runTable, type TableFigures } from './table/run-table.js';
import { judge, showVerdict, type Verdict } from './targets/judge.js';
import { runTargets, type TargetFigures } from './targets/run-targets.js';
import { judgeProgram, measureProgram, type ProgramFigures } from './whole-program.js';

/** The JSON file. */
interface Figures {
  readonly machine: Machine;
  targets?: TargetFigures;
  program?: ProgramFigures;
  buckets?: BucketFigures;
  table?: TableFigures & { readonly growth: readonly Growth[] };
}

const RESULTS = fileURLToPath(new URL('../results', import.meta.url));

try {
  const options = parseOptions(process.argv.slice(2));
  if (options.help) console.log(HELP);
  else await main(options);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

async function main({ targets, program, buckets, table, json }: BenchOptions): Promise<void> {
  if (program) imdbFile('program', program.data); // what is missing is said at once
  if (buckets) imdbFile('buckets', buckets.data);
  await useBackend('wasm');
  const figures: Figures = { machine: await describeMachine() };
  const file = resolve(json ?? join(RESULTS, 'latest.json'));
  await mkdir(dirname(file), { recursive: true });
  const save = (): Promise<void> => writeFile(file, figuresJson(figures));
  console.log(
    `${showMachine(figures.machine)}\nOther load on the machine makes the figures worse, never better.\n`,
  );
  if (targets) {
    figures.targets = await runTargets({ ...targets, data: targets.data ?? process.env.OSTINATO_IMDB });
    printVerdicts(judge(figures.targets));
    if (figures.targets.withoutPeer) console.log(`Without tfjs-layers: ${figures.targets.withoutPeer}`);
    await save();
  }
  if (program) {
    figures.program = await measureProgram(imdbFile('program', program.data), program.pairs);
    printVerdicts(judgeProgram(figures.program));
    await save();
  }
  if (buckets) {
    const found = await measureBuckets(imdbFile('buckets', buckets.data), buckets, (soFar) => {
      figures.buckets = soFar;
      return save();
    });
    printVerdicts(judgeBuckets(found));
  }
  if (table) {
    const found = await runTable(table, (soFar) => {
      figures.table = { ...soFar, growth: fitGrowth(soFar.rows) };
      return save();
    });
    await writeReport(figures.machine, found, table);
  }
  console.log(`\nAll figures: ${file}`);
}

function imdbFile(section: string, given: string | undefined): string {
  const file = given ?? process.env.OSTINATO_IMDB;
  if (file !== undefined) return file;
  throw new Error(`\`${section}\` needs the IMDB file: --data FILE, or OSTINATO_IMDB`);
}

function printVerdicts(verdicts: readonly Verdict[]): void {
  for (const verdict of verdicts) console.log(showVerdict(verdict));
  const asked = verdicts.flatMap(({ target }) => target ?? []);
  console.log(`\n${asked.filter(({ met }) => met).length} of ${asked.length} targets met\n`);
}

async function writeReport(machine: Machine, figures: TableFigures, { out }: TableRequest): Promise<void> {
  const folder = resolve(out ?? join(RESULTS, 'latest'));
  await mkdir(folder, { recursive: true });
  const charts = drawCharts(figures.rows, figures.ceiling.highest * figures.threads);
  for (const { name, svg } of charts) await writeFile(join(folder, `${name}.svg`), svg);
  const names = charts.map(({ name }) => `${name}.svg`);
  await writeFile(join(folder, 'report.md'), composeReport(machine, figures, 'markdown', names));
  console.log(`\n${composeReport(machine, figures, 'text')}`);
  console.log(`Report and charts: ${folder}`);
}
