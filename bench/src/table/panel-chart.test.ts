import { SaxesParser } from 'saxes';
import { expect, it } from 'vitest';
import { type PanelChart, panelChart } from './panel-chart.js';

const chart = (more: Partial<PanelChart> = {}): PanelChart => ({
  title: 'Time over units',
  xLabel: 'units',
  yLabel: 'milliseconds',
  yScale: 'log',
  columns: 2,
  panels: [
    {
      title: 'one',
      series: [
        series('ours', [
          [32, 1],
          [64, 10],
          [128, 100],
        ]),
      ],
    },
    { title: 'two', series: [series('ours', [[32, 1]]), series('a<b & "c"', [[32, 50]])] },
  ],
  ...more,
});

function series(name: string, points: [number, number][]): PanelChart['panels'][number]['series'][number] {
  return { name, colour: '#0072b2', points };
}

const circles = (svg: string): number[][] =>
  [...svg.matchAll(/cx="([\d.]+)" cy="([\d.]+)"/g)].map(([, x, y]) => [Number(x), Number(y)]);

it('is well-formed XML, whatever the names are', () => {
  const texts: string[] = [];
  const parser = new SaxesParser();
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('text', (text) => texts.push(text));
  parser.write(panelChart(chart())).close();
  expect(texts).toContain('a<b & "c"');
});

it('spaces powers of two and of ten evenly: doubling to the right, ten times is one step up', () => {
  const [first, second, third] = circles(panelChart(chart())) as [number[], number[], number[]];
  expect(second[0]! - first[0]!).toBeCloseTo(third[0]! - second[0]!, 2);
  expect(first[1]! - second[1]!).toBeCloseTo(second[1]! - third[1]!, 2);
  expect(second[0]).toBeGreaterThan(first[0]!);
  expect(second[1]).toBeLessThan(first[1]!);
});

it('gives all panels the same axes', () => {
  const places = circles(panelChart(chart()));
  expect(places[3]).toEqual(places[0]); // 32, 1 in both
});

it('starts a linear axis at zero and draws the level at its value', () => {
  const level = { name: 'ceiling', value: 60 };
  const panels = [
    {
      title: 'rate',
      series: [
        series('ours', [
          [32, 30],
          [64, 60],
        ]),
      ],
    },
  ];
  const svg = panelChart(chart({ yScale: 'linear', level, panels }));
  const [half, full] = circles(svg) as [number[], number[]];
  const [, at] = /class="level" d="M56 ([\d.]+)H/.exec(svg)!;
  expect(Number(at)).toBe(full[1]);
  const zero = 230 - 40;
  expect(zero - half[1]!).toBeCloseTo((zero - full[1]!) / 2, 2);
  expect(svg).toContain('>ceiling<');
});

it('names every series once in the legend and is broad enough for it', () => {
  const svg = panelChart(chart());
  expect(svg.match(/>ours</g)).toHaveLength(1);
  const long = 'a name of a peer that is longer than any panel would ever be, and then some more of it';
  const panels = [
    {
      title: 'one',
      series: [
        series(long, [
          [1, 1],
          [2, 2],
        ]),
      ],
    },
  ];
  const width = Number(/viewBox="0 0 (\d+)/.exec(panelChart(chart({ columns: 1, panels })))![1]);
  expect(width).toBeGreaterThan(long.length * 6);
});
