// Every TypeScript snippet of the READMEs runs on the built packages. `npm test` builds first; after an edit, build again.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root, workspacePackages } from '../workspace/layout.mjs';
import { runSnippet } from './run-snippet.mjs';
import { snippets } from './snippets.mjs';

const packages = workspacePackages();
/** A project in which every package of the workspace and tfjs-core look installed. */
const project = mkdtempSync(join(tmpdir(), 'ostinato-readme-'));

/** @param {string} name @param {string} target */
function link(name, target) {
  const place = join(project, 'node_modules', name);
  mkdirSync(dirname(place), { recursive: true });
  symlinkSync(realpathSync(target), place, 'junction');
}

beforeAll(() => {
  for (const { folder, manifest } of packages) link(manifest.name, join(root, folder));
  link('@tensorflow/tfjs-core', join(root, 'packages/core/node_modules/@tensorflow/tfjs-core'));
});

afterAll(() => rmSync(project, { recursive: true }));

describe.each(['.', ...packages.map(({ folder }) => folder)])('%s/README.md', (folder) => {
  const file = join(root, folder, 'README.md');
  if (!existsSync(file)) {
    it.skip('there is none yet', () => {});
    return;
  }
  const found = snippets(readFileSync(file, 'utf8'));
  const published = packages.some((entry) => entry.folder === folder && entry.manifest.private !== true);
  it.runIf(published)('shows at least one snippet that runs', () => {
    expect(found.filter(({ skip }) => skip === undefined).length).toBeGreaterThan(0);
  });
  for (const snippet of found) {
    const title = `line ${snippet.line}${snippet.skip === undefined ? '' : ` (left out: ${snippet.skip})`}`;
    it.skipIf(snippet.skip !== undefined)(title, async () =>
      expect(await runSnippet(snippet, project)).toEqual([]),
    );
  }
});
