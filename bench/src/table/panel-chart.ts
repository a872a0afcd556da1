/** Small line charts in a grid under one legend, as an SVG document of its own. */
import { scaleLinear, scaleLog } from 'd3-scale';

export interface ChartSeries {
  readonly name: string;
  readonly colour: string;
  /** Drawn broader than the others. */
  readonly heavy?: boolean;
  readonly points: readonly (readonly [x: number, y: number])[];
}

export interface Panel {
  readonly title: string;
  readonly series: readonly ChartSeries[];
}

export interface PanelChart {
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  /** x is logarithmic always: sizes double. */
  readonly yScale: 'log' | 'linear';
  /** A dashed line across every panel. */
  readonly level?: { readonly name: string; readonly value: number };
  readonly columns: number;
  readonly panels: readonly Panel[];
}

type Scale = (value: number) => number;

interface Axes {
  readonly x: Scale;
  readonly y: Scale;
  readonly xTicks: readonly number[];
  readonly yTicks: readonly number[];
}

const WIDTH = 290;
const HEIGHT = 230;
const MARGIN = { top: 30, right: 12, bottom: 40, left: 56 };
const HEAD = 64;
const EDGE = 16;
/** Widths of a letter, by estimate: the text is set by whoever shows the file. */
const [LEGEND_LETTER, TITLE_LETTER] = [6.6, 8.6];

const STYLE = `
text { font: 11px system-ui, sans-serif; fill: #1c2430; } .title { font-size: 14px; font-weight: 600; } .panel { font-size: 12px; font-weight: 600; }
.tick, .label { fill: #5b6675; } .grid { stroke: #e3e7ec; fill: none; } .axis { stroke: #5b6675; fill: none; }
.curve { fill: none; stroke-width: 1.8; stroke-linejoin: round; } .curve.heavy { stroke-width: 3; } .level { stroke: #1c2430; stroke-dasharray: 5 4; fill: none; }`;

/** All panels have the same axes, so that heights compare across them. */
export function panelChart(chart: PanelChart): string {
  const { columns, panels, title } = chart;
  const rows = Math.ceil(panels.length / columns);
  const head = legend(chart);
  const height = HEAD + rows * HEIGHT;
  const width = Math.max(columns * WIDTH, head.width, 2 * EDGE + Math.ceil(title.length * TITLE_LETTER));
  const axes = axesOf(chart);
  const drawn = panels.map((panel, i) => {
    const [x, y] = [(i % columns) * WIDTH, HEAD + Math.floor(i / columns) * HEIGHT];
    return `<g transform="translate(${x} ${y})">${drawPanel(panel, chart, axes)}</g>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">
<title>${escapeText(title)}</title>
<style>${STYLE}</style>
<rect width="${width}" height="${height}" fill="#ffffff"/>
<text class="title" x="${EDGE}" y="24">${escapeText(title)}</text>
${head.svg}
${drawn.join('\n')}
</svg>
`;
}

function axesOf({ panels, yScale, level }: PanelChart): Axes {
  const points = panels.flatMap(({ series }) => series.flatMap((one) => one.points));
  const xs = points.map(([x]) => x);
  const ys = [...points.map(([, y]) => y), ...(level ? [level.value] : [])];
  const x = scaleLog([Math.min(...xs), Math.max(...xs)], [MARGIN.left + 8, WIDTH - MARGIN.right - 8]);
  const range = [HEIGHT - MARGIN.bottom, MARGIN.top] as const;
  const xTicks = [...new Set(xs)].sort((a, b) => a - b);
  if (yScale === 'linear') {
    const y = scaleLinear([0, Math.max(...ys)], range).nice(5);
    return { x, y, xTicks, yTicks: y.ticks(5) };
  }
  const y = scaleLog([Math.min(...ys), Math.max(...ys)], range).nice();
  return { x, y, xTicks, yTicks: y.ticks().filter((tick) => Number.isInteger(round(Math.log10(tick)))) };
}

function drawPanel(panel: Panel, { xLabel, yLabel, level }: PanelChart, axes: Axes): string {
  const [bottom, right] = [HEIGHT - MARGIN.bottom, WIDTH - MARGIN.right];
  const middle = (MARGIN.top + bottom) / 2;
  return [
    `<text class="panel" x="${MARGIN.left}" y="${MARGIN.top - 10}">${escapeText(panel.title)}</text>`,
    ...axes.yTicks.map((tick) => yTick(axes.y(tick), tick)),
    ...axes.xTicks.map((tick) => xTick(axes.x(tick), tick)),
    `<path class="axis" d="M${MARGIN.left} ${MARGIN.top}V${bottom}H${right}"/>`,
    `<text class="label" x="${(MARGIN.left + right) / 2}" y="${HEIGHT - 8}" text-anchor="middle">${escapeText(xLabel)}</text>`,
    `<text class="label" transform="translate(14 ${middle}) rotate(-90)" text-anchor="middle">${escapeText(yLabel)}</text>`,
    level ? `<path class="level" d="M${MARGIN.left} ${round(axes.y(level.value))}H${right}"/>` : '',
    ...panel.series.map((series) => curve(series, axes)),
  ].join('\n');
}

function yTick(y: number, value: number): string {
  const label = value >= 1000 ? value.toLocaleString('en-US') : String(round(value));
  return `<path class="grid" d="M${MARGIN.left} ${round(y)}H${WIDTH - MARGIN.right}"/>
<text class="tick" x="${MARGIN.left - 6}" y="${round(y + 3.5)}" text-anchor="end">${label}</text>`;
}

function xTick(x: number, value: number): string {
  const bottom = HEIGHT - MARGIN.bottom;
  return `<path class="axis" d="M${round(x)} ${bottom}v4"/>
<text class="tick" x="${round(x)}" y="${bottom + 16}" text-anchor="middle">${value}</text>`;
}

function curve({ name, colour, heavy, points }: ChartSeries, { x, y }: Axes): string {
  const places = points.map(([px, py]) => [round(x(px)), round(y(py))] as const);
  const path = places.map(([px, py], i) => `${i === 0 ? 'M' : 'L'}${px} ${py}`).join('');
  const dots = places.map(([px, py], i) => {
    const hint = escapeText(`${name}, ${points[i]![0]}: ${points[i]![1].toPrecision(3)}`);
    return `<circle cx="${px}" cy="${py}" r="2.6" fill="${colour}"><title>${hint}</title></circle>`;
  });
  return `<path class="curve${heavy ? ' heavy' : ''}" stroke="${colour}" d="${path}"/>${dots.join('')}`;
}

/** Every name that occurs in a panel, once, in a row under the title. */
function legend({ panels, level }: PanelChart): { readonly svg: string; readonly width: number } {
  const colours = new Map(
    panels.flatMap(({ series }) => series.map(({ name, colour }) => [name, colour] as const)),
  );
  const entries = [...colours].map(([name, colour]) => ({ name, line: `class="curve" stroke="${colour}"` }));
  if (level) entries.push({ name: level.name, line: 'class="level"' });
  let x = EDGE;
  const drawn = entries.map(({ name, line }) => {
    const at = x;
    x += 40 + Math.ceil(name.length * LEGEND_LETTER);
    return `<path ${line} d="M${at} 46h20"/><text x="${at + 26}" y="50">${escapeText(name)}</text>`;
  });
  return { svg: drawn.join('\n'), width: x };
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}

function escapeText(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/"/g, '&quot;');
}
