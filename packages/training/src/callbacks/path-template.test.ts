import { expect, test } from 'vitest';
import { checkTemplate, fillTemplate } from './path-template.js';

const figures = { epoch: 7, loss: 0.125, valLoss: 1e-7 };

test.each([
  ['model.safetensors', 'model.safetensors'],
  ['{epoch}-{loss}', '7-0.125'],
  ['{epoch:03d}/{epoch:d}', '007/7'],
  ['{epoch:4d}', '   7'],
  ['{valLoss:.2f}_{loss:.0f}', '0.00_0'],
])('%s → %s', (template, expected) => {
  checkTemplate(template, 'test', 'filepath');
  expect(fillTemplate(template, figures, 'test')).toBe(expected);
});

test.each(['{epoch:999999999d}', '{loss:.400f}', '{epoch', 'epoch}', '{epoch:x}', '{loss:.2e}', '{a{b}}'])(
  '%s is no template',
  (template) => {
    expect(() => checkTemplate(template, 'test', 'filepath')).toThrow('(config-filepath)');
  },
);

test.each(['__proto__', 'constructor'])('%s is no figure', (name) => {
  expect(() => fillTemplate(`{${name}}`, figures, 'test')).toThrow('(template-field)');
});

test('a field that is no figure names those that are', () => {
  expect(() => fillTemplate('{valoss}', figures, 'test')).toThrow(
    "Expected one of epoch, loss, valLoss; received 'valoss'. Did you mean 'valLoss'? (template-field)",
  );
});
