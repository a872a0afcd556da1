// One Vitest configuration for every package: tests read the sources of their neighbours, so no build is needed first.
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const root = fileURLToPath(new URL('.', import.meta.url));

export const shared = defineConfig({
  resolve: { alias: [{ find: /^@ostinato\/([a-z-]+)$/, replacement: `${root}packages/$1/src/index.ts` }] },
  test: { environment: 'node', testTimeout: 60_000, hookTimeout: 60_000, include: ['src/**/*.test.ts'] },
});
