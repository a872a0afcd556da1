/**
 * Layers and how their values go from one to the next: names, shapes, weights, and the way forward.
 *
 * A graph is a list of calls in an order in which each finds its inputs; a sequential model is the chain. Not here:
 * losses, gradients, batches. They see a `Network`.
 */
import {
  buildLayer,
  type CallContext,
  callLayer,
  createRng,
  type KernelChooser,
  type Layer,
  OstinatoError,
  type Param,
  type Registry,
  type Rng,
  type Shape,
  shapeMatches,
  showShape,
  showTensor,
} from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import type { Flow, InputSpec, Lengths, Network, PlacedLayer, PlacedParam } from './network.js';

/** One application of a layer. Values are numbered: first the inputs, then what each call puts out. */
export interface GraphCall {
  /** Which of the plan's layers. */
  readonly layer: number;
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  /** How often the layer was applied before. */
  readonly nth: number;
}

/** A graph without weights. */
export interface GraphPlan {
  readonly layers: readonly { readonly layer: Layer; readonly name: string }[];
  readonly calls: readonly GraphCall[];
  readonly inputNames: readonly string[];
  readonly outputs: readonly { readonly name: string; readonly value: number }[];
}

export interface GraphOptions {
  readonly registry: Registry;
  readonly seed: number;
  readonly kernels: KernelChooser;
  readonly where: string;
  /** Shapes of the inputs, batch axis included, if they are known beforehand. */
  readonly known?: readonly Shape[] | undefined;
}

export class LayerGraph implements Network {
  readonly placed: readonly PlacedLayer[];
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  readonly shuffling: Rng;
  readonly #plan: GraphPlan;
  readonly #options: GraphOptions;
  readonly #weightsRng: Rng;
  #inputShapes: readonly Shape[] | null = null;
  #outputShapes: readonly Shape[] | null = null;
  /** The shapes of the inputs are those of the first data that came. */
  #inferred = false;

  constructor(plan: GraphPlan, options: GraphOptions) {
    const root = createRng(options.seed);
    const steps = root.split('step');
    this.#plan = plan;
    this.#options = options;
    this.#weightsRng = root.split('weights');
    this.shuffling = root.split('shuffle');
    this.inputNames = plan.inputNames;
    this.outputNames = plan.outputs.map(({ name }) => name);
    this.placed = plan.layers.map(({ layer, name }) => ({
      layer,
      path: name,
      outputShape: null,
      rng: steps.split(name),
    }));
  }

  get inputShapes(): readonly Shape[] | null {
    return this.#inputShapes;
  }

  get outputShapes(): readonly Shape[] | null {
    return this.#outputShapes;
  }

  readers(input: number): readonly PlacedLayer[] {
    return this.#plan.calls.filter(({ inputs }) => inputs[0] === input).map((call) => this.#placeOf(call));
  }

  buildAlone(): boolean {
    const { known } = this.#options;
    if (known && !this.#inputShapes) this.build(known);
    return known !== undefined;
  }

  admit(inputs: readonly InputSpec[], lengths: Lengths): void {
    if (!this.#inputShapes) {
      if (this.buildAlone()) return;
      this.build(inputs.map(({ shape }) => [null, ...shape.slice(1)]));
      this.#inferred = true;
    } else if (this.#inferred && lengths === 'any length') {
      this.#admitLength(inputs[0]!.shape);
    }
  }

  /** Makes all weights. Throws what the layers say of their inputs, and `layer-outputs` for an unplanned output. */
  build(inputShapes: readonly Shape[]): void {
    const { registry, kernels } = this.#options;
    const made: PlacedLayer[] = [];
    try {
      this.#outputShapes = this.#walk(inputShapes, (place, shapes) => {
        if (made.includes(place)) return;
        const { layer, path } = place;
        buildLayer(layer, { registry, rng: this.#weightsRng, path, inputShapes: shapes, kernels });
        made.push(place);
      });
    } catch (error) {
      unbuild(made);
      throw error;
    }
    this.#inputShapes = inputShapes;
  }

  outputShapesFor(inputs: readonly (readonly number[])[]): readonly Shape[] {
    return this.#shapesFor(inputs.map((shape) => [null, ...shape.slice(1)]));
  }

  /**
   * Opens the axis of steps when sequences of another length come than those that the model was built for.
   *
   * Axis 1 counts steps in inputs with features, and in ids, which the first layer makes vectors of. A layer with
   * weights for each step says so when it is called.
   */
  #admitLength(shape: readonly number[]): void {
    const known = this.#inputShapes![0]!;
    const sequences = known.length > 2 || this.placed[0]!.outputShape!.length > known.length;
    if (!sequences || shape.length !== known.length || known[1] === null || known[1] === shape[1]) return;
    const open = [[null, null, ...known.slice(2)]];
    this.#shapesFor(open); // a layer that cannot do without the length throws here, before anything has changed
    this.#outputShapes = this.#walk(open);
    this.#inputShapes = open;
  }

  #shapesFor(inputShapes: readonly Shape[]): readonly Shape[] {
    const values = [...inputShapes];
    for (const call of this.#plan.calls) {
      const shapes = this.#placeOf(call).layer.outputShapes(call.inputs.map((value) => values[value]!));
      call.outputs.forEach((value, i) => {
        values[value] = shapes[i]!;
      });
    }
    return this.#plan.outputs.map(({ value }) => values[value]!);
  }

  /** Notes the output shape of each layer, after `visit` has seen it. Returns the shapes of the outputs. */
  #walk(
    inputShapes: readonly Shape[],
    visit: (place: PlacedLayer, shapes: readonly Shape[]) => void = () => {},
  ): readonly Shape[] {
    const values = [...inputShapes];
    for (const call of this.#plan.calls) {
      const place = this.#placeOf(call);
      const shapes = call.inputs.map((value) => values[value]!);
      visit(place, shapes);
      const outputs = place.layer.outputShapes(shapes);
      if (outputs.length !== call.outputs.length)
        throw otherOutputs(place.path, call.outputs.length, outputs);
      if (call.nth === 0) place.outputShape = outputs[0]!;
      call.outputs.forEach((value, i) => {
        values[value] = outputs[i]!;
      });
    }
    return this.#plan.outputs.map(({ value }) => values[value]!);
  }

  forward(
    xs: readonly tf.Tensor[],
    training: boolean,
    step: number,
    update?: CallContext['update'],
  ): readonly Flow[] {
    const { registry, kernels, where } = this.#options;
    const built = this.#inputShapes;
    xs.forEach((x, i) => {
      if (built && !shapeMatches(x.shape, built[i]!)) throw otherInput(x, built[i]!, where);
    });
    const values: Flow[] = xs.map((output) => ({ output, mask: null }));
    for (const call of this.#plan.calls) {
      const { layer, path, rng } = this.#placeOf(call);
      const given = call.inputs.map((value) => values[value]!);
      const ofStep = rng.split(step);
      const options = {
        registry,
        kernels,
        path,
        training,
        rng: call.nth === 0 ? ofStep : ofStep.split(`call ${call.nth}`),
        masks: given.map(({ mask }) => mask),
      };
      const tensors = given.map(({ output }) => output);
      const { outputs, masks } = callLayer(layer, tensors, update ? { ...options, update } : options);
      call.outputs.forEach((value, i) => {
        values[value] = { output: outputs[i]!, mask: masks[i] ?? null };
      });
    }
    return this.#distinct(values, xs);
  }

  /** The outputs as tensors of their own: an input, or a tensor that is two outputs, is copied. */
  #distinct(values: readonly Flow[], xs: readonly tf.Tensor[]): Flow[] {
    const taken = new Set(xs);
    return this.#plan.outputs.map(({ value }) => {
      const flow = values[value]!;
      if (taken.has(flow.output)) return { ...flow, output: tf.clone(flow.output) };
      taken.add(flow.output);
      return flow;
    });
  }

  weights(): readonly PlacedParam[] {
    const seen = new Set<Param>();
    return this.placed.flatMap(({ layer }) =>
      layer.params
        .filter((param) => !seen.has(param) && seen.add(param))
        .map((param) => ({ path: param.path, param })),
    );
  }

  trainableParams(): readonly Param[] {
    return this.placed.flatMap(({ layer }) =>
      layer.trainable ? layer.params.filter((param) => param.trainable) : [],
    );
  }

  resetStates(): void {
    for (const { layer } of this.placed) layer.resetStates();
  }

  dispose(): void {
    for (const { layer } of this.placed) layer.dispose();
  }

  #placeOf(call: GraphCall): PlacedLayer {
    return this.placed[call.layer]!;
  }
}

/** Takes back what a failed build made, so that it can be tried again; not from a layer that was built elsewhere. */
function unbuild(made: readonly PlacedLayer[]): void {
  for (const place of made) {
    place.layer.dispose();
    place.layer.params = [];
    place.outputShape = null;
  }
}

function otherOutputs(path: string, expected: number, outputs: readonly Shape[]): OstinatoError {
  const several = outputs.length > 1;
  return new OstinatoError('layer-outputs', {
    where: path,
    what: several ? 'The layer has more outputs than are taken here' : 'The layer has no such output',
    expected: expected === 1 ? 'one output' : `${expected} outputs`,
    received: `${outputs.length}: ${outputs.map(showShape).join(', ')}`,
    ...(several ? { fix: 'Leave returnState out' } : {}),
  });
}

function otherInput(x: tf.Tensor, expected: Shape, where: string): OstinatoError {
  return new OstinatoError('shape-mismatch', {
    where,
    what: 'The model was built for inputs of another shape',
    expected: showShape(expected),
    received: showTensor(x),
  });
}
