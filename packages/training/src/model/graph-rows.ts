/** The rows of a graph in the table that `summary` prints: inputs and layers, and what each is connected to. */
import type { Shape } from '@ostinato/core';
import type { GraphPlan } from './graph-plan.js';

export interface GraphRow {
  readonly name: string;
  readonly type: string;
  readonly shapes: readonly Shape[];
  /** As Keras writes it, `lstm[0][1]`: a layer, which of its applications, which of its outputs. */
  readonly connectedTo: string;
  /** Which of the plan's layers; undefined for an input. */
  readonly layer: number | undefined;
}

/** Undefined for a graph that was not traced from symbols: a sequential model. */
export function graphRows({ layers, calls, inputNames, traced }: GraphPlan): readonly GraphRow[] | undefined {
  if (!traced) return undefined;
  const names = new Map(inputNames.map((name, i) => [i, `${name}[0][0]`]));
  for (const { layer, outputs, nth } of calls) {
    outputs.forEach((value, i) => {
      if (value >= 0) names.set(value, `${layers[layer]!.name}[${nth}][${i}]`);
    });
  }
  const inputs = traced.inputs.map(({ shape }, i): GraphRow => {
    return { name: inputNames[i]!, type: 'InputLayer', shapes: [shape], connectedTo: '-', layer: undefined };
  });
  const rows = layers.map(({ layer, name }, i): GraphRow => {
    const own = calls.filter((call) => call.layer === i);
    const first = traced.applications[calls.indexOf(own[0]!)]!;
    return {
      name,
      type: layer.registeredName.slice(layer.registeredName.indexOf('>') + 1),
      shapes: first.outputs.map(({ shape }) => shape),
      connectedTo: own.flatMap((call) => call.inputs.map((value) => names.get(value)!)).join(', '),
      layer: i,
    };
  });
  return [...inputs, ...rows];
}
