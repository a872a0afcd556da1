import { describe, expect, it } from 'vitest';
import { pinnedPnpm, publishedPackages, workspacePackages } from './layout.mjs';

describe('the workspace as the scripts see it', () => {
  it('holds every folder that pnpm-workspace.yaml names, with patterns and without', () => {
    const folders = workspacePackages().map(({ folder }) => folder);
    expect(folders).toEqual(
      expect.arrayContaining(['apps/imdb', 'bench', 'examples/custom-layer', 'packages/core']),
    );
  });

  it('publishes the packages and neither the program, the benchmarks nor the example', () => {
    const folders = publishedPackages().map(({ folder }) => folder);
    expect(folders).toEqual(folders.filter((folder) => folder.startsWith('packages/')));
    expect(folders.length).toBeGreaterThanOrEqual(7);
  });

  it('pins one exact version of pnpm', () => {
    expect(pinnedPnpm()).toMatch(/^\d+\.\d+\.\d+$/);
  });
});
