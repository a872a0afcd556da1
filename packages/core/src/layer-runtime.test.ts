import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  type BuildContext,
  buildContext,
  buildLayer,
  type CallContext,
  callLayer,
  createRegistry,
  createRng,
  type JsonObject,
  KernelChooser,
  Layer,
  type Mask,
  OstinatoError,
  Param,
  type Shape,
  withPath,
} from './index.js';

const registry = createRegistry([]);

/** A layer whose parts a test gives. */
class Given extends Layer {
  readonly registeredName = 'plugin-test>Given';
  readonly parts: {
    build?: (this: Given, context: BuildContext) => void;
    call?: (x: tf.Tensor, context: CallContext) => tf.Tensor | tf.Tensor[];
    shapes?: (shape: Shape) => Shape[];
  };
  constructor(parts: Given['parts'] = {}) {
    super();
    this.parts = parts;
  }
  override build(context: BuildContext): void {
    this.parts.build?.call(this, context);
  }
  call([x]: readonly tf.Tensor[], context: CallContext): tf.Tensor | tf.Tensor[] {
    return this.parts.call?.(x!, context) ?? x!;
  }
  outputShapes([shape]: readonly Shape[]): readonly Shape[] {
    return this.parts.shapes?.(shape!) ?? [shape!];
  }
  getConfig(): JsonObject {
    return {};
  }
}

const build = (layer: Layer, path = 'model/given', seed = 1): Layer => {
  buildLayer(layer, { registry, rng: createRng(seed), path, inputShapes: [[null, 3]] });
  return layer;
};
const call = (layer: Layer, x: tf.Tensor, more: Partial<Parameters<typeof callLayer>[2]> = {}) =>
  callLayer(layer, [x], { registry, rng: createRng(1), path: 'model/given', ...more });

let tensors = 0;
beforeEach(() => {
  tensors = tf.memory().numTensors;
});

describe('buildLayer', () => {
  const weighted = () =>
    new Given({
      build(context) {
        const initializer = 'glorotUniform';
        this.params = [
          context.param('kernel', [3, 4], { initializer }),
          context.param('bias', [4], { initializer }),
        ];
      },
    });
  const valuesOf = (layer: Layer): number[][] => layer.params.map(({ tensor }) => [...tensor.dataSync()]);

  it('makes weights whose values depend on seed, path and name alone', () => {
    const [same, alike, elsewhere, reseeded] = [
      build(weighted()),
      build(weighted()),
      build(weighted(), 'model/other'),
      build(weighted(), 'model/given', 2),
    ];
    expect(same!.params.map(({ name, path, shape }) => [name, path, shape])).toEqual([
      ['kernel', 'model/given/kernel', [3, 4]],
      ['bias', 'model/given/bias', [4]],
    ]);
    expect(valuesOf(alike!)).toEqual(valuesOf(same!));
    expect(valuesOf(elsewhere!)).not.toEqual(valuesOf(same!));
    expect(valuesOf(reseeded!)).not.toEqual(valuesOf(same!));
    const another = new Given({
      build(context) {
        this.params = [context.param('bias', [4], { initializer: 'glorotUniform' })];
      },
    });
    expect(valuesOf(build(another))[0]).toEqual(valuesOf(same!)[1]);
  });

  it('resolves what a weight asks for, by name or as an object', () => {
    const layer = new Given({
      build(context) {
        expect(context.activation(undefined).name).toBe('linear');
        expect(context.activation('tanh').name).toBe('tanh');
        expect(context.initializer('zeros').name).toBe('zeros');
        this.params = [
          context.param('a', [1], {
            initializer: { name: 'own', config: {}, apply: () => Float32Array.of(7) },
            regularizer: 'l2',
            constraint: null,
            trainable: false,
          }),
        ];
      },
    });
    const [param] = build(layer).params;
    expect(param!.tensor.dataSync()[0]).toBe(7);
    expect([param!.regularizer?.name, param!.constraint, param!.trainable]).toEqual(['l2', undefined, false]);
  });

  it('gives parts a place of their own', () => {
    const layer = new Given({
      build(context) {
        const part = context.part('cell', [[null, 5]]);
        expect([part.path, part.inputShapes]).toEqual(['model/given/cell', [[null, 5]]]);
        this.params = [part.part('gate', []).param('kernel', [2], { initializer: 'zeros' })];
      },
    });
    expect(build(layer).params[0]?.path).toBe('model/given/cell/gate/kernel');
  });

  it('names the weight for which a name is unknown', () => {
    const ask = (wanted: object) => () =>
      build(
        new Given({
          build(context) {
            this.params = [context.param('kernel', [3, 4], { initializer: 'zeros', ...wanted })];
          },
        }),
      );
    expect(ask({ initializer: 'zeroes' })).toThrow("[model/given/kernel] No initializer is called 'zeroes'");
    expect(ask({ regularizer: 'l3' })).toThrow('(regularizer-unknown)');
    expect(ask({ constraint: 'maxnorm' })).toThrow("Did you mean 'maxNorm'? (constraint-unknown)");
    expect(tf.memory().numTensors).toBe(tensors);
  });

  it('refuses to build twice', () => {
    expect(() => build(build(weighted()))).toThrow(
      '[model/given] This layer was built before (it has 2 weights). Make a layer for each model; within a model a layer is built once. (layer-built)',
    );
  });

  it('finds a weight that is not listed, and leaves nothing behind', () => {
    const forgetful = new Given({
      build(context) {
        this.params = [context.param('kernel', [3], { initializer: 'zeros' })];
        context.part('cell', []).param('bias', [3], { initializer: 'zeros' });
      },
    });
    expect(() => build(forgetful)).toThrow(/^\[model\/given\/cell\/bias\] .*\(param-unlisted\)$/);
    expect(tf.memory().numTensors).toBe(tensors);
  });

  it('builds a layer again that could not be built', () => {
    const late = new Given({
      build(context) {
        this.params = [context.param('kernel', [3], { initializer: 'zeros' })];
        context.activation(activation);
      },
    });
    let activation = 'tahn';
    expect(() => build(late)).toThrow('(activation-unknown)');
    activation = 'tanh';
    expect(build(late).params.map(({ name }) => name)).toEqual(['kernel']);
  });

  it('leaves nothing behind when building fails halfway', () => {
    const failing = new Given({
      build(context) {
        context.param('kernel', [3], { initializer: 'zeros' });
        context.activation('tahn');
      },
    });
    expect(() => build(failing)).toThrow("[model/given] No activation is called 'tahn'");
    expect(tf.memory().numTensors).toBe(tensors);
  });

  it('buildContext stands alone, for wrappers and tests', () => {
    const context = buildContext({ registry, rng: createRng(1), path: 'a', inputShapes: [] });
    const param = context.param('w', [2], { initializer: 'ones' });
    expect([param.path, ...param.tensor.dataSync()]).toEqual(['a/w', 1, 1]);
    expect(context.kernels.use('embedding.lookup', { inputDim: 1, outputDim: 1 })).toBeUndefined();
    param.dispose();
  });
});

describe('callLayer', () => {
  const x = tf.tensor2d([1, 2, 3, 4, 5, 6], [2, 3]);

  it('gives outputs and masks as lists, and the layer its context', () => {
    const seen: CallContext[] = [];
    const layer = new Given({
      call: (input, context) => {
        seen.push(context);
        return tf.mul(input, 2);
      },
    });
    const mask: Mask = tf.tensor2d([1, 0], [2, 1], 'bool');
    const kernels = new KernelChooser([]);
    const { outputs, masks } = call(layer, x, { masks: [mask], training: true, kernels });
    expect([...outputs[0]!.dataSync()]).toEqual([2, 4, 6, 8, 10, 12]);
    expect(masks).toEqual([mask]);
    expect(seen[0]).toMatchObject({ training: true, masks: [mask], path: 'model/given' });
    expect(call(layer, x).masks).toEqual([null]);
    expect(seen[1]).toMatchObject({ training: false, masks: [null] });
    const two = new Given({ call: (input) => [input, input], shapes: (shape) => [shape, shape] });
    expect(call(two, x).outputs).toHaveLength(2);
  });

  it('hands new values of weights to who takes them, from parts too, and drops them where nobody does', () => {
    const param = new Param('mean', 'model/given/mean', tf.tensor1d([1, 2]), { trainable: false });
    const inner = new Given({
      call: (input, context) => {
        context.update(param, (present) => tf.add(present, 1));
        return input;
      },
    });
    const outer = new Given({ call: (input, context) => inner.call([input], context.part('inner', [])) });
    const asked: [Param, number[]][] = [];
    const update: CallContext['update'] = (of, next) => asked.push([of, [...next(of.tensor).dataSync()]]);
    tf.tidy(() => void call(outer, x, { training: true, update }));
    expect(asked).toEqual([[param, [2, 3]]]);
    tf.tidy(() => void call(outer, x, { training: true }));
    expect([...param.tensor.dataSync()]).toEqual([1, 2]);
    param.dispose();
  });

  it.each<[string, (shape: Shape) => Shape[], string]>([
    ['another size', () => [[2, 4]], '[2, 4]'],
    ['another rank', () => [[2, 3, 1]], '[2, 3, 1]'],
    ['more outputs', (shape) => [shape, shape], '[2, 3] and [2, 3]'],
    ['none', () => [], ''],
  ])('holds the layer to the shapes that it announced: %s', (_, shapes, announced) => {
    const error = (() => {
      try {
        return call(new Given({ shapes }), x);
      } catch (thrown) {
        return thrown;
      }
    })() as OstinatoError;
    expect(error.code).toBe('layer-output');
    expect(error.message).toContain(
      '[model/given] plugin-test>Given returned other shapes than its outputShapes() announces.',
    );
    expect(error.message).toContain(
      announced === '' ? 'Received f32[2, 3]' : `Expected ${announced}; received f32[2, 3]`,
    );
  });

  it('takes sizes that were announced as unknown', () => {
    expect(() => call(new Given({ shapes: () => [[null, null]] }), x)).not.toThrow();
  });
});

describe('what a layer throws', () => {
  const thrown = (f: () => unknown): OstinatoError => {
    try {
      withPath('model/lstm', f);
    } catch (error) {
      return error as OstinatoError;
    }
    throw new Error('nothing was thrown');
  };

  it('passes when it is one of ours', () => {
    const ours = new OstinatoError('embedding-id', { where: 'embedding', what: 'No such id' });
    expect(
      thrown(() => {
        throw ours;
      }),
    ).toBe(ours);
  });

  it('is named and kept as the cause when it is not', () => {
    const cause = new Error('Error in matMul: inner shapes must match.');
    const error = thrown(() => {
      throw cause;
    });
    expect(error.message).toBe('[model/lstm] Error in matMul: inner shapes must match. (layer-failed)');
    expect(error.cause).toBe(cause);
    const text = thrown(() => {
      throw 'no error at all';
    });
    expect(text.message).toBe('[model/lstm] no error at all. (layer-failed)');
  });

  it('says which kernel the backend lacks', () => {
    const error = thrown(() => tf.engine().runKernel('NoSuchKernel', {}));
    expect(error.message).toBe(
      "[model/lstm] The backend 'cpu' has no kernel 'NoSuchKernel', which this layer needs. Choose another backend with useBackend(), or other options for this layer. (op-missing)",
    );
  });

  it('is nothing when nothing is wrong', () => {
    expect(withPath('x', () => 7)).toBe(7);
  });
});

describe('no room for what a layer makes', () => {
  const full = (): never => {
    throw new OstinatoError('heap-exhausted', { where: 'heap', what: 'Full' });
  };

  it.each(['call', 'outputMasks'] as const)('in %s is an error of memory that names the layer', (place) => {
    const layer = build(new Given());
    layer[place] = full;
    expect(() => call(layer, tf.zeros([2, 3]))).toThrow(
      /model\/given.*Given makes of f32\[2, 3\].*\(memory\)/,
    );
  });
});
