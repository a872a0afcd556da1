/** The layer under test in its surroundings: builds it, calls it, and keeps the inputs. */
import {
  buildLayer,
  type CallContext,
  callLayer,
  createRng,
  type FusedPolicy,
  KernelChooser,
  type Layer,
  type LayerResult,
  type Mask,
  type Registry,
  type Rng,
  type Shape,
  stepStream,
} from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import { type Finding, fail } from '../conformance-error.js';
import { randomTensor } from '../random-tensor.js';
import type { LayerCheck, LayerTest, LayerTestOptions, PlainTensor } from './layer-test.js';

/** Where the layer stands in the model that it is not in. */
const PATH = 'subject';

/** How a call differs from a plain one. */
export interface RunOptions {
  readonly inputs?: readonly tf.Tensor[];
  readonly masks?: readonly Mask[];
  readonly training?: boolean;
  readonly kernels?: KernelChooser;
  readonly update?: CallContext['update'];
  /** Each has random numbers of its own. Default 0. */
  readonly step?: number;
}

export class LayerSubject {
  readonly where: string;
  readonly options: LayerTestOptions;
  readonly inputs: readonly tf.Tensor[];
  readonly seed: number;
  readonly #make: () => Layer;

  constructor(test: LayerTest<never>) {
    this.options = test;
    this.#make = test.make ?? (() => test.spec.create(test.options));
    this.seed = test.seed ?? 7;
    const rng = createRng(this.seed).split('inputs');
    this.inputs = test.inputShapes.map((shape, i) =>
      randomTensor(shape, test.inputDtype ?? 'float32', rng.split(i), test.inputLimit),
    );
    this.where = this.#make().registeredName;
  }

  get registry(): Registry {
    return this.options.registry;
  }

  fail(check: LayerCheck, finding: Finding): never {
    return fail(this.where, check, finding);
  }

  /** A new layer that is not built. */
  make(): Layer {
    return this.#make();
  }

  /** A new layer, built. */
  built(seed = this.seed): Layer {
    return this.build(this.make(), seed);
  }

  build(layer: Layer, seed = this.seed, inputShapes: readonly Shape[] = this.symbolicShapes()): Layer {
    buildLayer(layer, { registry: this.registry, rng: createRng(seed), path: PATH, inputShapes });
    return layer;
  }

  /** The shapes of the inputs as a model announces them: the batch is not known. */
  symbolicShapes(): Shape[] {
    return this.options.inputShapes.map((shape) => [null, ...shape.slice(1)]);
  }

  /** Calls the layer on the reference path unless told otherwise. Call it inside `tidy`. */
  run(layer: Layer, options: RunOptions = {}): LayerResult {
    const { inputs = this.inputs, training = false, masks, update, step = 0 } = options;
    layer.resetStates();
    return callLayer(layer, inputs, {
      registry: this.registry,
      rng: stepStream((at) => this.rng('call').split(at), step),
      path: PATH,
      training,
      kernels: options.kernels ?? this.chooser('off'),
      ...(masks ? { masks } : {}),
      ...(update ? { update } : {}),
    });
  }

  /** A stream of the test's seed. */
  rng(name: string): Rng {
    return createRng(this.seed).split(name);
  }

  chooser(policy: FusedPolicy): KernelChooser {
    return new KernelChooser(this.registry.kernels, policy);
  }

  /** The outputs' values of such a call. */
  outputs(layer: Layer, options: RunOptions = {}): Float32Array[] {
    return this.readOutputs(layer, options).map(({ values }) => values);
  }

  /** The outputs of such a call as plain numbers. */
  readOutputs(layer: Layer, options: RunOptions = {}): PlainTensor[] {
    let plain: PlainTensor[] = [];
    tf.tidy(() => {
      plain = this.run(layer, options).outputs.map((output) => ({
        shape: output.shape,
        values: Float32Array.from(output.dataSync()),
      }));
    });
    return plain;
  }

  dispose(): void {
    tf.dispose(this.inputs as tf.Tensor[]);
  }
}
