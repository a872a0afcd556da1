/** The table that `summary` prints, in Keras' layout, with the kernels below it. */
import type { KernelChoice, Param, Shape } from '@ostinato/core';
import type { GraphRow } from './model/graph-rows.js';
import type { PlacedLayer } from './model/network.js';

export interface SummaryFacts {
  readonly name: string;
  readonly placed: readonly PlacedLayer[];
  /** Of a graph: its inputs and layers, with what they are connected to. */
  readonly graph?: readonly GraphRow[] | undefined;
  readonly trainable: readonly Param[];
  readonly params: readonly Param[];
  /** Numbers that the optimizer keeps; 0 before the first step. */
  readonly optimizerSize: number;
  readonly kernels: readonly KernelChoice[];
}

/** Inner widths of Keras' columns at 80 characters; longer names make them wider. */
const WIDTHS = [35, 26, 15];
const HEADER = ['Layer (type)', 'Output Shape', 'Param #'];

/** The same for a graph, with what each layer is connected to. */
const GRAPH_WIDTHS = [21, 19, 12, 19];
const GRAPH_HEADER = [...HEADER, 'Connected to'];

/** The lines of the summary. */
export function summarize(facts: SummaryFacts): string[] {
  return [`Model: "${facts.name}"`, ...table(facts), ...totals(facts), ...kernelLines(facts.kernels)];
}

function table({ placed, graph }: SummaryFacts): string[] {
  return graph
    ? drawTable(
        GRAPH_WIDTHS,
        GRAPH_HEADER,
        graph.map((row) => graphCells(row, placed)),
      )
    : drawTable(WIDTHS, HEADER, placed.map(chainCells));
}

function chainCells({ layer, path, outputShape }: PlacedLayer): string[] {
  return [
    `${path} (${layer.registeredName.slice(layer.registeredName.indexOf('>') + 1)})`,
    outputShape ? showKerasShape(outputShape) : '?',
    outputShape ? showCount(sizeOfParams(layer.params)) : '0 (unbuilt)',
  ];
}

function graphCells(
  { name, type, shapes, connectedTo, layer }: GraphRow,
  placed: readonly PlacedLayer[],
): string[] {
  const shown = shapes.map(showKerasShape).join(', ');
  return [
    `${name} (${type})`,
    shapes.length === 1 ? shown : `[${shown}]`,
    layer === undefined ? '0' : showCount(sizeOfParams(placed[layer]!.layer.params)),
    connectedTo,
  ];
}

function drawTable(least: readonly number[], header: readonly string[], rows: readonly string[][]): string[] {
  const widths = least.map((width, i) => Math.max(width, ...rows.map((row) => row[i]!.length + 2)));
  const rule = (left: string, line: string, middle: string, right: string): string =>
    left + widths.map((width) => line.repeat(width)).join(middle) + right;
  const cells = (row: readonly string[], border: string): string =>
    border + row.map((text, i) => pad(text, widths[i]!, i === 2)).join(border) + border;
  const body = rows.map((row) => cells(row, '│')).join(`\n${rule('├', '─', '┼', '┤')}\n`);
  return [
    rule('┏', '━', '┳', '┓'),
    cells(header, '┃'),
    rule('┡', '━', '╇', '┩'),
    ...body.split('\n'),
    rule('└', '─', '┴', '┘'),
  ];
}

function pad(text: string, width: number, right: boolean): string {
  return right ? `${text.padStart(width - 1)} ` : ` ${text.padEnd(width - 1)}`;
}

function totals({ params, trainable, optimizerSize }: SummaryFacts): string[] {
  const all = sizeOfParams(params);
  const learning = sizeOfParams(trainable);
  const line = (what: string, count: number): string =>
    ` ${what}: ${showCount(count)} (${showBytes(4 * count)})`;
  return [
    line('Total params', all + optimizerSize),
    line('Trainable params', learning),
    line('Non-trainable params', all - learning),
    ...(optimizerSize > 0 ? [line('Optimizer params', optimizerSize)] : []),
  ];
}

function kernelLines(choices: readonly KernelChoice[]): string[] {
  if (choices.length === 0) return [];
  const widest = (texts: readonly string[]): number => Math.max(...texts.map((text) => text.length));
  const [path, op] = [
    widest(choices.map((choice) => choice.path)),
    widest(choices.map((choice) => choice.op)),
  ];
  return [
    ' Kernels:',
    ...choices.map(
      (choice) => `  ${choice.path.padEnd(path)}  ${choice.op.padEnd(op)}  ${describeRoute(choice)}`,
    ),
  ];
}

function describeRoute({ route, reason }: KernelChoice): string {
  return reason === undefined ? route : `${route}: ${reason}`;
}

export function sizeOfParams(params: readonly Param[]): number {
  return params.reduce((sum, { shape }) => sum + shape.reduce((product, size) => product * size, 1), 0);
}

/** `(None, 500, 32)` */
function showKerasShape(shape: Shape): string {
  const sizes = shape.map((size) => size ?? 'None');
  return sizes.length === 1 ? `(${sizes[0]},)` : `(${sizes.join(', ')})`;
}

/** `322,113` */
function showCount(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** `1.23 MB`, in steps of 1024 */
function showBytes(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  let size = bytes;
  let unit = 0;
  while (size >= 1024 && unit < units.length - 1) {
    size /= 1024;
    unit += 1;
  }
  return `${size.toFixed(2)} ${units[unit]}`;
}
