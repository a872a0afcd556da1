import { createRegistry, type Registry } from '@ostinato/core';
import { expect, test } from 'vitest';
import { whenReady } from './ready.js';

const registry = createRegistry([]) as unknown as Registry;

test('without a backend the error says how to start one', async () => {
  await expect(whenReady(registry, 'test')).rejects.toThrow(/useBackend\('wasm'\).*\(backend-none\)/);
});
