/** A graph from JSON: what `graph-config.ts` wrote. */
import { Application, type JsonObject, type Layer, SymbolicTensor, show } from '@ostinato/core';
import type { Form } from '../model/graph-model.js';
import type { GraphCall, GraphPlan } from '../model/graph-plan.js';
import { isShape } from '../model/model-options.js';
import { badFile } from './safetensors-header.js';

/**
 * The plan of a graph over layers that are read already.
 *
 * Throws   `model-file` when it is none; what the layers say of the shapes
 */
export function readGraph(
  json: JsonObject,
  layers: readonly { readonly name: string; readonly layer: Layer }[],
  where: string,
): { plan: GraphPlan; form: Form } {
  const refuse = (what: string, received: unknown): Error =>
    badFile(where, `The graph of the model is damaged: ${what}`, undefined, show(received));
  const names = layers.map(({ name }) => name);
  const twice = names.find((name, i) => typeof name !== 'string' || names.indexOf(name) !== i);
  if (twice !== undefined || names.includes(undefined as never)) {
    throw refuse('its layers need names that differ', names);
  }
  const inputs = listOf(json.inputs).map((input) => readInput(input, refuse));
  if (inputs.length === 0) throw refuse('it has no inputs', json.inputs);
  const values: SymbolicTensor[] = [...inputs];
  const counts = layers.map(() => 0);
  const applications: Application[] = [];
  const calls = listOf(json.calls).map((given): GraphCall => {
    const call = readCall(given, layers.length, values, refuse);
    const application = new Application(
      layers[call.layer]!.layer,
      call.inputs.map((value) => values[value]!),
    );
    if (application.outputs.length !== call.outputs.length) throw refuse('a layer has other outputs', given);
    call.outputs.forEach((value, i) => {
      if (value >= 0) values[value] = application.outputs[i]!;
    });
    applications.push(application);
    return { ...call, nth: counts[call.layer]!++ };
  });
  const outputs = listOf(json.outputs).map((output) => {
    const { name, value } = (output ?? {}) as JsonObject;
    if (typeof name !== 'string' || !isPlace(value, values.length)) throw refuse('an output is none', output);
    return { name, value };
  });
  const form = json.form as Form;
  if (
    !['one', 'list', 'record'].includes(form) ||
    outputs.length === 0 ||
    (form === 'one' && outputs.length > 1)
  )
    throw refuse('its outputs have no form', json.form);
  const inputNames = inputs.map(({ name }) => name!);
  return {
    plan: { layers, calls, inputNames, outputs, shares: true, traced: { inputs, applications } },
    form,
  };
}

/** A place in a list; `in` would take 'length' for one. */
function isPlace(value: unknown, length: number): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) < length;
}

type Refuse = (what: string, received: unknown) => Error;

function readInput(json: unknown, refuse: Refuse): SymbolicTensor {
  const { name, shape, dtype } = (json ?? {}) as JsonObject;
  const known = dtype === undefined || dtype === 'float32' || dtype === 'int32';
  if (typeof name !== 'string' || !isShape(shape) || !known) throw refuse('an input is none', json);
  return new SymbolicTensor([null, ...shape], { name, dtype: dtype as 'float32' | undefined });
}

/** Its inputs are values that are there, its outputs the next ones, or −1 for a value that is an input of the model. */
function readCall(
  json: unknown,
  layers: number,
  values: readonly SymbolicTensor[],
  refuse: Refuse,
): Omit<GraphCall, 'nth'> {
  const { layer, inputs, outputs } = (json ?? {}) as JsonObject;
  const [from, to] = [listOf(inputs) as number[], listOf(outputs) as number[]];
  let next = values.length;
  const fits =
    Number.isInteger(layer) &&
    (layer as number) >= 0 &&
    (layer as number) < layers &&
    from.length > 0 &&
    from.every((value) => Number.isInteger(value) && value >= 0 && value < values.length) &&
    to.every((value) => value === -1 || value === next++);
  if (!fits) throw refuse('a call is none', json);
  return { layer: layer as number, inputs: from, outputs: to };
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
