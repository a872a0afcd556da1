import { expect, it } from 'vitest';
import { lineChart } from './line-chart.js';

const chart = (values: number[]): string =>
  lineChart({ title: 'Loss', unit: 'nats', series: [{ name: 'training', style: 'train', values }] }).text;

/** Texts of the ticks. */
const ticks = (svg: string): string[] =>
  [...svg.matchAll(/<text class="tick"[^>]*>([^<]*)</g)].map(([, text]) => text!);

it('places values by the axes: high is up, later is right', () => {
  const points = [...chart([0.8, 0.2, 0.5]).matchAll(/cx="([\d.]+)" cy="([\d.]+)"/g)].map(([, x, y]) => [
    +x!,
    +y!,
  ]);
  expect(points.map(([x]) => x)).toEqual([54, 250, 446]);
  const [first, second, third] = points.map(([, y]) => y!) as [number, number, number];
  expect(first).toBeLessThan(third);
  expect(third).toBeLessThan(second);
  expect(third).toBeCloseTo((first + second) / 2, 1);
});

it('labels round values and whole epochs only', () => {
  const labels = ticks(chart([0.83, 0.21, 0.5]));
  expect(labels).toEqual(['training', '0.2', '0.3', '0.4', '0.5', '0.6', '0.7', '0.8', '0.9', '1', '2', '3']);
});

it('keeps long labels clear of the name of the axis', () => {
  const left = (svg: string): number => Number(/<path class="axis" d="M(\d+)/.exec(svg)![1]);
  const [short, long] = [chart([0.83, 0.21]), chart([0.6912, 0.6941])];
  const longest = Math.max(
    ...ticks(long)
      .slice(1)
      .map(({ length }) => length),
  );
  expect([left(short), longest, left(long)]).toEqual([54, 6, 61]);
});

it('has at most about ten epoch labels, and the last epoch in reach', () => {
  const labels = ticks(chart(Array.from({ length: 40 }, (_, i) => 1 / (i + 1)))).map(Number);
  const epochs = labels.filter((label) => label > 1);
  expect(epochs.length).toBeLessThanOrEqual(10);
  expect(epochs.at(-1)).toBe(40);
});

it('draws one epoch, equal values and gaps', () => {
  expect(chart([0.5])).toContain('<circle');
  expect(chart([0.5, 0.5])).not.toContain('NaN');
  expect(chart([0.5, Number.NaN, 0.4, 0.3]).match(/d="M[^"]*M[^"]*L[^"]*"/)).not.toBeNull();
  expect(chart([])).not.toContain('NaN');
});
