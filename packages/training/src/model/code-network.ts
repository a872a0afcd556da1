/** What computes inside a model written as code: its layers, built when the code calls them first. */
import {
  buildLayer,
  type CallContext,
  callLayer,
  callPart,
  createRng,
  type KernelChooser,
  Layer,
  type LayerResult,
  type Mask,
  OstinatoError,
  type Param,
  pathInLayer,
  type Registry,
  type Rng,
  refuseRecording,
  type Shape,
  show,
  showShape,
  streamOf,
} from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import { snakeCase } from '../layer-names.js';
import {
  type CodeContext,
  type CodeOutputs,
  noSymbols,
  notCalled,
  onlyOne,
  untracked,
} from './code-context.js';
import { namedOutputs } from './code-output.js';
import type { GraphSymbols } from './graph-plan.js';
import { ModelLayer } from './model-layer.js';
import type { Flow, InputSpec, Network, PlacedLayer, PlacedParam, Reader } from './network.js';

export interface CodeOptions {
  readonly registry: Registry;
  readonly seed: number;
  readonly kernels: KernelChooser;
  readonly where: string;
  readonly trainable: () => boolean;
  readonly call: (inputs: readonly tf.Tensor[], context: CodeContext) => CodeOutputs;
}

/** A layer at its place; code has no symbols. */
class CodePlace implements PlacedLayer {
  readonly layer: Layer;
  readonly path: string;
  readonly rng: Rng;
  outputShape: Shape | null = null;

  constructor(layer: Layer, path: string, rng: Rng) {
    this.layer = layer;
    this.path = path;
    this.rng = rng;
  }

  get output(): never {
    throw noSymbols(this.path);
  }

  get applications(): never {
    throw noSymbols(this.path);
  }
}

type Apply = (
  place: CodePlace,
  inputs: readonly tf.Tensor[],
  masks: readonly Mask[],
  nth: number,
) => LayerResult;

export class CodeNetwork implements Network {
  readonly shuffling: Rng;
  readonly inputDtypes: Network['inputDtypes'] = [];
  readonly #options: CodeOptions;
  readonly #places: CodePlace[] = [];
  readonly #steps: Rng;
  readonly #weightsRng: Rng;
  readonly #made = new Set<CodePlace>();
  readonly #shapes = new Map<string, readonly Shape[]>();
  #specs: readonly InputSpec[] | null = null;
  #outputNames: readonly string[] | null = null;
  /** The inputs that there will be, where that is known before the first data. */
  known: readonly InputSpec[] | undefined;

  constructor(options: CodeOptions) {
    const root = createRng(options.seed);
    this.#options = options;
    this.#steps = root.split('step');
    this.#weightsRng = root.split('weights');
    this.shuffling = root.split('shuffle');
  }

  /** Gives a layer its place. Throws `layer-name`, `layer-twice`. */
  track(layer: Layer, given: string | undefined): void {
    const { where } = this.#options;
    if (!(layer instanceof Layer)) throw noLayer(layer, where);
    if (this.#places.some((place) => place.layer === layer)) {
      throw new OstinatoError('layer-twice', { where, what: 'A layer is tracked twice' });
    }
    const own = given ?? layer.givenName;
    const base = own ?? snakeCase(layer.registeredName.slice(layer.registeredName.indexOf('>') + 1));
    const taken = (name: string): boolean => this.#places.some(({ path }) => path === name);
    let name = base;
    if (own !== undefined && taken(own)) {
      throw new OstinatoError('layer-name', { where, what: `Two layers are named '${own}'` });
    }
    for (let i = 1; taken(name); i++) name = `${base}_${i}`;
    this.#places.push(new CodePlace(layer, name, this.#steps.split(name)));
  }

  get placed(): readonly PlacedLayer[] {
    return this.#places;
  }

  /** Null before the first data. */
  get inputNames(): readonly string[] | null {
    return this.#specs?.map(({ name }) => name) ?? null;
  }

  get outputNames(): readonly string[] | null {
    return this.#outputNames;
  }

  /** Sizes are left open: the layers say what they cannot take. */
  get inputShapes(): readonly Shape[] | null {
    return this.#specs?.map(({ shape }) => shape.map(() => null)) ?? null;
  }

  get outputShapes(): readonly Shape[] | null {
    return this.#specs && this.outputShapesFor(this.#specs.map(({ shape }) => shape));
  }

  /** The inputs that it was built for. */
  get inputSpecs(): readonly InputSpec[] | null {
    return this.#specs;
  }

  readers(): readonly Reader[] {
    return [];
  }

  buildAlone(): boolean {
    if (!this.#specs && this.known) this.#build(this.known, '');
    return this.#specs !== null;
  }

  admit(inputs: readonly InputSpec[]): void {
    if (!this.#specs) this.#build(inputs, '');
  }

  buildInside(shapes: readonly Shape[], path: string): void {
    const dtype = 'float32' as const;
    const known = shapes.map((shape, i) => ({
      name: `input_${i}`,
      shape: shape.map((size) => size ?? 1),
      dtype,
    }));
    if (!this.#specs) this.#build(known, path);
  }

  /** Runs the code once on zeros: layers are built when they are called. */
  #build(specs: readonly InputSpec[], inside: string): void {
    const { registry, kernels } = this.#options;
    const seen = new Set<CodePlace>();
    try {
      this.#shapes.clear();
      this.#dryRun(specs, (place, inputs, masks, nth) => {
        if (!seen.has(place)) {
          seen.add(place);
          const inputShapes = inputs.map(({ shape }) => [null, ...shape.slice(1)]);
          const path = inside === '' ? place.path : `${inside}/${place.path}`;
          const own = place.layer instanceof ModelLayer && place.layer.built;
          buildLayer(place.layer, {
            registry,
            rng: this.#weightsRng,
            path,
            streams: place.path,
            inputShapes,
            kernels,
          });
          for (const param of place.layer.params) param.standIn(place.layer);
          if (!own) this.#made.add(place);
        }
        return this.#callTop(place, inputs, masks, nth, false, 0);
      });
      const unused = this.#places.find((place) => !seen.has(place));
      if (unused) throw notCalled(unused.path);
    } catch (error) {
      this.unbuild();
      throw error;
    }
    this.#specs = specs.map((spec) => ({ ...spec, shape: [1, ...spec.shape.slice(1)] }));
  }

  /** Builds it first. Sizes that are not known are tried with two lengths: what changes with them is not known either. */
  outputShapesFor(inputs: readonly Shape[]): readonly Shape[] {
    if (!this.#specs) this.buildInside(inputs, '');
    const open = inputs.some((shape) => shape.slice(1).includes(null));
    const first = this.#shapesWith(inputs, 2);
    if (!open) return first;
    const second = this.#shapesWith(inputs, 3);
    return first.map((shape, i) => shape.map((size, axis) => (size === second[i]![axis] ? size : null)));
  }

  #shapesWith(inputs: readonly Shape[], unknown: number): readonly Shape[] {
    const specs = inputs.map((shape, i) => ({
      name: '',
      shape: [1, ...shape.slice(1).map((size) => size ?? unknown)],
      dtype: this.#specs![i]?.dtype ?? ('float32' as const),
    }));
    const known = this.#shapes.get(keyOf(specs));
    if (known) return known;
    return this.#dryRun(specs, (place, xs, masks, nth) => this.#callTop(place, xs, masks, nth, false, 0));
  }

  /** Shapes of the outputs for one sample of zeros. */
  #dryRun(specs: readonly InputSpec[], apply: Apply): readonly Shape[] {
    let shapes: readonly Shape[] = [];
    tf.tidy(() => {
      const zeros = specs.map(({ shape, dtype }) => tf.zeros([1, ...shape.slice(1)], dtype));
      const flows = this.#run(zeros, [], false, this.#steps.split('dry'), apply);
      shapes = flows.map(({ output }) => [null, ...output.shape.slice(1)]);
    });
    this.#shapes.set(keyOf(specs), shapes);
    return shapes;
  }

  forward(
    xs: readonly tf.Tensor[],
    training: boolean,
    step: number,
    update?: CallContext['update'],
  ): readonly Flow[] {
    const taken = new Set(xs);
    const rng = this.#steps.split('code').split(step);
    const flows = this.#run(xs, [], training, rng, (place, inputs, masks, nth) =>
      this.#callTop(place, inputs, masks, nth, training, step, update),
    );
    return flows.map((flow) => {
      if (taken.has(flow.output)) return { ...flow, output: tf.clone(flow.output) };
      taken.add(flow.output);
      return flow;
    });
  }

  forwardInside(xs: readonly tf.Tensor[], context: CallContext): readonly Flow[] {
    return this.#run(xs, context.masks, context.training, context.rng, (place, inputs, masks, nth) =>
      callPart(place.layer, inputs, context.part(place.path, masks, nth)),
    );
  }

  #callTop(
    { layer, path, rng }: CodePlace,
    inputs: readonly tf.Tensor[],
    masks: readonly Mask[],
    nth: number,
    training: boolean,
    step: number,
    update?: CallContext['update'],
  ): LayerResult {
    const { registry, kernels } = this.#options;
    const stream = streamOf(rng.split(step), nth);
    return callLayer(layer, inputs, { registry, kernels, path, training, rng: stream, masks, update });
  }

  #run(
    xs: readonly tf.Tensor[],
    given: readonly Mask[],
    training: boolean,
    rng: Rng,
    apply: Apply,
  ): readonly Flow[] {
    refuseRecording('the model is written as code');
    const masks = new Map<tf.Tensor, Mask>(xs.map((x, i) => [x, given[i] ?? null]));
    const counts = new Map<CodePlace, number>();
    const rows = xs[0]!.shape[0]!; // asked before: the code may dispose its inputs
    const maskOf = (tensor: tf.Tensor): Mask => masks.get(tensor) ?? null;
    const applyAll: CodeContext['applyAll'] = (layer, inputs) => {
      const place = this.#places.find((one) => one.layer === layer);
      if (!place) throw untracked(layer, this.#options.where);
      const tensors = inputs instanceof tf.Tensor ? [inputs] : inputs;
      if (!Array.isArray(tensors) || !tensors.every((one) => one instanceof tf.Tensor))
        throw noTensors(inputs, place.path);
      const nth = counts.get(place) ?? 0;
      counts.set(place, nth + 1);
      const made = apply(place, tensors, tensors.map(maskOf), nth);
      made.outputs.forEach((output, i) => {
        masks.set(output, made.masks[i] ?? null);
      });
      place.outputShape = [null, ...made.outputs[0]!.shape.slice(1)];
      return made.outputs;
    };
    const context: CodeContext = {
      training,
      rng,
      applyAll,
      maskOf,
      apply: (layer, inputs) => onlyOne(applyAll(layer, inputs), layer),
      withMask: (tensor, mask) => {
        masks.set(tensor, mask);
        return tensor;
      },
    };
    const outputs = this.#named(this.#options.call(xs, context), rows);
    return outputs.map((output) => ({ output, mask: maskOf(output) }));
  }

  #named(returned: CodeOutputs, rows: number): readonly tf.Tensor[] {
    const { where } = this.#options;
    const outputs = namedOutputs(returned, { where, rows, names: this.#outputNames });
    this.#outputNames ??= [...outputs.keys()];
    return [...outputs.values()];
  }

  symbols(): GraphSymbols {
    throw noSymbols(this.#options.where);
  }

  rows(): undefined {
    return undefined;
  }

  outputSymbols(): never {
    throw noSymbols(this.#options.where);
  }

  weights(): readonly PlacedParam[] {
    const seen = new Set<Param>();
    const all = this.#places.flatMap(({ layer, path }) =>
      layer.params.map((param) => ({ path: `${path}/${pathInLayer(layer, param)}`, param })),
    );
    return all.filter(({ param }) => !seen.has(param) && seen.add(param));
  }

  trainableParams(): readonly Param[] {
    if (!this.#options.trainable()) return [];
    return this.weights().flatMap(({ param }) => (param.trainable ? [param] : []));
  }

  resetStates(): void {
    for (const { layer } of this.#places) layer.resetStates();
  }

  unbuild(): void {
    for (const { layer } of this.#made) {
      if (layer instanceof ModelLayer) layer.unbuild();
      else {
        layer.dispose();
        layer.params = [];
      }
    }
    this.#made.clear();
    this.#specs = null;
  }

  dispose(): void {
    for (const { layer } of this.#made) layer.dispose();
  }
}

function keyOf(specs: readonly InputSpec[]): string {
  return specs.map(({ shape }) => showShape(shape.slice(1))).join();
}

function noLayer(received: unknown, where: string): OstinatoError {
  return new OstinatoError('layer-type', {
    where,
    what: 'What is tracked is no layer',
    expected: 'an object made by a layer factory such as dense({ units: 8 }), or a model',
    received: show(received),
  });
}

function noTensors(received: unknown, where: string): OstinatoError {
  return new OstinatoError('code-input', {
    where,
    what: 'The code applies the layer to something else than tensors',
    expected: 'a tensor or a list of tensors',
    received: show(received),
  });
}
