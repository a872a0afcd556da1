/** The sequential model: layers one after the other. */
import { type ConfigWriter, type JsonObject, type Layer, type Shape, showShape } from '@ostinato/core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { checkLayers } from './check-layers.js';
import { chain } from './model/chain.js';
import { LayerGraph } from './model/layer-graph.js';
import { Model } from './model/model.js';
import { builtOtherwise, notBatchShape } from './model/model-errors.js';
import { checkSequentialOptions, isShape, type SequentialOptions } from './model/model-options.js';

/**
 * Layers one after the other, trained and run as one. See `Model` for what one does with it.
 *
 * Its weights are made when the shape of its input is known: from `inputShape`, by `build`, or by the first data. In the
 * last case batches may bring sequences of other lengths later.
 */
export class Sequential extends Model<Tensor> {
  readonly network: LayerGraph;
  readonly class = 'Sequential';
  protected readonly kind = 'Sequential';

  /** Use `sequential()`. */
  constructor(layers: readonly (Layer | Model)[], options: SequentialOptions) {
    const list = asLayers(layers);
    checkLayers(list, 'sequential');
    super(checkSequentialOptions(options));
    const { registry, seed, name, inputShape } = this.options;
    this.network = new LayerGraph(chain(list, name), {
      registry,
      seed,
      kernels: this.chooser,
      where: name,
      known: inputShape && [[null, ...inputShape]],
      trainable: () => this.trainable,
    });
  }

  /** Shapes of input and output, batch axis included; null before the model is built. */
  get inputShape(): Shape | null {
    return this.network.inputShapes?.[0] ?? null;
  }

  get outputShape(): Shape | null {
    return this.network.outputShapes?.[0] ?? null;
  }

  /**
   * Makes the weights. Called by itself with the first data.
   *
   * Throws   `config-input-shape`; `model-built` when it was built for another shape; what the layers say of their
   *          inputs
   */
  build(inputShape: Shape): void {
    if (!isShape(inputShape) || inputShape.length === 0) throw notBatchShape('Sequential.build', inputShape);
    const present = this.inputShape;
    if (!present) this.network.build([[...inputShape]]);
    else if (showShape(present) !== showShape(inputShape)) {
      throw builtOtherwise('Sequential.build', showShape(present), showShape(inputShape));
    }
    this.afterBuild();
  }

  toConfig(write: ConfigWriter): JsonObject {
    const { inputShape } = this;
    return { ...this.baseConfig(), inputShape, layers: this.layers.map(({ layer }) => write(layer)) };
  }

  protected arrange([output]: readonly Tensor[]): Tensor {
    return output!;
  }
}

/** Models among layers as layers. */
function asLayers(layers: readonly (Layer | Model)[]): readonly Layer[] {
  if (!Array.isArray(layers)) return layers as readonly Layer[]; // checkLayers says what is wrong
  return layers.map((item: Layer | Model) => (item instanceof Model ? item.asLayer() : item));
}

/**
 * A model of layers one after the other.
 *
 * @example
 * const model = sequential([embedding({ inputDim: 10_000, outputDim: 32 }), simpleRNN({ units: 32 }),
 *   dense({ units: 1, activation: 'sigmoid' })], { registry, seed: 42 });
 */
export function sequential(layers: readonly (Layer | Model)[], options: SequentialOptions): Sequential {
  return new Sequential(layers, options);
}
