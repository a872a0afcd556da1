// Layers inside layers: where their weights and streams stand, copies of them, and what cannot be a part.
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import {
  type BuildContext,
  baseConfig,
  buildLayer,
  buildPart,
  type CallContext,
  callLayer,
  callPart,
  createRegistry,
  createRng,
  defineLayer,
  definePlugin,
  type JsonObject,
  KernelChooser,
  Layer,
  type LayerOptions,
  type Shape,
} from './index.js';

/** x + offset + noise, with a mask on its output. */
class Shift extends Layer {
  readonly registeredName = 'plugin-test>Shift';
  readonly start: number;
  seen: CallContext | undefined;
  constructor(options: LayerOptions & { start?: number } = {}) {
    super(options);
    this.start = options.start ?? 0;
  }
  override build(context: BuildContext): void {
    this.params = [context.param('offset', [1], { initializer: 'glorotUniform' })];
  }
  call([x]: readonly tf.Tensor[], context: CallContext): tf.Tensor {
    this.seen = context;
    context.kernels.without('shift', 'none is made');
    return tf.add(x!, this.params[0]!.tensor);
  }
  outputShapes([shape]: readonly Shape[]): readonly Shape[] {
    return [shape!];
  }
  getConfig(): JsonObject {
    return { ...baseConfig(this), start: this.start };
  }
}

class Twice extends Layer {
  readonly registeredName = 'plugin-test>Twice';
  readonly inner: Shift;
  copied: Shift | undefined;
  constructor(inner: Shift) {
    super();
    this.inner = inner;
  }
  override build(context: BuildContext): void {
    this.copied = context.copy(this.inner, { start: 5 }) as Shift;
    this.params = [
      ...buildPart(this.inner, context.part('first', context.inputShapes)),
      ...buildPart(this.copied, context.part('second', context.inputShapes)),
    ];
  }
  call(inputs: readonly tf.Tensor[], context: CallContext): tf.Tensor {
    const { outputs, masks } = callPart(this.inner, inputs, context.part('first', context.masks));
    return callPart(this.copied!, outputs, context.part('second', masks)).outputs[0]!;
  }
  outputShapes([shape]: readonly Shape[]): readonly Shape[] {
    return [shape!];
  }
  getConfig(): JsonObject {
    return {};
  }
}

const spec = defineLayer({
  name: 'plugin-test>Shift',
  create: (options: { start?: number }) => new Shift(options),
});
const registry = createRegistry([definePlugin({ name: 'plugin-test', version: '1.0.0', layers: [spec] })]);
const options = { registry, rng: createRng(1), path: 'model/twice' };
const inputShapes = [[null, 3]];

it('gives parts a path, a stream, their masks and a line in the record of kernels', () => {
  const layer = new Twice(new Shift());
  const kernels = new KernelChooser([]);
  buildLayer(layer, { ...options, inputShapes, kernels });
  expect(layer.params.map(({ path }) => path)).toEqual([
    'model/twice/first/offset',
    'model/twice/second/offset',
  ]);
  const [x, mask] = [tf.zeros([2, 3]), tf.ones([2, 3], 'bool')];
  tf.tidy(() => callLayer(layer, [x], { ...options, kernels, training: true, masks: [mask] }).outputs[0]!);
  const [first, second] = [layer.inner.seen!, layer.copied!.seen!];
  expect([first.path, first.training, first.masks]).toEqual(['model/twice/first', true, [mask]]);
  expect([second.path, second.masks]).toEqual(['model/twice/second', [mask]]);
  expect(first.rng.uint32()).toBe(options.rng.split('first').uint32());
  expect(kernels.choices().map(({ path }) => path)).toEqual(['model/twice/first', 'model/twice/second']);
  tf.dispose([x, mask]);
  layer.dispose();
});

it('copies a layer with changes, through the registry', () => {
  const layer = new Twice(new Shift({ start: 2, name: 'given', trainable: false }));
  buildLayer(layer, { ...options, inputShapes });
  const { copied } = layer;
  expect([copied!.start, copied!.givenName, copied!.trainable]).toEqual([5, 'given', false]);
  expect(layer.params.map(({ trainable }) => trainable)).toEqual([false, false]);
  layer.dispose();
});

it('trains what a part holds while the part and all around it are trainable', () => {
  const layer = new Twice(new Shift());
  buildLayer(layer, { ...options, inputShapes });
  const trainable = () => layer.params.map((param) => param.trainable);
  const called = (): boolean[] => {
    tf.tidy(() => void callLayer(layer, [tf.zeros([2, 3])], options));
    return [layer.inner.seen!.trainable, layer.copied!.seen!.trainable];
  };
  expect([trainable(), called()]).toEqual([
    [true, true],
    [true, true],
  ]);
  layer.inner.trainable = false;
  expect([trainable(), called()]).toEqual([
    [false, true],
    [false, true],
  ]);
  layer.inner.trainable = true;
  layer.trainable = false;
  expect([trainable(), called()]).toEqual([
    [true, true],
    [false, false],
  ]);
  layer.dispose();
});

it('refuses a part that stands somewhere else, until that is disposed', () => {
  const inner = new Shift();
  buildLayer(inner, { ...options, inputShapes });
  expect(() => buildLayer(new Twice(inner), { ...options, inputShapes })).toThrowError(
    expect.objectContaining({ code: 'layer-built', message: expect.stringMatching('model/twice/first') }),
  );
  inner.dispose();
  const layer = new Twice(inner);
  buildLayer(layer, { ...options, inputShapes });
  layer.dispose();
});

it('says of a layer or a cell which of the two no plugin defines', () => {
  const unknown = new Twice(new Shift());
  expect(() => registry.layerToJSON(unknown)).toThrowError(
    expect.objectContaining({ code: 'layer-unknown' }),
  );
});
