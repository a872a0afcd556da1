/**
 * Layers one after the other: names, shapes, weights, and the way forward.
 *
 * Not here: losses, gradients, batches. They see a function of one tensor and a list of parameters.
 */
import {
  buildLayer,
  type CallContext,
  callLayer,
  createRng,
  type KernelChooser,
  type Layer,
  type Mask,
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
import { nameLayers } from './layer-names.js';

/** A layer at its place in a model. */
export interface PlacedLayer {
  readonly layer: Layer;
  readonly path: string;
  /** Null until the stack is built. */
  outputShape: Shape | null;
  /** Origin of the layer's randomness; each step has a stream of its own below it. */
  readonly rng: Rng;
}

/** What goes forward: values, and which of their steps count. */
export interface Flow {
  readonly output: tf.Tensor;
  readonly mask: Mask;
}

export interface StackOptions {
  readonly registry: Registry;
  readonly seed: number;
  readonly kernels: KernelChooser;
  readonly where: string;
}

export class LayerStack {
  readonly placed: readonly PlacedLayer[];
  readonly #options: StackOptions;
  readonly #weightsRng: Rng;
  /** The stream from which each epoch's order comes. */
  readonly shuffling: Rng;
  #inputShape: Shape | null = null;

  constructor(layers: readonly Layer[], options: StackOptions) {
    const root = createRng(options.seed);
    const steps = root.split('step');
    const names = nameLayers(layers, options.where);
    this.#options = options;
    this.#weightsRng = root.split('weights');
    this.shuffling = root.split('shuffle');
    this.placed = layers.map((layer, i) => ({
      layer,
      path: names[i]!,
      outputShape: null,
      rng: steps.split(names[i]!),
    }));
  }

  /** The shape it was built for, batch axis included; null before. */
  get inputShape(): Shape | null {
    return this.#inputShape;
  }

  get outputShape(): Shape | null {
    return this.placed.at(-1)?.outputShape ?? null;
  }

  /** Makes all weights. Throws what the layers say of their inputs, and `layer-outputs` for one with several outputs. */
  build(inputShape: Shape): void {
    const { registry, kernels } = this.#options;
    let shape = inputShape;
    for (const [i, place] of this.placed.entries()) {
      const { layer, path } = place;
      let built = i;
      try {
        buildLayer(layer, { registry, rng: this.#weightsRng, path, inputShapes: [shape], kernels });
        built = i + 1;
        const outputs = layer.outputShapes([shape]);
        if (outputs.length !== 1) throw severalOutputs(path, outputs);
        place.outputShape = shape = outputs[0]!;
      } catch (error) {
        this.#unbuild(built);
        throw error;
      }
    }
    this.#inputShape = inputShape;
  }

  /** The shape of the outputs for inputs of this shape, where the model's own leaves an axis open. */
  outputShapeFor(shape: readonly number[]): Shape {
    return this.#shapesFor([null, ...shape.slice(1)]).at(-1)!;
  }

  /**
   * Opens the axis of steps when sequences of another length come than those that the model was built for.
   *
   * Axis 1 counts steps in inputs with features, and in ids, which the first layer makes vectors of. A layer with
   * weights for each step says so when it is called.
   */
  admitLength(shape: readonly number[]): void {
    const known = this.#inputShape!;
    const sequences = known.length > 2 || this.placed[0]!.outputShape!.length > known.length;
    if (!sequences || shape.length !== known.length || known[1] === null || known[1] === shape[1]) return;
    const open = [null, null, ...known.slice(2)];
    for (const [i, outputShape] of this.#shapesFor(open).entries()) this.placed[i]!.outputShape = outputShape;
    this.#inputShape = open;
  }

  /** Output shapes of all layers. */
  #shapesFor(inputShape: Shape): Shape[] {
    let shape = inputShape;
    return this.placed.map(({ layer }) => {
      shape = layer.outputShapes([shape])[0]!;
      return shape;
    });
  }

  /** Takes back what a failed build made, so that it can be tried again; not from a layer that was built elsewhere. */
  #unbuild(count: number): void {
    for (const place of this.placed.slice(0, count)) {
      place.layer.dispose();
      place.layer.params = [];
      place.outputShape = null;
    }
  }

  /**
   * Runs all layers. Call it inside `tidy`. `step` names the stream of randomness; `update` takes what layers ask for
   * of weights without gradients.
   */
  forward(x: tf.Tensor, training: boolean, step: number, update?: CallContext['update']): Flow {
    const { registry, kernels, where } = this.#options;
    if (this.#inputShape && !shapeMatches(x.shape, this.#inputShape))
      throw otherInput(x, this.#inputShape, where);
    let flow: Flow = { output: x, mask: null };
    for (const { layer, path, rng } of this.placed) {
      const options = { registry, kernels, path, training, rng: rng.split(step), masks: [flow.mask] };
      const { outputs, masks } = callLayer(layer, [flow.output], update ? { ...options, update } : options);
      flow = { output: outputs[0]!, mask: masks[0] ?? null };
    }
    return flow.output === x ? { ...flow, output: tf.clone(x) } : flow;
  }

  params(): Param[] {
    return this.placed.flatMap(({ layer }) => [...layer.params]);
  }

  trainableParams(): Param[] {
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
}

function severalOutputs(path: string, outputs: readonly Shape[]): OstinatoError {
  return new OstinatoError('layer-outputs', {
    where: path,
    what: 'A layer of a sequential model has one output',
    expected: 'one output',
    received: `${outputs.length}: ${outputs.map(showShape).join(', ')}`,
    fix: 'Leave returnState out',
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
