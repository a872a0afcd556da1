import { useBackend } from '@ostinato/backend';
import { createRegistry, definePlugin } from '@ostinato/core';
import { beforeAll, expect, test } from 'vitest';
import type { Callback } from '../callbacks.js';
import { compiledWordModel, wordTask } from '../test-support/tasks.js';
import { testRegistry } from '../test-support/test-layers.js';
import { type CallbackOrName, namedCallbacks, PLUGIN_NAMES } from './named-callbacks.js';
import { callbacks as plugin } from './plugin.js';

const { x, y } = wordTask(20);

beforeAll(() => useBackend('cpu'));

function fit(callbacks: readonly CallbackOrName[], registry = testRegistry()) {
  return compiledWordModel({ registry }).fit(x, y, { epochs: 20, validationSplit: 0.3, callbacks });
}

test('a name, a name with options, and objects in one list', async () => {
  const seen: number[] = [];
  const config = { monitor: 'valLoss', minDelta: 100, patience: 2 };
  const watch: Callback = { name: 'watch', onEpochEnd: (epoch) => void seen.push(epoch) };
  const history = await fit(['terminateOnNaN', watch, { name: 'earlyStopping', config }]);
  expect(history.reason).toContain('earlyStopping: valLoss has not improved for 2 epochs');
  expect(seen).toEqual([0, 1, 2]);
});

test('every name makes a callback of that name', () => {
  const needed: Record<string, object> = {
    csvLogger: { filename: 'log' },
    jsonLinesLogger: { filename: 'log' },
    modelCheckpoint: { filepath: 'model' },
    backupAndRestore: { path: 'run' },
  };
  const all = namedCallbacks.extend(plugin.callbacks);
  for (const name of all.names()) {
    const made = all.resolve({ name, config: needed[name] ?? {} }, 'test');
    expect(made).toMatchObject({ name });
  }
  expect(plugin.callbacks.map(({ name }) => name)).toEqual(PLUGIN_NAMES);
});

test('what writes, shows or keeps something comes by name with the plugin, and the error says so', async () => {
  const by = ['timing', { name: 'timing' }] as const;
  for (const one of by) {
    await expect(fit([one])).rejects.toThrow(
      "Add `callbacks` from '@ostinato/training' to createRegistry([...]), or write timing(…). (callback-unknown)",
    );
  }
  const registry = createRegistry([...testRegistry().plugins, plugin]);
  expect((await fit([...by, 'terminateOnNaN'], registry)).epochs).toHaveLength(20);
});

test("a plugin's callbacks have names too", async () => {
  const told: unknown[] = [];
  const create = ({ word = 'none' }: { word?: string }): Callback => ({
    onTrainBegin: () => void told.push(word),
  });
  const plugin = definePlugin({ name: 'shout', version: '1.0.0', callbacks: [{ name: 'shout', create }] });
  const registry = createRegistry([...testRegistry().plugins, plugin]);
  await fit(['shout', { name: 'shout', config: { word: 'hey' } }, { name: 'earlyStopping' }], registry);
  expect(told).toEqual(['none', 'hey']);
});

test('what has no such name, and what a maker gives that is no callback, is refused', async () => {
  await expect(fit(['earlyStoping'])).rejects.toThrow("Did you mean 'earlyStopping'? (callback-unknown)");
  await expect(fit([{ name: 'earlyStopping', config: { patience: -1 } }])).rejects.toThrow(
    '(config-patience)',
  );
  await expect(fit([7 as never])).rejects.toThrow('(config-callbacks)');
  await expect(fit('timing' as never)).rejects.toThrow('(config-callbacks)');
  const create = (): object => ({ onEpochend: () => undefined });
  const plugin = definePlugin({ name: 'odd', version: '1.0.0', callbacks: [{ name: 'odd', create }] });
  const registry = createRegistry([...testRegistry().plugins, plugin]);
  await expect(fit(['odd'], registry)).rejects.toThrow("Did you mean 'onEpochEnd'?");
});
