import { expect, test } from 'vitest';
import { nameLayers, snakeCase } from './layer-names.js';
import { dense, dropout } from './test-support/test-layers.js';

test.each([
  ['SimpleRNN', 'simple_rnn'],
  ['LSTM', 'lstm'],
  ['GRU', 'gru'],
  ['RNN', 'rnn'],
  ['Dense', 'dense'],
  ['TimeDistributed', 'time_distributed'],
  ['Conv1D', 'conv1d'], // as Keras has it
  ['LSTMCell', 'lstm_cell'],
])('%s is called %s', (name, snake) => {
  expect(snakeCase(name)).toBe(snake);
});

test('layers of one class are numbered; given names are kept and never given again', () => {
  const layers = [dense({ units: 1 }), dropout(), dense({ units: 1, name: 'dense_1' }), dense({ units: 1 })];
  expect(nameLayers(layers, 'test')).toEqual(['dense', 'dropout', 'dense_1', 'dense_2']);
});

test('two layers of one name, or one layer twice, are refused', () => {
  const twins = [dense({ units: 1, name: 'out' }), dense({ units: 2, name: 'out' })];
  expect(() => nameLayers(twins, 'test')).toThrow(/'out'.*layer-name/);
  const layer = dense({ units: 1 });
  expect(() => nameLayers([layer, layer], 'test')).toThrow(/layer-twice/);
});
