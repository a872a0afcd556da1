import { expect, it } from 'vitest';
import { contentProblems } from './content-problems.mjs';

const files = ['package.json', 'README.md', 'LICENSE', 'dist/index.js', 'dist/index.d.ts'];
const manifest = {
  type: 'module',
  license: 'MIT',
  description: 'Layers.',
  sideEffects: false,
  dependencies: { '@ostinato/core': '^0.1.0' },
  peerDependencies: { '@tensorflow/tfjs-core': '^4.22.0' },
};
const name = '@ostinato/layers';
const yes = () => true;

it('accepts a package as it should be', () => {
  expect(contentProblems({ name, manifest, files }, yes)).toEqual([]);
});

it.each([
  [{ dependencies: { '@tensorflow/tfjs': '^4.22.0' } }, /depends on @tensorflow\/tfjs,/],
  [{ peerDependencies: { '@tensorflow/tfjs-layers': '^4.22.0' } }, /depends on @tensorflow\/tfjs-layers/],
  [{ dependencies: { '@tensorflow/tfjs-core': '^4.22.0' } }, /peer dependency keeps one copy/],
  [{ dependencies: { '@ostinato/core': 'workspace:^' } }, /only this workspace understands/],
  [{ sideEffects: undefined }, /`sideEffects` is not false/],
  [{ license: 'UNLICENSED' }, /not MIT/],
])('refuses the manifest with %j', (change, problem) => {
  const problems = contentProblems({ name, manifest: { ...manifest, ...change }, files }, yes);
  expect(problems).toEqual([expect.stringMatching(problem)]);
});

it('misses README and LICENSE, and refuses tests and leftovers of a build', () => {
  const packed = { name, manifest, files: ['dist/gru.js', 'dist/old.js', 'dist/gru.test.js'] };
  expect(contentProblems(packed, (file) => file === 'src/gru.ts')).toEqual([
    'no README.md in the package',
    'no LICENSE in the package',
    expect.stringContaining('dist/old.js has no source'),
    'dist/gru.test.js is for tests only',
  ]);
});
