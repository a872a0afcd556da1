/** The charts of a run: times over units and over batch, and the rate against the ceiling. */
import { LAYER_KINDS, type LayerKind, layerName, MODES, type Mode, modeName } from '../jobs/job.js';
import { type Panel, type PanelChart, panelChart } from './panel-chart.js';
import { isTimed, type Row, type TimedRow } from './row.js';

const AXES = ['batch', 'steps', 'units'] as const;
type Axis = (typeof AXES)[number];

export interface ChartFile {
  readonly name: string;
  readonly svg: string;
}

/** Told apart by people of every colour vision (Okabe and Ito). */
const COLOURS: Readonly<Record<string, string>> = {
  ours: '#0072b2',
  torch: '#d55e00',
  'keras-jax': '#009e73',
  'keras-tensorflow': '#e69f00',
  'keras-torch': '#cc79a7',
  'tfjs-layers': '#8a8a8a',
};
const OTHER_COLOUR = '#1c2430';

const LETTERS: Readonly<Record<Axis, string>> = { batch: 'B', steps: 'T', units: 'H' };
const NAMES: Readonly<Record<Axis, string>> = {
  batch: 'batch B',
  steps: 'steps T',
  units: 'units H (= inputs)',
};
/** What the other sizes should be in a chart over one of them. */
const REFERENCE: Readonly<Record<Axis, number>> = { batch: 64, steps: 500, units: 64 };

/** Those charts for which there are at least two sizes. `ceiling` is in GFLOP/s, all threads together. */
export function drawCharts(rows: readonly Row[], ceiling: number): ChartFile[] {
  const timed = rows.filter(isTimed);
  const millis = {
    yLabel: 'milliseconds',
    yScale: 'log',
    value: (row: TimedRow) => row.fastestMillis,
  } as const;
  const rate = { yLabel: 'GFLOP/s', yScale: 'linear', value: (row: TimedRow) => row.gflops } as const;
  const level = { name: 'f32x4 ceiling', value: ceiling };
  return [
    chartFile('time-by-units', 'Time', timed, { ...millis, axis: 'units' }),
    chartFile('time-by-batch', 'Time', timed, { ...millis, axis: 'batch' }),
    chartFile('time-by-steps', 'Time', timed, { ...millis, axis: 'steps' }),
    chartFile('rate-by-units', 'Rate', timed, { ...rate, axis: 'units', level }),
  ].filter((file) => file !== undefined);
}

interface Drawing extends Pick<PanelChart, 'yLabel' | 'yScale' | 'level'> {
  readonly axis: Axis;
  readonly value: (row: TimedRow) => number;
}

function chartFile(
  name: string,
  what: string,
  rows: readonly TimedRow[],
  drawing: Drawing,
): ChartFile | undefined {
  const { axis, value, ...rest } = drawing;
  const others = AXES.filter((other) => other !== axis);
  const shown = longestSweep(rows, axis, others);
  if (sweepLength(shown, axis) < 2) return undefined;
  const layers = LAYER_KINDS.filter((layer) => shown.some(({ job }) => job.layer === layer));
  const panels = MODES.flatMap((mode) => layers.map((layer) => panelOf(shown, layer, mode, axis, value)));
  const where = others.map((other) => `${LETTERS[other]} = ${shown[0]!.job[other]}`).join(', ');
  const title = `${what} over ${NAMES[axis]}, at ${where}`;
  return { name, svg: panelChart({ title, xLabel: NAMES[axis], columns: layers.length, panels, ...rest }) };
}

/** The rows that differ in `axis` alone: where most of its sizes were measured, and there as near the reference as can be. */
function longestSweep(rows: readonly TimedRow[], axis: Axis, others: readonly Axis[]): readonly TimedRow[] {
  const sweeps = new Map<string, TimedRow[]>();
  for (const row of rows) {
    const key = others.map((other) => row.job[other]).join();
    sweeps.set(key, [...(sweeps.get(key) ?? []), row]);
  }
  const matches = (sweep: readonly TimedRow[]): number =>
    others.filter((other) => sweep[0]!.job[other] === REFERENCE[other]).length;
  const [best] = [...sweeps.values()].sort(
    (a, b) => sweepLength(b, axis) - sweepLength(a, axis) || matches(b) - matches(a),
  );
  return best ?? [];
}

function sweepLength(rows: readonly TimedRow[], axis: Axis): number {
  return new Set(rows.map(({ job }) => job[axis])).size;
}

function panelOf(
  rows: readonly TimedRow[],
  layer: LayerKind,
  mode: Mode,
  axis: Axis,
  value: (row: TimedRow) => number,
): Panel {
  const here = rows.filter(({ job, mode: other }) => job.layer === layer && other === mode);
  const peers = [...new Set([...Object.keys(COLOURS), ...here.map(({ peer }) => peer)])];
  const series = peers.map((name) => ({
    name,
    colour: COLOURS[name] ?? OTHER_COLOUR,
    heavy: name === 'ours',
    points: here
      .filter(({ peer }) => peer === name)
      .map((row) => [row.job[axis], value(row)] as const)
      .sort(([a], [b]) => a - b),
  }));
  return {
    title: `${layerName(layer)}, ${modeName(mode)}`,
    series: series.filter(({ points }) => points.length > 0),
  };
}
