import { zipSync } from 'fflate';
import { expect, it } from 'vitest';
import { openNpz } from './npz.js';
import { fromBase64, readGolden } from './test-support/golden.js';

const { files } = readGolden<{ files: Record<string, string> }>('keras-imdb.json');

it.each(Object.keys(files))('opens a file written by %s', (save) => {
  const npz = openNpz(fromBase64(files[save]!));
  expect([...npz.names].sort()).toEqual(['x_test', 'x_train', 'y_test', 'y_train']);
  expect(npz.read('x_train')).toMatchObject({ kind: 'rows', shape: [23] });
  expect(npz.read('y_test')).toMatchObject({ kind: 'numbers', dtype: 'int64', shape: [17] });
});

it('knows only its own arrays, and names the nearest', () => {
  const npz = openNpz(fromBase64(files.savez!), { name: 'small.npz' });
  expect(() => npz.read('x_trian')).toThrow(
    /\[small\.npz\].*Did you mean 'x_train'\?.*\(npz-member-unknown\)/,
  );
});

it('limits what a member may take', () => {
  const bytes = fromBase64(files.savez_compressed!);
  expect(() => openNpz(bytes, { maxBytes: 100 }).read('x_train')).toThrow(/\(zip-too-large\)/);
});

it('says in which member the trouble is', () => {
  const npz = openNpz(zipSync({ 'a.npy': new TextEncoder().encode('no array here') }), { name: 'odd.npz' });
  expect(() => npz.read('a')).toThrow(/^\[odd\.npz>a\.npy\] The header/);
});
