// Every TypeScript snippet of the READMEs runs on the built packages. `npm test` builds first; after an edit, build again.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { publishedPackages, root, workspacePackages } from '../workspace/layout.mjs';
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

const published = publishedPackages().map(({ folder }) => folder);
/** The snippets by folder, for those whose README has any. */
const readmes = new Map(
  ['.', ...packages.map(({ folder }) => folder)]
    .map((folder) => /** @type {const} */ ([folder, snippetsOf(folder)]))
    .filter(([, found]) => found.length > 0),
);

/** @param {string} folder */
function snippetsOf(folder) {
  const file = join(root, folder, 'README.md');
  return existsSync(file) ? snippets(readFileSync(file, 'utf8')) : [];
}

it('every published package has a README with a snippet that runs', () => {
  const without = published.filter((folder) => snippetsOf(folder).every(({ skip }) => skip !== undefined));
  expect(without).toEqual([]);
});

for (const [folder, found] of readmes) {
  describe(`${folder}/README.md`, () => {
    for (const snippet of found) {
      const title = `line ${snippet.line}${snippet.skip === undefined ? '' : ` (left out: ${snippet.skip})`}`;
      it.skipIf(snippet.skip !== undefined)(title, async () =>
        expect(await runSnippet(snippet, project)).toEqual([]),
      );
    }
  });
}
