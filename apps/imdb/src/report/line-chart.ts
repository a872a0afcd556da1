/** Curves over epochs as an inline SVG, with axes, ticks and a legend. */
import { scaleLinear } from 'd3-scale';
import { html, type Markup } from './markup.js';

export interface Series {
  readonly name: string;
  /** A class of the page's style sheet, which gives the colour. */
  readonly style: 'train' | 'validation' | 'first' | 'second' | 'third' | 'fourth';
  /** One value an epoch, from the first on; values that are not finite leave a gap. */
  readonly values: readonly number[];
}

export interface LineChart {
  readonly title: string;
  readonly unit: string;
  readonly series: readonly Series[];
  /** Half of the page's width, the default, or all of it. */
  readonly width?: 'half' | 'whole';
}

const SIZES = { half: { width: 460, height: 280 }, whole: { width: 940, height: 400 } } as const;
const MARGIN = { top: 34, right: 14, bottom: 42, left: 54 };
const LEGEND_WIDTH = 96;
/** Of a character of a tick's label, rounded up. */
const LABEL_WIDTH = 7;
const VALUE_TICKS = 6;
const EPOCH_TICKS = 10;
const POINT_RADIUS = 2.5;

interface Place {
  readonly x: number;
  readonly y: number;
}

/** Where the curves are, in pixels from the upper left corner. */
interface Area {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** One chart. Values get a nice range that does not start at zero: the curves' form is the point. */
export function lineChart({ title, unit, series, width: part = 'half' }: LineChart): Markup {
  const { width, height } = SIZES[part];
  const { top } = MARGIN;
  const bottom = height - MARGIN.bottom;
  const y = scaleLinear(rangeOf(series), [bottom, top]).nice(VALUE_TICKS);
  const format = y.tickFormat(VALUE_TICKS);
  const left = MARGIN.left + roomBeside(y.ticks(VALUE_TICKS).map(format));
  const area: Area = { left, right: width - MARGIN.right, top, bottom };
  const { right } = area;
  const epochs = Math.max(1, ...series.map(({ values }) => values.length));
  const x = scaleLinear([1, Math.max(2, epochs)], [left, right]);
  const epochTicks = x
    .ticks(Math.min(EPOCH_TICKS, epochs))
    .filter((tick) => Number.isInteger(tick) && tick <= epochs);
  return html`<svg class="${part}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${title}">
<text class="title" x="${left}" y="16">${title}</text>
${legend(series, area)}
${y.ticks(VALUE_TICKS).map((tick) => valueTick(y(tick), format(tick), area))}
${epochTicks.map((tick) => epochTick(x(tick), String(tick), area))}
<path class="axis" d="M${left} ${top}V${bottom}H${right}"/>
<text class="label" x="${(left + right) / 2}" y="${height - 6}" text-anchor="middle">epoch</text>
<text class="label" transform="translate(13 ${(top + bottom) / 2}) rotate(-90)" text-anchor="middle">${unit}</text>
${series.map((one) => curve(one, x, y))}
</svg>`;
}

/** What labels need beyond the margin, which five characters fit. */
function roomBeside(labels: readonly string[]): number {
  return LABEL_WIDTH * Math.max(0, ...labels.map(({ length }) => length - 5));
}

function rangeOf(series: readonly Series[]): [number, number] {
  const values = series.flatMap(({ values }) => values).filter(Number.isFinite);
  if (values.length === 0) return [0, 1];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return low === high ? [low - 0.05, high + 0.05] : [low, high];
}

function valueTick(y: number, label: string, { left, right }: Area): Markup {
  return html`<path class="grid" d="M${left} ${pixel(y)}H${right}"/>
<text class="tick" x="${left - 6}" y="${pixel(y + 3.5)}" text-anchor="end">${label}</text>`;
}

function epochTick(x: number, label: string, { bottom }: Area): Markup {
  return html`<path class="axis" d="M${pixel(x)} ${bottom}v4"/>
<text class="tick" x="${pixel(x)}" y="${bottom + 16}" text-anchor="middle">${label}</text>`;
}

function legend(series: readonly Series[], { right }: Area): Markup[] {
  return series.map(({ name, style }, i) => {
    const x = right - LEGEND_WIDTH * (series.length - i);
    return html`<path class="curve ${style}" d="M${x} 12h18"/><text class="tick" x="${x + 23}" y="16">${name}</text>`;
  });
}

function curve(
  { name, style, values }: Series,
  x: (epoch: number) => number,
  y: (value: number) => number,
): Markup {
  const places = values.map((value, i): Place | undefined =>
    Number.isFinite(value) ? { x: x(i + 1), y: y(value) } : undefined,
  );
  const points = places.map((place, i) =>
    place
      ? html`<circle class="point ${style}" cx="${pixel(place.x)}" cy="${pixel(place.y)}" r="${POINT_RADIUS}"><title>${name}, epoch ${i + 1}: ${values[i]!.toFixed(4)}</title></circle>`
      : undefined,
  );
  return html`<path class="curve ${style}" d="${pathThrough(places)}"/>${points}`;
}

/** Straight lines from place to place; a missing place begins a new line. */
function pathThrough(places: readonly (Place | undefined)[]): string {
  return places
    .map((place, i) => (place ? `${places[i - 1] ? 'L' : 'M'}${pixel(place.x)} ${pixel(place.y)}` : ''))
    .join('');
}

function pixel(value: number): number {
  return Math.round(value * 100) / 100;
}
