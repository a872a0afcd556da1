/** A recurrent layer read in both directions. */
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
} from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import {
  checkDirected,
  checkForward,
  checkMergeable,
  checkMergeMode,
  checkPair,
  type DirectedLayer,
  type MergeMode,
} from './directed-layer.js';
import { zeroMasked } from './zero-masked.js';

type Tensors = readonly tf.Tensor[];

const NAME = '@ostinato/layers>Bidirectional';

export interface BidirectionalOptions extends LayerOptions {
  /** Reads forwards: `lstm()`, `rnn()` or any layer of that kind. It becomes part of this one. */
  readonly layer: DirectedLayer;
  /** Reads backwards (`goBackwards: true`); by default a copy of `layer` with weights of its own. */
  readonly backwardLayer?: DirectedLayer | null;
  /** Default `concat`, along the last axis. */
  readonly mergeMode?: MergeMode;
}

const MERGES: Readonly<Record<NonNullable<MergeMode>, (y: tf.Tensor, reversed: tf.Tensor) => tf.Tensor>> = {
  concat: (y, reversed) => tf.concat([y, reversed], -1),
  sum: (y, reversed) => tf.add(y, reversed),
  mul: (y, reversed) => tf.mul(y, reversed),
  ave: (y, reversed) => tf.div(tf.add(y, reversed), 2),
};

/**
 * A recurrent layer and its mirror image over one sequence, their outputs merged step by step.
 *
 * Both directions run their own fused kernels. With returnSequences the backward outputs are turned round, so that
 * both belong to the same step, and masked steps put out zeros.
 *
 * Shapes   x f32[batch, steps, …] (· initial states, the forward layer's, then the backward layer's · constants) →
 *          f32[batch, (steps,) …], its last axis doubled by `concat`; with returnState the final states follow
 * Weights  those of the forward layer, then those of the backward layer
 * Throws   `config-layer`, `config-backward-layer`, `config-merge-mode`; `states-count` when initial states do not
 *          come in two halves; `cell-unknown` when `layer` is to be copied and its cell is in no plugin
 * Source   Schuster and Paliwal 1997; masked steps as in Keras 3
 * Differs  Keras copies `layer`; here it is the forward layer. Keras sets its zeroOutputForMask aside; here one that is
 *          true holds without returnSequences, too
 *
 * @example
 * const layer = bidirectional({ layer: lstm({ units: 32 }), mergeMode: 'sum' });
 */
export class Bidirectional extends Layer {
  static override readonly repeatable = true;
  readonly registeredName = NAME;
  readonly forward: DirectedLayer;
  readonly mergeMode: MergeMode;
  readonly #givenBackward: DirectedLayer | null;
  #backward: DirectedLayer | undefined;

  constructor(options: BidirectionalOptions) {
    checkFields(NAME, options, ['layer', 'backwardLayer', 'mergeMode', 'name', 'trainable']);
    super(options);
    this.forward = options.layer;
    this.#givenBackward = options.backwardLayer ?? null;
    this.mergeMode = options.mergeMode === undefined ? 'concat' : options.mergeMode;
    checkMergeMode(NAME, this.mergeMode);
    checkDirected(NAME, 'layer', this.forward);
    if (this.#givenBackward !== null) {
      checkDirected(NAME, 'backwardLayer', this.#givenBackward);
      checkPair(NAME, this.forward, this.#givenBackward);
    } else checkForward(NAME, this.forward);
  }

  /** The layer that reads backwards. A copy of the forward layer exists from `build` on. */
  get backward(): DirectedLayer | undefined {
    return this.#givenBackward ?? this.#backward;
  }

  override build(context: BuildContext): void {
    const { inputShapes } = context;
    const { numConstants = 0 } = this.forward.options;
    const shapes = [
      ...inputShapes.slice(0, 1),
      ...inputShapes.slice(Math.max(1, inputShapes.length - numConstants)),
    ];
    const backward =
      this.#givenBackward ?? (context.copy(this.forward, { goBackwards: true }) as DirectedLayer);
    this.#backward = backward;
    this.params = [
      ...buildPart(this.forward, context.part('forward', shapes)),
      ...buildPart(backward, context.part('backward', shapes)),
    ];
    checkMergeable(this.forward, backward, this.mergeMode, context);
  }

  call(inputs: readonly tf.Tensor[], context: CallContext): readonly tf.Tensor[] {
    const [forStates, backStates, constants] = this.#divide(inputs, context.path);
    const run = (name: string, layer: DirectedLayer, states: Tensors): Tensors => {
      const given = [inputs[0]!, ...states, ...constants];
      const masks = given.map((_, i) => (i === 0 ? (context.masks[0] ?? null) : null));
      return callPart(layer, given, context.part(name, masks)).outputs;
    };
    const [y, ...states] = run('forward', this.forward, forStates);
    const [reversed, ...backwardStates] = run('backward', this.backward!, backStates);
    return [...this.#merge(y!, reversed!, context.masks[0] ?? null), ...states, ...backwardStates];
  }

  /** Initial states of both directions, and the constants that both are given. */
  #divide(inputs: readonly tf.Tensor[], path: string): readonly [Tensors, Tensors, Tensors] {
    const end = inputs.length - (this.forward.options.numConstants ?? 0);
    const states = inputs.slice(1, end);
    if (states.length % 2 === 0) {
      const half = states.length / 2;
      return [states.slice(0, half), states.slice(half), inputs.slice(end)];
    }
    throw new OstinatoError('states-count', {
      where: path,
      what: 'The initial states are not those of two layers',
      expected: 'an even number: those of the forward layer, then those of the backward layer',
      received: `${states.length}`,
    });
  }

  #merge(y: tf.Tensor, backwards: tf.Tensor, mask: Mask): readonly tf.Tensor[] {
    const { returnSequences } = this.forward.options;
    if (!returnSequences) return this.mergeMode ? [MERGES[this.mergeMode](y, backwards)] : [y, backwards];
    const turned = tf.reverse(backwards, 1);
    const outputs = this.mergeMode ? [MERGES[this.mergeMode](y, turned)] : [y, turned];
    return outputs.map((output) => zeroMasked(output, mask, this.forward.options));
  }

  outputShapes(inputShapes: readonly Shape[]): readonly Shape[] {
    const [output = [], ...states] = this.forward.outputShapes(inputShapes.slice(0, 1));
    const [other = [], ...otherStates] = (this.backward ?? this.forward).outputShapes(
      inputShapes.slice(0, 1),
    );
    const joined = [...output.slice(0, -1), (output.at(-1) ?? 0) + (other.at(-1) ?? 0)];
    const merged = this.mergeMode === 'concat' ? [joined] : this.mergeMode ? [output] : [output, other];
    return [...merged, ...states, ...otherStates];
  }

  override outputMasks(inputs: readonly tf.Tensor[], masks: readonly Mask[]): readonly Mask[] {
    const mask = this.forward.options.returnSequences ? (masks[0] ?? null) : null;
    return this.outputShapes(inputs.map(({ shape }) => shape)).map((_, i) =>
      i === 0 || (i === 1 && this.mergeMode === null) ? mask : null,
    );
  }

  getConfig(write: ConfigWriter): JsonObject {
    return {
      ...baseConfig(this),
      layer: write(this.forward),
      ...(this.#givenBackward ? { backwardLayer: write(this.#givenBackward) } : {}),
      mergeMode: this.mergeMode,
    };
  }

  override trainingOps(): readonly string[] {
    return [...new Set([...this.forward.trainingOps(), ...(this.backward?.trainingOps() ?? [])])];
  }

  override resetStates(): void {
    this.forward.resetStates();
    this.backward?.resetStates();
  }

  override keptStates(): ReadonlyMap<string, tf.Tensor> {
    const states = new Map<string, tf.Tensor>();
    for (const [name, layer] of this.#directions()) {
      for (const [state, value] of layer.keptStates()) states.set(`${name}/${state}`, value);
    }
    return states;
  }

  override keepStates(states: ReadonlyMap<string, tf.Tensor>): void {
    for (const [name, layer] of this.#directions()) {
      const own = [...states].filter(([state]) => state.startsWith(`${name}/`));
      layer.keepStates(new Map(own.map(([state, value]) => [state.slice(name.length + 1), value])));
    }
  }

  #directions(): (readonly [name: string, layer: DirectedLayer])[] {
    return [['forward', this.forward], ...(this.backward ? [['backward', this.backward] as const] : [])];
  }

  override dispose(): void {
    this.forward.dispose();
    this.backward?.dispose();
    super.dispose();
  }
}

export type { DirectedLayer, MergeMode } from './directed-layer.js';

export const bidirectionalSpec = /* @__PURE__ */ defineLayer({
  name: NAME,
  create: (options: BidirectionalOptions) => new Bidirectional(options),
  read: ({ layer, backwardLayer, ...rest }, nested) => ({
    ...rest,
    layer: nested.layer(layer, NAME),
    ...(backwardLayer ? { backwardLayer: nested.layer(backwardLayer, NAME) } : {}),
  }),
});

/** A recurrent layer read in both directions. */
export function bidirectional(options: BidirectionalOptions): Bidirectional {
  return new Bidirectional(options);
}
