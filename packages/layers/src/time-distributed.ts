/** One layer at every step of a sequence. */
import {
  type BuildContext,
  baseConfig,
  buildPart,
  type CallContext,
  type ConfigWriter,
  callPart,
  checkFields,
  defineLayer,
  type JsonObject,
  Layer,
  type LayerOptions,
  type Mask,
  OstinatoError,
  type Shape,
  show,
  showShape,
} from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';

const NAME = '@ostinato/layers>TimeDistributed';

export interface TimeDistributedOptions extends LayerOptions {
  /** What every step goes through. It becomes part of this one. */
  readonly layer: Layer;
}

/**
 * Applies a layer to each step on its own, all steps at once: they are rows of one larger batch.
 *
 * A mask of [batch, steps] passes by the layer, which sees one step and has no steps of its own to skip. Of a mask with
 * more axes, [batch, steps, innerSteps], each step is given its part.
 *
 * Shapes   each input [batch, steps, …] → each output [batch, steps, …] with what the layer makes of a step
 * Weights  those of the layer
 * Throws   `config-layer`; `shape-mismatch` for inputs without steps, or with different numbers of them
 * Source   Keras 3
 * Differs  what a layer computes over its batch (BatchNormalization while training) it computes over all steps
 *          together; Keras does so for one step at a time. Where the layer ends the mask of inner steps (Conv1D), a step counts when
 *          one of its inner steps did; Keras passes on the mask of the steps that were.
 *          A mask that the layer makes goes on from here; in Keras it is lost
 *
 * @example
 * const layer = timeDistributed({ layer: dense({ units: 8 }) });
 */
export class TimeDistributed extends Layer {
  static override readonly repeatable = true;
  readonly registeredName = NAME;
  readonly layer: Layer;

  constructor(options: TimeDistributedOptions) {
    checkFields(NAME, options, ['layer', 'name', 'trainable']);
    super(options);
    this.layer = options.layer;
    if (this.layer instanceof Layer) return;
    throw new OstinatoError('config-layer', {
      where: NAME,
      what: '`layer` is not a layer',
      expected: 'an object made by a layer factory such as dense({ units: 8 })',
      received: show(this.layer),
    });
  }

  override build(context: BuildContext): void {
    checkSteps(context.inputShapes, context.path);
    this.params = buildPart(this.layer, context.part('layer', context.inputShapes.map(stepShape)));
  }

  call(inputs: readonly tf.Tensor[], context: CallContext): readonly tf.Tensor[] {
    checkSteps(
      inputs.map(({ shape }) => shape),
      context.path,
    );
    const [batch, steps] = inputs[0]!.shape as [number, number];
    const masks = context.masks.map(foldMask);
    const { outputs } = callPart(this.layer, inputs.map(fold), context.part('layer', masks));
    return outputs.map((output) => unfold(output, batch, steps));
  }

  override get mostInputs(): number {
    return this.layer.mostInputs;
  }

  outputShapes(inputShapes: readonly Shape[]): readonly Shape[] {
    const [batch = null, steps = null] = inputShapes[0] ?? [];
    return this.layer
      .outputShapes(inputShapes.map(stepShape))
      .map((shape) => [batch, steps, ...shape.slice(1)]);
  }

  override outputMasks(inputs: readonly tf.Tensor[], masks: readonly Mask[]): readonly Mask[] {
    const [batch, steps] = inputs[0]!.shape as [number, number];
    const made = this.layer.outputMasks(inputs.map(fold), masks.map(foldMask));
    const ofSteps = masks[0] ? stepsOf(masks[0]) : null;
    return made.map((mask) => (mask ? unfold(mask, batch, steps) : ofSteps));
  }

  getConfig(write: ConfigWriter): JsonObject {
    return { ...baseConfig(this), layer: write(this.layer) };
  }

  override trainingOps(): readonly string[] {
    return this.layer.trainingOps();
  }

  override resetStates(): void {
    this.layer.resetStates();
  }

  override keptStates(): ReadonlyMap<string, tf.Tensor> {
    return this.layer.keptStates();
  }

  override keepStates(states: ReadonlyMap<string, tf.Tensor>): void {
    this.layer.keepStates(states);
  }

  override dispose(): void {
    this.layer.dispose();
    super.dispose();
  }
}

/** The shape of all steps as rows of one batch. */
function stepShape([, , ...rest]: Shape): Shape {
  return [null, ...rest];
}

/** [batch, steps, …] → [batch · steps, …] */
function fold(x: tf.Tensor): tf.Tensor {
  const [batch, steps, ...rest] = x.shape as [number, number, ...number[]];
  return tf.reshape(x, [batch * steps, ...rest]);
}

function unfold(x: tf.Tensor, batch: number, steps: number): tf.Tensor {
  return tf.reshape(x, [batch, steps, ...x.shape.slice(1)]);
}

function foldMask(mask: Mask): Mask {
  return mask && mask.rank > 2 ? fold(mask) : null;
}

/** bool[batch, steps, …] → bool[batch, steps]: a step counts when something in it does. */
function stepsOf(mask: tf.Tensor): tf.Tensor {
  if (mask.rank === 2) return mask;
  return tf.any(mask, mask.shape.map((_, axis) => axis).slice(2));
}

function checkSteps(shapes: readonly Shape[], path: string): void {
  const wrong =
    shapes.find((shape) => shape.length < 3) ?? shapes.find((shape) => shape[1] !== shapes[0]![1]);
  if (!wrong) return;
  throw new OstinatoError('shape-mismatch', {
    where: path,
    what:
      wrong.length < 3
        ? 'The input is not a batch of sequences'
        : 'The inputs have different numbers of steps',
    expected: wrong.length < 3 ? 'an input of [batch, steps, …]' : `inputs of ${shapes[0]![1]} steps`,
    received: showShape(wrong),
  });
}

export const timeDistributedSpec = /* @__PURE__ */ defineLayer({
  name: NAME,
  create: (options: TimeDistributedOptions) => new TimeDistributed(options),
  read: ({ layer, ...rest }, nested) => ({ ...rest, layer: nested.layer(layer, NAME) }),
});

/** A layer at every step of a sequence. */
export function timeDistributed(options: TimeDistributedOptions): TimeDistributed {
  return new TimeDistributed(options);
}
