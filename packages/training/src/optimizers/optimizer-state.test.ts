// What outlives a step: slots, averages, accumulated gradients; their way out and in; what a rejected step leaves.
import { useBackend } from '@ostinato/backend';
import { type AnyKernel, createRng, KernelChooser, Param } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, test } from 'vitest';
import { cosineDecay } from '../schedules/cosine-decay.js';
import { exponentialDecay } from '../schedules/exponential-decay.js';
import { adagrad } from './adagrad.js';
import { adam } from './adam.js';
import { OptimizerState } from './optimizer-state.js';
import { optimizers } from './optimizers.js';
import { sgd } from './sgd.js';

const kernels = new KernelChooser([]).at('optimizer');
const rng = createRng(3);
const SHAPES = [[3, 5], [7]];

beforeEach(() => useBackend('cpu'));

/** Values for the kernel and the bias, batch by batch. */
const gradients = Array.from({ length: 9 }, () =>
  SHAPES.map(([rows, columns = 1]) =>
    Float32Array.from({ length: rows! * columns }, () => rng.uniform(-1, 1)),
  ),
);

function makeParams(): Param[] {
  return SHAPES.map((shape, i) => {
    const name = ['kernel', 'bias'][i]!;
    return new Param(name, `dense/${name}`, tf.fill(shape, 0.5 + i));
  });
}

function take(state: OptimizerState, params: readonly Param[], batches: readonly number[]): void {
  for (const batch of batches) {
    const given = params.map((param, i) => ({
      param,
      gradient: tf.tensor(gradients[batch]![i]!, [...param.shape]),
    }));
    state.accept(state.propose(given, kernels));
    for (const { gradient } of given) gradient.dispose();
  }
}

const valuesOf = (params: readonly Param[]): number[][] => params.map(({ tensor }) => [...tensor.dataSync()]);

describe('exportState and importState', () => {
  const everything = {
    learningRate: cosineDecay({ initialLearningRate: 0.1, decaySteps: 9 }),
    useEma: true,
    emaMomentum: 0.7,
    gradientAccumulationSteps: 2,
    weightDecay: 0.1,
  };

  test.each(optimizers.names())('%s goes on to the bit, also between two updates', async (name) => {
    for (const config of [{}, everything]) {
      const make = () => optimizers.resolve({ name, config: config as never }, 'test');
      const [whole, first, second] = [makeParams(), makeParams(), makeParams()];
      const undisturbed = new OptimizerState(make());
      take(undisturbed, whole, [0, 1, 2, 3, 4, 5, 6, 7]);
      const before = new OptimizerState(make());
      take(before, first, [0, 1, 2, 3, 4]);
      const saved = structuredClone(await before.exportState());
      for (const [i, param] of second.entries()) param.assign(tf.clone(first[i]!.tensor));
      before.dispose();
      const after = new OptimizerState(make());
      after.importState(saved, second);
      expect([after.steps, after.updates]).toEqual([5, config === everything ? 2 : 5]);
      take(after, second, [5, 6, 7]);
      expect(valuesOf(second)).toEqual(valuesOf(whole));
      expect((await after.exportState()).tensors).toEqual((await undisturbed.exportState()).tensors);
    }
  });

  test('the learning rate set by hand comes back, as number and as schedule', async () => {
    const [params, optimizer] = [makeParams(), adam()];
    const state = new OptimizerState(optimizer);
    take(state, params, [0]);
    optimizer.learningRate = 0.25;
    const byNumber = await state.exportState();
    expect(byNumber.json).toEqual({ optimizer: 'adam', learningRate: 0.25, steps: 1, updates: 1 });
    optimizer.learningRate = exponentialDecay({ initialLearningRate: 1, decaySteps: 1, decayRate: 0.5 });
    const bySchedule = JSON.parse(JSON.stringify((await state.exportState()).json));
    const fresh = adam();
    const next = new OptimizerState(fresh);
    next.importState(byNumber, params);
    expect(fresh.learningRate).toBe(0.25);
    next.importState({ ...byNumber, json: bySchedule }, params);
    expect(fresh.learningRate).toBe(0.5); // after one batch
  });

  test('tensors are named by path and slot', async () => {
    const [params, state] = [makeParams(), new OptimizerState(adam({ useEma: true }))];
    take(state, params, [0]);
    const { tensors } = await state.exportState();
    expect(tensors.map(({ name, shape }) => [name, shape])).toEqual([
      ...['m', 'v', 'average'].map((slot) => [`dense/kernel/${slot}`, [3, 5]]),
      ...['m', 'v', 'average'].map((slot) => [`dense/bias/${slot}`, [7]]),
    ]);
  });

  test('what does not fit is refused, and changes nothing', async () => {
    const [params, state] = [makeParams(), new OptimizerState(adam())];
    take(state, params, [0, 1]);
    const good = await state.exportState();
    const [first, ...rest] = good.tensors;
    const bad = [
      null as never,
      {} as never,
      { ...good, tensors: [null] as never },
      { ...good, json: { ...good.json, optimizer: 'sgd' } },
      { ...good, json: { ...good.json, steps: -1 } },
      { ...good, json: { ...good.json, updates: 1.5 } },
      { ...good, json: { ...good.json, learningRate: null } },
      { ...good, tensors: rest },
      { ...good, tensors: [{ ...first!, name: 'dense/kernel/w' }, ...rest] },
      { ...good, tensors: [{ ...first!, name: 'other/kernel/m' }, ...rest] },
      { ...good, tensors: [{ ...first!, name: 'm' }, ...rest] },
      { ...good, tensors: [{ ...first!, shape: [5, 3] }, ...rest] },
      { ...good, tensors: [{ ...first!, data: new Float32Array(3) }, ...rest] },
      { ...good, tensors: [...good.tensors, { ...first!, name: 'dense/kernel/__proto__' }] },
    ];
    const before = tf.memory().numTensors;
    for (const each of bad) {
      expect(() => state.importState(each, params)).toThrow(
        expect.objectContaining({ code: 'optimizer-state' }),
      );
    }
    const unknown = { ...good, json: { ...good.json, learningRate: { name: 'x', config: {} } } };
    expect(() => state.importState(unknown, params)).toThrow(
      expect.objectContaining({ code: 'schedule-unknown' }),
    );
    expect(tf.memory().numTensors).toBe(before);
    expect(await state.exportState()).toEqual(good);
  });
});

describe('averages', () => {
  test('stand in for the weights while a task runs, and the weights come back', async () => {
    const [params, state] = [makeParams(), new OptimizerState(sgd({ useEma: true, emaMomentum: 0.5 }))];
    take(state, params, [0, 1, 2]);
    const [weights, tensors] = [valuesOf(params), tf.memory().numTensors];
    const seen = await state.withAverages(async () => valuesOf(params));
    expect(seen).not.toEqual(weights);
    expect(valuesOf(params)).toEqual(weights);
    await expect(state.withAverages(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(valuesOf(params)).toEqual(weights);
    state.finalizeVariableValues();
    expect(valuesOf(params)).toEqual(seen);
    expect(tf.memory().numTensors).toBe(tensors);
  });

  test('are not there without useEma', async () => {
    const [params, state] = [makeParams(), new OptimizerState(sgd())];
    take(state, params, [0]);
    const weights = valuesOf(params);
    expect(await state.withAverages(async () => valuesOf(params))).toEqual(weights);
    state.finalizeVariableValues();
    expect(valuesOf(params)).toEqual(weights);
  });

  test('are taken before the constraint, which holds for what they overwrite', () => {
    const constraint = { name: 'nonNeg', config: {}, apply: (w: tf.Tensor) => tf.relu(w) };
    const param = new Param('kernel', 'dense/kernel', tf.tensor([0.5]), { constraint });
    const options = { learningRate: 1, useEma: true, emaMomentum: 0.5, emaOverwriteFrequency: 1 };
    const state = new OptimizerState(sgd(options));
    state.accept(state.propose([{ param, gradient: tf.tensor([2]) }], kernels));
    expect(param.tensor.dataSync()[0]).toBe(0); // the average is −1.5
    state.finalizeVariableValues();
    expect(param.tensor.dataSync()[0]).toBe(-1.5);
  });
});

describe('accumulation', () => {
  test('changes weights at every update only, by the mean gradient', () => {
    const param = new Param('kernel', 'dense/kernel', tf.tensor([1]));
    const state = new OptimizerState(sgd({ learningRate: 1, gradientAccumulationSteps: 2 }));
    const seen = [1, 2, 4, 8].map((value) => {
      state.accept(state.propose([{ param, gradient: tf.tensor([value]) }], kernels));
      return param.tensor.dataSync()[0];
    });
    expect(seen).toEqual([1, -0.5, -0.5, -6.5]);
    expect([state.steps, state.updates]).toEqual([4, 2]);
  });

  test('holds the weights to their constraint at every batch, as Keras does', async () => {
    const constraint = { name: 'nonNeg', config: {}, apply: (w: tf.Tensor) => tf.relu(w) };
    const param = new Param('kernel', 'dense/kernel', tf.tensor([-1]), { constraint });
    const state = new OptimizerState(sgd({ learningRate: 0.1, gradientAccumulationSteps: 2 }));
    const seen = [-4, -2].map((value) => {
      state.accept(state.propose([{ param, gradient: tf.tensor([value]) }], kernels));
      return param.tensor.dataSync()[0];
    });
    expect(seen).toEqual([0, Math.fround(0.3)]); // Keras 3.15: (0 + 0.1 · (4 + 2) / 2)

    const odd = { ...constraint, apply: (w: tf.Tensor) => tf.div(w, 0) };
    const other = new Param('kernel', 'dense/kernel', tf.tensor([1]), { constraint: odd });
    const proposal = state.propose([{ param: other, gradient: tf.tensor([1]) }], kernels);
    expect([...(await proposal.sums.data())].map(Number.isFinite)).toEqual([true, false]);
    state.reject(proposal);
    expect(other.tensor.dataSync()[0]).toBe(1);
  });

  test('a gradient that is not finite comes to light before the update', async () => {
    const param = new Param('kernel', 'dense/kernel', tf.tensor([1]));
    const state = new OptimizerState(sgd({ gradientAccumulationSteps: 3 }));
    const proposal = state.propose([{ param, gradient: tf.tensor([Number.NaN]) }], kernels);
    expect([...(await proposal.sums.data())]).toEqual([Number.NaN]);
    state.reject(proposal);
    expect(param.tensor.dataSync()[0]).toBe(1);
  });
});

test.each([
  ['adam', {}],
  ['adam', { useEma: true, gradientAccumulationSteps: 2 }],
  ['sgd', { momentum: 0.5, useEma: true, emaOverwriteFrequency: 1 }],
])(
  '%s %j keeps no more tensors after ten steps than after two; none after dispose; a rejected step starts anew',
  (name, config) => {
    const start = tf.memory().numTensors;
    const params = makeParams();
    const state = new OptimizerState(optimizers.resolve({ name, config: config as never }, 'test'));
    take(state, params, [0, 1]);
    const after = tf.memory().numTensors;
    take(state, params, [2, 3, 4, 5, 6, 7, 8, 1]);
    expect(tf.memory().numTensors).toBe(after);
    const weights = valuesOf(params);
    const given = params.map((param) => ({ param, gradient: tf.zerosLike(param.tensor) }));
    state.reject(state.propose(given, kernels));
    tf.dispose(given.map(({ gradient }) => gradient));
    expect(valuesOf(params)).toEqual(weights);
    expect([state.steps, state.updates, state.size]).toEqual([0, 0, 0]);
    take(state, params, [0]);
    state.dispose();
    for (const param of params) param.dispose();
    expect(tf.memory().numTensors).toBe(start);
  },
);

test("counts what it keeps as Keras does, a schedule's rate not", () => {
  const sizeOf = (state: OptimizerState): number => {
    take(state, makeParams(), [0]);
    return state.size;
  };
  expect(sizeOf(new OptimizerState(adam()))).toBe(2 * 22 + 2);
  expect(sizeOf(new OptimizerState(adagrad({ useEma: true, gradientAccumulationSteps: 2 })))).toBe(
    3 * 22 + 2,
  );
  const learningRate = cosineDecay({ initialLearningRate: 1, decaySteps: 2 });
  expect(sizeOf(new OptimizerState(sgd({ learningRate })))).toBe(1);
});

test('a kernel that fails in the middle of a step costs the state, and no weight', () => {
  const params = SHAPES.map((shape, i) => new Param(`w${i}`, `dense/w${i}`, tf.ones(shape)));
  const gradients = params.map((param) => ({ param, gradient: tf.ones([...param.shape]) }));
  let calls = 0;
  const failing: AnyKernel = {
    op: 'optimizer.adam',
    refuse: () => undefined,
    run: ({ param }) => {
      calls += 1;
      if (calls === 4) throw new Error('trapped');
      return tf.mul(param, 2);
    },
  };
  const state = new OptimizerState(adam());
  const finder = new KernelChooser([failing]).at('optimizer');
  state.accept(state.propose(gradients, finder));
  const before = tf.memory().numTensors;
  const slots = 2 * params.length;
  expect(() => state.propose(gradients, finder)).toThrow('trapped');
  expect([state.steps, state.updates, tf.memory().numTensors]).toEqual([0, 0, before - slots]);
  expect(params.map((param) => param.tensor.dataSync()[0])).toEqual([2, 2]);
  calls = 0;
  state.accept(state.propose(gradients, finder));
  expect(state.steps).toBe(1);
});
