import { defineConfig } from 'vitest/config';

const scripts = { name: 'scripts', include: ['scripts/**/*.test.mjs'], testTimeout: 60_000 };

export default defineConfig({
  test: { projects: ['packages/*', 'apps/*', 'bench', 'examples/*', 'tests', { test: scripts }] },
});
