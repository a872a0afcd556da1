/** A graph as JSON. */
import type { ConfigWriter, JsonObject } from '@ostinato/core';
import type { GraphPlan } from './graph-plan.js';

/** The graph of a plan that was traced from symbols. */
export function graphConfig(plan: GraphPlan, form: string, write: ConfigWriter): JsonObject {
  return {
    inputs: plan.traced!.inputs.map(({ shape, dtype }, i) => ({
      name: plan.inputNames[i]!,
      shape: shape.slice(1),
      ...(dtype === undefined ? {} : { dtype }),
    })),
    layers: plan.layers.map(({ layer, name }) => ({ name, layer: write(layer) })),
    calls: plan.calls.map(({ layer, inputs, outputs }) => ({ layer, inputs, outputs })),
    outputs: plan.outputs.map(({ name, value }) => ({ name, value })),
    form,
  };
}
