/**
 * Layers and how their values go from one to the next: names, shapes, weights, and the way forward.
 *
 * A graph is a list of calls in an order in which each finds its inputs; a sequential model is the chain. Not here:
 * losses, gradients, batches. They see a `Network`.
 */
import {
  Application,
  buildLayer,
  type CallContext,
  callLayer,
  callPart,
  createRng,
  type KernelChooser,
  type LayerResult,
  type Mask,
  type Param,
  pathInLayer,
  type Registry,
  type Rng,
  type Shape,
  SymbolicTensor,
  shapeMatches,
  stepStream,
  streamOf,
} from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import { noSymbols, otherCount, otherInput, otherOutputs } from './graph-errors.js';
import { GraphPlace } from './graph-place.js';
import type { GraphCall, GraphPlan, GraphSymbols } from './graph-plan.js';
import { type GraphRow, graphRows } from './graph-rows.js';
import { ModelLayer } from './model-layer.js';
import type { Flow, InputSpec, Lengths, Network, PlacedLayer, PlacedParam, Reader } from './network.js';

export interface GraphOptions {
  readonly registry: Registry;
  readonly seed: number;
  readonly kernels: KernelChooser;
  readonly where: string;
  /** Shapes of the inputs, batch axis included, if they are known beforehand. */
  readonly known?: readonly Shape[] | undefined;
  /** Whether the model that it is the inside of is trainable now. */
  readonly trainable: () => boolean;
}

export class LayerGraph implements Network {
  readonly placed: readonly PlacedLayer[];
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  readonly shuffling: Rng;
  readonly #plan: GraphPlan;
  readonly #options: GraphOptions;
  readonly #weightsRng: Rng;
  readonly #made = new Set<PlacedLayer>();
  #symbols: GraphSymbols | undefined;
  #inputShapes: readonly Shape[] | null = null;
  #outputShapes: readonly Shape[] | null = null;
  /** The data that it was built for: sequences of other lengths may follow. */
  #inferred: readonly InputSpec[] | null = null;

  constructor(plan: GraphPlan, options: GraphOptions) {
    const root = createRng(options.seed);
    const steps = root.split('step');
    this.#plan = plan;
    this.#options = options;
    this.#weightsRng = root.split('weights');
    this.shuffling = root.split('shuffle');
    this.inputNames = plan.inputNames;
    this.outputNames = plan.outputs.map(({ name }) => name);
    this.#symbols = plan.traced;
    const applications = (): readonly Application[] => {
      this.buildAlone(); // what is cut out of a model shares the weights that the model made
      return this.symbols().applications;
    };
    this.placed = plan.layers.map(
      ({ layer, name }) => new GraphPlace(layer, name, steps.split(name), applications),
    );
  }

  get plan(): GraphPlan {
    return this.#plan;
  }

  get inputDtypes(): readonly (SymbolicTensor['dtype'] | undefined)[] {
    return this.#plan.traced?.inputs.map(({ dtype }) => dtype) ?? [];
  }

  get inputShapes(): readonly Shape[] | null {
    return this.#inputShapes;
  }

  get outputShapes(): readonly Shape[] | null {
    return this.#outputShapes;
  }

  get inputSpecs(): readonly InputSpec[] | null {
    return this.#inferred;
  }

  readers(input: number): readonly Reader[] {
    return this.#plan.calls.flatMap((call) => {
      const { layer, path } = this.#placeOf(call);
      return call.inputs.flatMap((value, position) => {
        if (value !== input) return [];
        if (layer instanceof ModelLayer) return layer.readers(position, path);
        return position === 0 ? [{ layer, path }] : [];
      });
    });
  }

  symbols(): GraphSymbols {
    if (this.#symbols) return this.#symbols;
    const known = this.#inputShapes ?? this.#options.known;
    if (!known) throw noSymbols(this.#options.where);
    const inputs = known.map((shape) => new SymbolicTensor(shape));
    const values = [...inputs];
    const applications = this.#plan.calls.map((call) => {
      const { layer } = this.#placeOf(call);
      const application = new Application(
        layer,
        call.inputs.map((value) => values[value]!),
      );
      call.outputs.forEach((value, i) => {
        values[value] = application.outputs[i]!;
      });
      return application;
    });
    this.#symbols = { inputs, applications };
    return this.#symbols;
  }

  rows(): readonly GraphRow[] | undefined {
    return graphRows(this.#plan);
  }

  /** The symbols of the outputs. */
  outputSymbols(): readonly SymbolicTensor[] {
    const { inputs, applications } = this.symbols();
    const values = [...inputs];
    this.#plan.calls.forEach((call, i) => {
      call.outputs.forEach((value, k) => {
        if (value >= 0) values[value] = applications[i]!.outputs[k]!;
      });
    });
    return this.#plan.outputs.map(({ value }) => values[value]!);
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
      this.#inferred = inputs.map(({ name, shape, dtype }) => ({
        name,
        shape: [1, ...shape.slice(1)],
        dtype,
      }));
    } else if (this.#inferred && lengths === 'any length') {
      this.#admitLength(inputs[0]!.shape);
    }
  }

  buildInside(shapes: readonly Shape[], path: string): void {
    if (shapes.length !== this.inputNames.length) throw otherCount(shapes.length, this.inputNames, path);
    const expected = this.#inputShapes ?? this.#options.known;
    shapes.forEach((shape, i) => {
      if (expected && !shapeMatches(shape, expected[i]!)) throw otherInput(shape, expected[i]!, path);
    });
    if (!this.#inputShapes) this.build(expected ?? shapes, path);
  }

  /**
   * Makes all weights, inside another model at `path`. Throws what the layers say of their inputs, `layer-built`, and
   * `layer-outputs` for an unplanned output.
   */
  build(inputShapes: readonly Shape[], path = ''): void {
    const seen = new Set<PlacedLayer>();
    try {
      this.#outputShapes = this.#walk(inputShapes, (place, shapes) => {
        if (seen.has(place)) return;
        seen.add(place);
        this.#buildPlace(place, shapes, path);
      });
    } catch (error) {
      this.unbuild();
      throw error;
    }
    this.#inputShapes = inputShapes;
  }

  #buildPlace(place: PlacedLayer, inputShapes: readonly Shape[], inside: string): void {
    const { registry, kernels } = this.#options;
    const { layer, path } = place;
    const present = layer.params.some((param) => !param.disposed);
    if (present && this.#plan.shares && !layer.standsAlone) return;
    const full = inside === '' ? path : `${inside}/${path}`;
    const own = layer instanceof ModelLayer && layer.built;
    buildLayer(layer, { registry, rng: this.#weightsRng, path: full, streams: path, inputShapes, kernels });
    for (const param of layer.params) param.standIn(layer);
    if (!own) this.#made.add(place);
  }

  outputShapesFor(inputs: readonly Shape[]): readonly Shape[] {
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
    if (!this.#plan.traced) this.#symbols = undefined;
  }

  #shapesFor(inputShapes: readonly Shape[]): readonly Shape[] {
    const values = [...inputShapes];
    for (const call of this.#plan.calls) {
      const shapes = this.#placeOf(call).layer.outputShapes(call.inputs.map((value) => values[value]!));
      call.outputs.forEach((value, i) => {
        if (value >= 0) values[value] = shapes[i]!;
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
        if (value >= 0) values[value] = outputs[i]!;
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
    this.#checkTensors(xs, where);
    const flows = this.#run(xs, [], (call, inputs, masks) => {
      const { layer, path, rng } = this.#placeOf(call);
      const stream = stepStream(streamsOf(rng, call.nth), step);
      return callLayer(layer, inputs, { registry, kernels, path, training, rng: stream, masks, update });
    });
    return ownTensors(flows, xs);
  }

  forwardInside(xs: readonly tf.Tensor[], context: CallContext): readonly Flow[] {
    this.#checkTensors(xs, context.path);
    return this.#run(xs, context.masks, (call, inputs, masks) => {
      const { layer, path } = this.#placeOf(call);
      return callPart(layer, inputs, context.part(path, masks, call.nth));
    });
  }

  #run(
    xs: readonly tf.Tensor[],
    masks: readonly Mask[],
    apply: (call: GraphCall, inputs: readonly tf.Tensor[], masks: readonly Mask[]) => LayerResult,
  ): readonly Flow[] {
    const values: Flow[] = xs.map((output, i) => ({ output, mask: masks[i] ?? null }));
    for (const call of this.#plan.calls) {
      const given = call.inputs.map((value) => values[value]!);
      const made = apply(
        call,
        given.map(({ output }) => output),
        given.map(({ mask }) => mask),
      );
      call.outputs.forEach((value, i) => {
        if (value >= 0) values[value] = { output: made.outputs[i]!, mask: made.masks[i] ?? null };
      });
    }
    return this.#plan.outputs.map(({ value }) => values[value]!);
  }

  #checkTensors(xs: readonly tf.Tensor[], where: string): void {
    const built = this.#inputShapes;
    if (xs.length !== this.inputNames.length) throw otherCount(xs.length, this.inputNames, where);
    xs.forEach((x, i) => {
      if (built && !shapeMatches(x.shape, built[i]!)) throw otherInput(x, built[i]!, where);
    });
  }

  weights(): readonly PlacedParam[] {
    const seen = new Set<Param>();
    const all = this.placed.flatMap(({ layer, path }) =>
      layer.params.map((param) => ({ path: `${path}/${pathInLayer(layer, param)}`, param })),
    );
    return all.filter(({ param }) => !seen.has(param) && seen.add(param));
  }

  trainableParams(): readonly Param[] {
    if (!this.#options.trainable()) return [];
    return this.weights().flatMap(({ param }) => (param.trainable ? [param] : []));
  }

  resetStates(): void {
    for (const { layer } of this.placed) layer.resetStates();
  }

  unbuild(): void {
    for (const place of this.#made) {
      const { layer } = place;
      if (layer instanceof ModelLayer) layer.unbuild();
      else {
        layer.dispose();
        layer.params = [];
      }
    }
    this.#made.clear();
    for (const place of this.placed) place.outputShape = null;
    this.#inputShapes = null;
    this.#inferred = null;
    this.#outputShapes = null;
  }

  dispose(): void {
    for (const { layer } of this.#made) layer.dispose();
  }

  #placeOf(call: GraphCall): PlacedLayer {
    return this.placed[call.layer]!;
  }
}

/** The stream of one of several calls of a layer in each step; a recording keeps this function, and nothing of the step with it. */
function streamsOf(rng: Rng, nth: number): (step: number) => Rng {
  return (step) => streamOf(rng.split(step), nth);
}

/** The outputs as tensors of their own: an input, or a tensor that is two outputs, is copied. */
function ownTensors(flows: readonly Flow[], xs: readonly tf.Tensor[]): readonly Flow[] {
  const taken = new Set(xs);
  return flows.map((flow) => {
    if (taken.has(flow.output)) return { ...flow, output: tf.clone(flow.output) };
    taken.add(flow.output);
    return flow;
  });
}
