import { createRegistry, type Loss } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { Compiled, type CompileOptions } from './compiled.js';
import { binaryCrossentropy } from './losses/binary-crossentropy.js';
import { binaryAccuracy } from './metrics/accuracies.js';
import { labelled } from './metrics/labelled.js';
import { precision } from './metrics/positives-and-negatives.js';
import { adam } from './optimizers/adam.js';

const own: Loss = { name: 'own', config: {}, apply: (_, yPred) => tf.sum(yPred, -1) };
const registry = createRegistry([
  { name: 'plugin-own', version: '1.0.0', losses: [{ name: 'own', create: () => own }] },
]) as never;
const compile = (options: Partial<CompileOptions>) =>
  new Compiled({ optimizer: 'adam', loss: 'mse', ...options }, registry, 'test', ['output']);

test('names and objects', () => {
  const optimizer = adam({ learningRate: 0.1 });
  const compiled = compile({
    optimizer,
    loss: 'own',
    metrics: ['accuracy', binaryAccuracy({ threshold: 0.4 })],
  });
  expect(compiled.optimizer).toBe(optimizer);
  const [objective] = compiled.objectives;
  expect(objective!.loss).toBe(own);
  expect(objective!.metrics.map(({ name }) => name)).toEqual(['accuracy', 'binaryAccuracy']);
});

test('JSON that compiles to the same again', () => {
  const json = compile({
    optimizer: adam({ beta1: 0.8 }),
    loss: binaryCrossentropy({ labelSmoothing: 0.1 }),
    metrics: ['mse', binaryAccuracy({ threshold: 0.4 })],
  }).toJSON();
  expect(json).toEqual({
    optimizer: { name: 'adam', config: { beta1: 0.8 } },
    loss: { name: 'binaryCrossentropy', config: { labelSmoothing: 0.1 } },
    metrics: ['mse', { name: 'binaryAccuracy', config: { threshold: 0.4 } }],
  });
  const again = new Compiled(JSON.parse(JSON.stringify(json)), registry, 'test', ['output']);
  expect(again.toJSON()).toEqual(json);
});

test.each([
  ['an unknown optimizer', { optimizer: 'adma' }, /Did you mean 'adam'\? \(optimizer-unknown\)/],
  [
    'a loss spelt as in Keras',
    { loss: 'binary_crossentropy' },
    /Did you mean 'binaryCrossentropy'\? \(loss-unknown\)/,
  ],
  ['an unknown metric', { metrics: ['accurracy'] }, /Did you mean 'accuracy'\? \(metric-unknown\)/],
  ['a metric named as the epochs', { metrics: [labelled('epoch', precision())] }, /'epoch'.*metric-twice/],
  [
    'a metric named as a figure of validation',
    { metrics: [labelled('valLoss', precision())] },
    /metric-twice/,
  ],
  ['a metric twice', { metrics: ['accuracy', 'accuracy'] }, /metric-twice/],
  ['a metric without a list', { metrics: 'accuracy' as never }, /compile-options/],
  ['a misspelt option', { metric: ['accuracy'] } as never, /Did you mean 'metrics'\? \(config-unknown\)/],
  ['a number for a loss', { loss: 5 as never }, /loss-unknown/],
])('%s: a clear error', (_, options, message) => {
  expect(() => compile(options)).toThrow(message);
});

test('no options at all', () => {
  expect(() => new Compiled(undefined as never, registry, 'test', ['output'])).toThrow(/compile-options/);
});

test('a plugin that takes a name of ours is refused', () => {
  const taken = createRegistry([
    { name: 'plugin-taken', version: '1.0.0', losses: [{ name: 'mse', create: () => own }] },
  ]) as never;
  expect(() => new Compiled({ optimizer: 'sgd', loss: 'mse' }, taken, 'test', ['output'])).toThrow(
    /loss-conflict/,
  );
});
