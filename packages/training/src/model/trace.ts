/** From symbols to a graph: which layers lie between the inputs and the outputs, and in which order they are called. */
import { type Application, type Layer, OstinatoError, type SymbolicTensor, show } from '@ostinato/core';
import { nameGraphLayers } from '../layer-names.js';
import type { GraphCall, GraphPlan } from './graph-plan.js';

/** Symbols of a model's inputs or outputs, by the names of a record or without. */
export interface NamedSymbols {
  readonly symbols: readonly SymbolicTensor[];
  readonly names: readonly (string | undefined)[];
}

/**
 * The graph between inputs and outputs. Layers stand in the order in which the outputs need them.
 *
 * Throws   `graph-disconnected` when an output needs an input that is not listed; `graph-cycle`; `inputs-twice`;
 *          `layer-name`
 */
export function trace(inputs: NamedSymbols, outputs: NamedSymbols, where: string): GraphPlan {
  checkDistinct(inputs.symbols, where);
  const applications = inOrder(inputs.symbols, outputs.symbols, where);
  const layers = [...new Set(applications.map(({ layer }) => layer))];
  const names = nameGraphLayers(layers, where);
  const numbers = new Map<SymbolicTensor, number>(inputs.symbols.map((symbol, i) => [symbol, i]));
  const counts = new Map<Layer, number>();
  const calls = applications.map((application): GraphCall => {
    const { layer } = application;
    const nth = counts.get(layer) ?? 0;
    counts.set(layer, nth + 1);
    const outputNumbers = application.outputs.map((symbol) => numberOf(numbers, symbol));
    const inputNumbers = application.inputs.map((symbol) => numbers.get(symbol)!);
    return { layer: layers.indexOf(layer), inputs: inputNumbers, outputs: outputNumbers, nth };
  });
  const byLayer = (symbol: SymbolicTensor): string =>
    (symbol.source && names[layers.indexOf(symbol.source.layer)]) ?? symbol.name ?? 'input'; // a model may begin within another
  return {
    layers: layers.map((layer, i) => ({ layer, name: names[i]! })),
    calls,
    inputNames: distinct(inputs.symbols.map((symbol, i) => inputs.names[i] ?? symbol.name ?? 'input')),
    outputs: distinct(outputs.symbols.map((symbol, i) => outputs.names[i] ?? byLayer(symbol))).map(
      (name, i) => ({ name, value: numbers.get(outputs.symbols[i]!)! }),
    ),
    shares: true,
    traced: { inputs: inputs.symbols, applications },
  };
}

/** An output that is an input too keeps the input's number. */
function numberOf(numbers: Map<SymbolicTensor, number>, symbol: SymbolicTensor): number {
  const number = numbers.get(symbol);
  if (number === undefined) numbers.set(symbol, numbers.size);
  return number === undefined ? numbers.size - 1 : -1;
}

/** Every application that the outputs need, after those that it needs itself. */
function inOrder(
  inputs: readonly SymbolicTensor[],
  outputs: readonly SymbolicTensor[],
  where: string,
): readonly Application[] {
  const known = new Set(inputs);
  const done = new Set<Application>();
  const open = new Set<Application>();
  for (const output of outputs) {
    const stack: { readonly application: Application; next: number }[] = [];
    const visit = (symbol: SymbolicTensor, by: Application | null): void => {
      if (known.has(symbol)) return;
      if (!symbol.source) throw disconnected(symbol, by, inputs, where);
      if (done.has(symbol.source)) return;
      if (open.has(symbol.source)) throw cycle(symbol.source, where);
      open.add(symbol.source);
      stack.push({ application: symbol.source, next: 0 });
    };
    visit(output, null);
    while (stack.length > 0) {
      const top = stack.at(-1)!;
      const input = top.application.inputs[top.next++];
      if (input) visit(input, top.application);
      else {
        stack.pop();
        open.delete(top.application);
        done.add(top.application);
      }
    }
  }
  return [...done];
}

/** Names made different by numbers: `head`, `head_1`. */
function distinct(names: readonly string[]): string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    let free = name;
    for (let i = 1; taken.has(free); i++) free = `${name}_${i}`;
    taken.add(free);
    return free;
  });
}

function checkDistinct(inputs: readonly SymbolicTensor[], where: string): void {
  const twice = inputs.findIndex((symbol, i) => inputs.indexOf(symbol) !== i);
  if (twice < 0) return;
  throw new OstinatoError('inputs-twice', {
    where,
    what: `Input ${twice} is input ${inputs.indexOf(inputs[twice]!)} again`,
    fix: 'List each symbol once',
  });
}

function disconnected(
  symbol: SymbolicTensor,
  by: Application | null,
  inputs: readonly SymbolicTensor[],
  where: string,
): OstinatoError {
  const reader = by ? `Layer '${by.layer.givenName ?? by.layer.registeredName}'` : 'An output';
  return new OstinatoError('graph-disconnected', {
    where,
    what: `${reader} needs an input ${symbol.name ? show(symbol.name) : 'symbol'} that is not among the model's inputs`,
    expected: `only these ${inputs.length}: ${inputs.map(({ name }) => name ?? 'without a name').join(', ')}`,
    fix: 'List that symbol among `inputs`, or start from another one',
  });
}

function cycle({ layer }: Application, where: string): OstinatoError {
  return new OstinatoError('graph-cycle', {
    where,
    what: `What layer '${layer.givenName ?? layer.registeredName}' is applied to depends on what it puts out`,
    fix: 'Loops over time belong in a cell: see rnn()',
  });
}
