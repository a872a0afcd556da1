/** Names, options and keys. The numbers are held to Keras on every backend in `packages/backend/src/core-functions.test.ts`. */
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, expectTypeOf, it } from 'vitest';
import {
  type ActivationName,
  activationKey,
  activations,
  leakyRelu,
  linear,
  relu,
  tanh,
} from './activations.js';
import { toIdentifier } from './configured.js';
import { type ConstraintName, constraints, maxNorm } from './constraints.js';
import { type InitializerName, initializers } from './initializers.js';
import { l1l2, l2, type RegularizerName, regularizers } from './regularizers.js';

describe('activationKey', () => {
  it('is the name alone, or the name with options that no kernel knows', () => {
    expect(activationKey(tanh())).toBe('tanh');
    expect(activationKey(relu())).toBe('relu');
    expect(activationKey(relu({ negativeSlope: 0 }))).toBe('relu');
    expect(activationKey(relu({ maxValue: 6, threshold: 1 }))).toBe('relu(maxValue=6, threshold=1)');
    expect(activationKey(leakyRelu({ negativeSlope: 0.1 }))).toBe('leakyRelu(negativeSlope=0.1)');
  });
});

describe('makers', () => {
  it('carry their names', () => {
    expect([tanh.name, relu.name, l2.name, maxNorm.name]).toEqual(['tanh', 'relu', 'l2', 'maxNorm']);
  });

  it.each([
    ['activation', activations],
    ['regularizer', regularizers],
    ['constraint', constraints],
  ] as const)('every %s is read back from what it writes', (_, catalogue) => {
    for (const name of catalogue.names()) {
      const original = catalogue.resolve(name, 'test');
      const copy = catalogue.resolve(JSON.parse(JSON.stringify(toIdentifier(original))), 'test');
      expect([copy.name, copy.config]).toEqual([name, original.config]);
    }
  });

  it('options that are given stand in the config', () => {
    expect(toIdentifier(l1l2({ l1: 0.1 }))).toEqual({ name: 'l1l2', config: { l1: 0.1, l2: 0 } });
    expect(toIdentifier(maxNorm({ axis: [0, 1] }))).toEqual({
      name: 'maxNorm',
      config: { maxValue: 2, axis: [0, 1] },
    });
  });

  it('linear is a tensor of its own', () => {
    const x = tf.tensor1d([1, 2]);
    const y = linear().apply(x);
    x.dispose();
    expect([...y.dataSync()]).toEqual([1, 2]);
    y.dispose();
  });
});

/** Fails to compile when a list of names is not that of its catalogue; the lists are compared below. */
const names = {
  activation: [
    'linear',
    'sigmoid',
    'tanh',
    'softmax',
    'logSoftmax',
    'softplus',
    'softsign',
    'selu',
    'silu',
    'exponential',
    'relu6',
    'hardSigmoid',
    'hardSilu',
    'mish',
    'relu',
    'leakyRelu',
    'elu',
    'celu',
    'gelu',
  ],
  initializer: [
    'zeros',
    'ones',
    'constant',
    'identity',
    'randomUniform',
    'randomNormal',
    'truncatedNormal',
    'orthogonal',
    'varianceScaling',
    'glorotUniform',
    'glorotNormal',
    'heUniform',
    'heNormal',
    'lecunUniform',
    'lecunNormal',
  ],
  regularizer: ['l1', 'l2', 'l1l2', 'orthogonalRegularizer'],
  constraint: ['maxNorm', 'nonNeg', 'unitNorm', 'minMaxNorm'],
} as const;

it('the types of names are the names', () => {
  expectTypeOf<ActivationName>().toEqualTypeOf<(typeof names.activation)[number]>();
  expectTypeOf<InitializerName>().toEqualTypeOf<(typeof names.initializer)[number]>();
  expectTypeOf<RegularizerName>().toEqualTypeOf<(typeof names.regularizer)[number]>();
  expectTypeOf<ConstraintName>().toEqualTypeOf<(typeof names.constraint)[number]>();
  expect(activations.names()).toEqual(names.activation);
  expect(initializers.names()).toEqual(names.initializer);
  expect(regularizers.names()).toEqual(names.regularizer);
  expect(constraints.names()).toEqual(names.constraint);
});
