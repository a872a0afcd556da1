import { useBackend } from '@ostinato/backend';
import {
  type BuildContext,
  baseConfig,
  type CallContext,
  checkShape,
  createRegistry,
  defineLayer,
  definePlugin,
  type JsonObject,
  type Kernel,
  Layer,
  type LayerOptions,
  type Mask,
  OstinatoError,
  type Param,
  primitive,
  type Rng,
  type Shape,
  showShape,
} from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { LayerTest, PlainTensor } from './layer/layer-test.js';
import { testLayer } from './test-layer.js';

beforeAll(() => useBackend('cpu'));

/** What may be wrong with a layer. The suite must find each. */
interface Faults {
  readonly build?: (context: BuildContext) => void;
  readonly call?: (output: tf.Tensor, x: tf.Tensor, context: CallContext) => tf.Tensor;
  readonly outputShapes?: (shape: Shape) => Shape;
  readonly config?: (config: JsonObject) => JsonObject;
  readonly mask?: (mask: Mask) => Mask;
  readonly ignoreMask?: boolean;
  readonly swapGates?: boolean;
  readonly checks?: boolean;
  readonly keepState?: boolean;
  readonly repeatable?: boolean;
}

interface GatedOptions extends LayerOptions {
  readonly units: number;
  readonly scale?: number;
  readonly recurrentInitializer?: string;
  readonly regularizer?: string | null;
}

/** Not a layer anybody needs: two gates f and g, h' = σ(f)·h + (1 − σ(f))·tanh(g), [f, g] = x·W + h·U + b. */
class Gated extends Layer {
  readonly registeredName = 'plugin-test>Gated';
  readonly options: Required<Omit<GatedOptions, keyof LayerOptions>>;
  readonly faults: Faults;
  readonly repeatable: boolean;
  #kept: tf.Tensor | undefined;

  constructor(options: GatedOptions, faults: Faults = {}) {
    super(options);
    const { units, scale = 1, recurrentInitializer = 'orthogonal', regularizer = null } = options;
    this.options = { units, scale, recurrentInitializer, regularizer };
    this.faults = faults;
    this.repeatable = faults.repeatable ?? false;
  }
  override build(context: BuildContext): void {
    this.outputShapes(context.inputShapes);
    const { units, recurrentInitializer, regularizer } = this.options;
    const size = context.inputShapes[0]!.at(-1)!;
    this.params = [
      context.param('kernel', [size, 2 * units], { initializer: 'glorotUniform', regularizer }),
      context.param('recurrent', [units, 2 * units], { initializer: recurrentInitializer }),
      context.param('bias', [2 * units], { initializer: 'zeros' }),
    ];
    this.faults.build?.call(this, context);
  }
  call([x]: readonly tf.Tensor[], context: CallContext): tf.Tensor {
    const [W, U, b] = this.params.map((param) => param.tensor) as [tf.Tensor, tf.Tensor, tf.Tensor];
    if (this.faults.checks !== false) checkShape(x!, [null, null, W.shape[0]!], context.path);
    const mask = this.faults.ignoreMask ? null : context.masks[0];
    const reads = mask ? tf.unstack(mask, 1).map((step) => tf.expandDims(step, 1)) : [];
    let h: tf.Tensor = this.#kept ?? tf.zeros([x!.shape[0]!, this.options.units]);
    tf.unstack(x!, 1).forEach((step, t) => {
      const sums = tf.add(
        tf.add(
          tf.matMul(step as tf.Tensor2D, W as tf.Tensor2D),
          tf.matMul(h as tf.Tensor2D, U as tf.Tensor2D),
        ),
        b,
      );
      const gates = tf.split(sums, 2, 1) as [tf.Tensor, tf.Tensor];
      const [f, g] = this.faults.swapGates ? [gates[1], gates[0]] : gates;
      const forget = tf.sigmoid(f);
      const next = tf.add(tf.mul(forget, h), tf.mul(tf.sub(1, forget), tf.tanh(g)));
      h = reads[t] ? tf.where(tf.broadcastTo(reads[t]!, next.shape as [number, number]), next, h) : next;
    });
    if (this.faults.keepState) this.#kept = tf.keep(tf.clone(h));
    const output = tf.mul(h, this.options.scale);
    return this.faults.call?.call(this, output, x!, context) ?? output;
  }
  override dispose(): void {
    super.dispose();
    this.#kept?.dispose();
  }
  outputShapes([shape]: readonly Shape[]): readonly Shape[] {
    if (this.faults.checks !== false && shape!.length !== 3) {
      throw new OstinatoError('shape-mismatch', {
        where: this.registeredName,
        what: 'The input is not a sequence',
        expected: '[batch, steps, features]',
        received: showShape(shape!),
      });
    }
    const output: Shape = [shape![0]!, this.options.units];
    return [this.faults.outputShapes?.(output) ?? output];
  }
  override outputMasks(_inputs: readonly tf.Tensor[], masks: readonly Mask[]): readonly Mask[] {
    return [this.faults.mask?.(masks[0]!) ?? null];
  }
  getConfig(): JsonObject {
    const config = { ...baseConfig(this), ...this.options };
    return this.faults.config?.(config) ?? config;
  }
}

/** The same formula, with loops. */
function gatedReference(
  [x]: readonly PlainTensor[],
  weights: Readonly<Record<string, PlainTensor>>,
): number[] {
  const [batch, steps, size] = x!.shape as [number, number, number];
  const { kernel, recurrent, bias } = weights as Record<'kernel' | 'recurrent' | 'bias', PlainTensor>;
  const units = recurrent.shape[0]!;
  const outputs: number[] = [];
  for (let sample = 0; sample < batch; sample++) {
    let h = new Array<number>(units).fill(0);
    for (let t = 0; t < steps; t++) {
      const sum = (column: number): number => {
        let total = bias.values[column]!;
        for (let k = 0; k < size; k++) {
          total += x!.values[(sample * steps + t) * size + k]! * kernel.values[k * 2 * units + column]!;
        }
        return h.reduce((s, value, k) => s + value * recurrent.values[k * 2 * units + column]!, total);
      };
      h = h.map((value, j) => {
        const forget = 1 / (1 + Math.exp(-sum(j)));
        return forget * value + (1 - forget) * Math.tanh(sum(units + j));
      });
    }
    outputs.push(...h);
  }
  return outputs;
}

function testOf(
  options: Partial<GatedOptions> = {},
  faults: Faults = {},
  more: Partial<LayerTest<GatedOptions>> = {},
): LayerTest<GatedOptions> {
  const spec = defineLayer({
    name: 'plugin-test>Gated',
    create: (given: GatedOptions) => new Gated(given, faults),
  });
  const plugin = definePlugin({ name: 'plugin-test', version: '1.0.0', layers: [spec] });
  return {
    registry: createRegistry([plugin]),
    spec,
    options: { units: 3, ...options },
    inputShapes: [[3, 5, 4]],
    recurrent: true,
    ...more,
  } as LayerTest<GatedOptions>;
}

describe('testLayer', () => {
  it('passes a sound layer and says what it did not check, and why', async () => {
    const expected = {
      outputShapes: [[null, 3]],
      outputDtype: 'float32',
      params: { kernel: [4, 6], recurrent: [3, 6], bias: [6] },
      paramCount: 48,
    };
    const before = tf.memory().numTensors;
    const report = await testLayer(testOf({ scale: 2 }, {}, { expected }));
    expect(report.skipped).toEqual([
      { check: 'reference', reason: 'the test brings no reference' },
      { check: 'updates', reason: 'it gives no weight a new value' },
      { check: 'repetition', reason: 'plugin-test>Gated is not said to be repeatable' },
      { check: 'fused and reference', reason: 'it asks for no kernel' },
    ]);
    expect(report.checked).toContain('gradients');
    expect(tf.memory().numTensors).toBe(before);
  });

  it('passes a layer that agrees with its reference', async () => {
    const report = await testLayer(testOf({}, {}, { reference: gatedReference }));
    expect(report.checked).toContain('reference');
  });

  it('repeats the operations of a layer that says it may, on other inputs', async () => {
    expect((await testLayer(testOf({}, { repeatable: true }))).checked).toContain('repetition');
    const reads = (y: tf.Tensor, x: tf.Tensor): tf.Tensor =>
      tf.mul(y, (tf.engine().backend.readSync(x.dataId) as Float32Array)[0]!);
    const skip = { 'batch independence': 'the first value decides', gradients: 'the first value decides' };
    const found = testLayer(testOf({}, { repeatable: true, call: reads }, { skip }));
    await expect(found).rejects.toMatchObject({ code: 'conformance-repetition' });
  });

  it('finds random numbers that are always those of one step', async () => {
    const leaks = (y: tf.Tensor, _: tf.Tensor, { rng }: CallContext): tf.Tensor => {
      let kept: Rng | undefined;
      primitive([rng], (stream) => {
        kept = stream;
        return [];
      });
      return tf.add(y, kept!.uniform()); // nobody hears of it
    };
    const drawn = (y: tf.Tensor, _: tf.Tensor, { rng }: CallContext): tf.Tensor =>
      tf.add(y, primitive([rng], (stream) => [tf.scalar(stream.uniform())])[0]);
    expect((await testLayer(testOf({}, { repeatable: true, call: drawn }))).checked).toContain('repetition');
    const found = testLayer(testOf({}, { repeatable: true, call: leaks }));
    await expect(found).rejects.toMatchObject({ code: 'conformance-repetition' });
  });

  it('leaves out what the test skips, with its reason', async () => {
    const fault = { call: (y: tf.Tensor) => tf.sub(y, tf.mean(y, 0)) };
    const skip = { 'batch independence': 'it centres the batch', 'masked steps': 'it centres the batch' };
    const { skipped } = await testLayer(testOf({}, fault, { skip }));
    expect(skipped).toContainEqual({ check: 'batch independence', reason: 'it centres the batch' });
  });

  it('asks for a backend with gradients', async () => {
    const gradient = tf.getGradient('Add');
    tf.unregisterGradient('Add');
    await expect(testLayer(testOf())).rejects.toMatchObject({ code: 'testing-backend' });
    tf.registerGradient(gradient);
  });
});

const wrongGradient = tf.customGrad((x) => ({
  value: tf.mul(x as tf.Tensor, 2),
  gradFunc: (dy) => tf.mul(dy as tf.Tensor, 2.1),
}));

describe('testLayer goes red for', () => {
  it.each<[string, string, LayerTest<GatedOptions>]>([
    ['a swapped gate', 'reference', testOf({}, { swapGates: true }, { reference: gatedReference })],
    ['a forgotten factor', 'reference', testOf({ scale: 1.001 }, {}, { reference: gatedReference })],
    ['a leak in each call', 'memory', testOf({}, { call: (y) => tf.keep(tf.mul(y, 1)) && y })],
    [
      'weights that are not disposed',
      'memory',
      testOf(
        {},
        {
          build(this: void) {
            tf.keep(tf.scalar(1));
          },
        },
      ),
    ],
    ['JSON without an option', 'json', testOf({ scale: 2 }, { config: ({ scale: _, ...rest }) => rest })],
    [
      'JSON without an initializer',
      'json',
      testOf({ recurrentInitializer: 'zeros' }, { config: ({ recurrentInitializer: _, ...rest }) => rest }),
    ],
    [
      'JSON without a regularizer',
      'json',
      testOf({ regularizer: 'l2' }, { config: ({ regularizer: _, ...rest }) => rest }),
    ],
    ['JSON without the name', 'json', testOf({ name: 'mine' }, { config: ({ name: _, ...rest }) => rest })],
    [
      'JSON without trainable',
      'json',
      testOf({ trainable: false }, { config: ({ trainable: _, ...rest }) => rest }),
    ],
    ['wrong outputShapes', 'shapes', testOf({}, { outputShapes: (shape) => [shape[0]!, 4] })],
    ['outputShapes of another rank', 'shapes', testOf({}, { outputShapes: (shape) => [...shape, 1] })],
    ['an invented batch size', 'shapes', testOf({}, { outputShapes: (shape) => [shape[0] ?? 3, 3] })],
    ['other weights than expected', 'build', testOf({}, {}, { expected: { params: { kernel: [4, 6] } } })],
    ['another count than expected', 'build', testOf({}, {}, { expected: { paramCount: 47 } })],
    ['another output dtype', 'shapes', testOf({}, {}, { expected: { outputDtype: 'int32' } })],
    ['a wrong gradient', 'gradients', testOf({}, { call: (y) => wrongGradient(y) })],
    [
      'a gradient cut off',
      'gradients',
      testOf({}, { call: (y, x) => tf.add(y, tf.tensor(tf.sum(x, [1, 2]).arraySync() as number[], [3, 1])) }),
    ],
    [
      'an uneven function',
      'gradients',
      testOf({}, { call: (y) => tf.mul(tf.sign(tf.sin(tf.mul(y, 1e5))), y) }),
    ],
    ['samples that mix', 'batch independence', testOf({}, { call: (y) => tf.sub(y, tf.mean(y, 0)) })],
    ['randomness from elsewhere', 'determinism', testOf({}, { call: (y) => tf.add(y, Math.random()) })],
    ['a state that is not reset', 'determinism', testOf({}, { keepState: true })],
    [
      'a kernel that is not named',
      'training ops',
      testOf({}, { call: (y) => tf.gather(y, tf.tensor1d([2, 1, 0], 'int32'), 1) }),
    ],
    ['a mask that is ignored', 'masked steps', testOf({}, { ignoreMask: true })],
    ['a mask of numbers', 'masks', testOf({}, { mask: (mask) => mask && tf.cast(mask, 'float32') })],
    ['a mask of other axes', 'masks', testOf({}, { mask: (mask) => mask })],
    ['inputs that are not checked', 'wrong inputs', testOf({}, { checks: false })],
    ['a loss that nothing lowers', 'training step', stuck()],
  ])('%s', async (_, check, test) => {
    await expect(testLayer(test)).rejects.toMatchObject({
      code: `conformance-${check.replaceAll(' ', '-')}`,
      where: 'plugin-test>Gated',
    });
  });

  describe('new values of weights', () => {
    type Ask = (context: CallContext, mean: Param, layer: Layer) => void;
    const added = (present: tf.Tensor): tf.Tensor => tf.add(present, 1);
    /** With a weight beside the others that no gradient trains, and a call that asks for a new value. */
    const asking = (ask: Ask, trainable = false): LayerTest<GatedOptions> =>
      testOf({}, {
        build(this: unknown, context: BuildContext) {
          const layer = this as Layer;
          layer.params = [...layer.params, context.param('mean', [2], { initializer: 'zeros', trainable })];
        },
        call(this: unknown, output: tf.Tensor, _: tf.Tensor, context: CallContext) {
          const layer = this as Layer;
          const mean = layer.params.at(-1)!;
          ask(context, mean, layer);
          return trainable ? tf.add(output, tf.sum(mean.tensor)) : output;
        },
      } as Faults);

    it('asked for in training, for a weight of its own: found to be right', async () => {
      const right: Ask = ({ training, update }, mean) => training && update(mean, added);
      expect((await testLayer(asking(right))).checked).toContain('updates');
      expect((await testLayer(testOf({}))).skipped.map(({ check }) => check)).toContain('updates');
    });

    it.each<[string, RegExp, LayerTest<GatedOptions>]>([
      ['always', /'mean' a new value outside of training/, asking(({ update }, mean) => update(mean, added))],
      [
        'for a trained weight',
        /although the optimizer trains it/,
        asking(({ training, update }, mean) => training && update(mean, added), true),
      ],
      [
        'of another shape',
        /of its weight 'mean' does not fit\. Expected f32\[2\]; received f32\[\]/,
        asking(({ training, update }, mean) => training && update(mean, (present) => tf.sum(present))),
      ],
      [
        'for a weight that it does not list',
        /and does not list it/,
        asking(({ training, update }, mean) => {
          if (training) update(new Proxy(mean, {}), added);
        }),
      ],
    ])('%s: refused', async (_, message, test) => {
      await expect(testLayer(test)).rejects.toThrow(message);
      await expect(testLayer(test)).rejects.toMatchObject({ code: 'conformance-updates' });
    });
  });

  it('weights that share a path', async () => {
    const test = testOf({}, {
      build(this: unknown, context: BuildContext) {
        const layer = this as Layer;
        layer.params = [...layer.params, context.param('bias', [1], { initializer: 'zeros' })];
      },
    } as Faults);
    await expect(testLayer(test)).rejects.toThrow("Two weights have the path 'subject/bias'");
  });

  it('a weight that is never used', async () => {
    const test = testOf({}, {
      build(this: unknown, context: BuildContext) {
        const layer = this as Layer;
        layer.params = [...layer.params, context.param('idle', [2], { initializer: 'zeros' })];
      },
    } as Faults);
    await expect(testLayer(test)).rejects.toThrow("No gradient arrives at the weight 'idle'");
  });

  it('a kernel that computes something else', async () => {
    for (const [factor, verdict] of [
      [1, undefined],
      [1.01, 'conformance-fused-and-reference'],
    ] as const) {
      const found = await testLayer(fusedTest(factor)).catch((error: OstinatoError) => error);
      expect('code' in found ? found.code : undefined).toBe(verdict);
      if (!('code' in found)) expect(found.checked).toContain('fused and reference');
    }
  });
});

/** Against the gradient the loss rises: the gradient has the wrong sign, and the check of gradients is skipped. */
function stuck(): LayerTest<GatedOptions> {
  const uphill = tf.customGrad((x) => ({
    value: tf.clone(x as tf.Tensor),
    gradFunc: (dy) => tf.neg(dy as tf.Tensor),
  }));
  return testOf({}, { call: (y) => uphill(y) }, { skip: { gradients: 'to reach the check of the step' } });
}

/** A layer that sums its input's steps times a weight, with a kernel that multiplies by `factor` too. */
function fusedTest(factor: number): LayerTest<object> {
  class Total extends Layer {
    readonly registeredName = 'plugin-test>Total';
    override build(context: BuildContext): void {
      this.params = [context.param('table', [4, 2], { initializer: 'glorotUniform' })];
    }
    call([ids]: readonly tf.Tensor[], context: CallContext): tf.Tensor {
      const kernel = context.kernels.use('embedding.lookup', { inputDim: 4, outputDim: 2 });
      const table = (this.params[0] as Param).tensor;
      if (kernel) return kernel.run({ table, ids: ids!, where: context.path }, { inputDim: 4, outputDim: 2 });
      return tf.gather(table, ids!);
    }
    outputShapes([shape]: readonly Shape[]): readonly Shape[] {
      return [[...shape!, 2]];
    }
    getConfig(): JsonObject {
      return baseConfig(this);
    }
    override trainingOps(): readonly string[] {
      return ['UnsortedSegmentSum'];
    }
  }
  const kernel: Kernel<'embedding.lookup'> = {
    op: 'embedding.lookup',
    refuse: () => undefined,
    run: ({ table, ids }) => tf.mul(tf.gather(table, ids as tf.Tensor1D), factor),
  };
  const spec = defineLayer({ name: 'plugin-test>Total', create: () => new Total() });
  const plugin = definePlugin({ name: 'plugin-test', version: '1.0.0', layers: [spec], kernels: [kernel] });
  return {
    registry: createRegistry([plugin]),
    make: () => new Total(),
    inputShapes: [[3, 5]],
    inputDtype: 'int32',
    inputLimit: 4,
  };
}
