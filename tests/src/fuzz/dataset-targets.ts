/** Readers of `@ostinato/datasets`: npz and zip, npy and pickle, word indices, CSV. */
import { readFileSync } from 'node:fs';
import { csvSequences, getWordIndex, loadImdb, openNpz, readNpy } from '@ostinato/datasets';
import { unzipSync, zipSync } from 'fflate';
import { bytesOf } from './mutations.js';
import type { Envelope, Target } from './target.js';

interface NpyFiles {
  readonly rows: readonly { readonly base64: string }[];
  readonly numbers: readonly { readonly base64: string }[];
}

const fromBase64 = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'base64'));

function golden<T>(name: string): T {
  const url = new URL(`../../../packages/datasets/goldens/${name}`, import.meta.url);
  return JSON.parse(readFileSync(url, 'utf8')) as T;
}

/** A member of an archive, put back with a checksum that fits. */
function member(name: string): Envelope {
  return {
    open: (file) => unzipSync(file)[name]!,
    close: (file, part) =>
      zipSync({ ...unzipSync(file), [name]: part }, { level: part.length % 2 === 0 ? 0 : 6 }),
  };
}

const PLAIN =
  'id,step,label,value,words\na,1,0,0.5,one two\na,2,0,-1.5e3,two\nb,1,1,7,"three, one"\nb,2,1,8,\n';
const QUOTED =
  '"id","step","label","value","words"\r\n"a","1","0","0.5","one ""two"\r\n"a","2","0","3","two\nthree"';
const csv = (name: string, options: Parameters<typeof csvSequences>[1]): Target => ({
  name: `csv, ${name}`,
  seeds: [PLAIN, PLAIN.replaceAll('\n', '\r\n'), QUOTED].map(bytesOf),
  async read(bytes) {
    const pieces = Array.from({ length: Math.ceil(bytes.length / 50) }, (_, i) =>
      bytes.subarray(50 * i, 50 * i + 50),
    );
    for await (const { x } of csvSequences(pieces, options)) x.shape.at(0);
  },
});

export function datasetTargets(): Target[] {
  const { rows, numbers } = golden<NpyFiles>('npy-files.json');
  const archives = Object.values(golden<{ files: Record<string, string> }>('keras-imdb.json').files).map(
    fromBase64,
  );
  const inside = ['x_train.npy', 'x_test.npy', 'y_train.npy'].map(member);
  const words = { the: 1, a: 2, 'it’s': 3, film: 4, constructor: 5, ä: 6 };
  return [
    {
      name: 'npz',
      seeds: archives,
      layers: inside,
      read(bytes) {
        const npz = openNpz(bytes);
        for (const name of npz.names) npz.read(name);
      },
    },
    { name: 'imdb', seeds: archives, layers: inside, read: (bytes) => loadImdb({ bytes, maxLen: 20 }) },
    { name: 'npy', seeds: numbers.map(({ base64 }) => fromBase64(base64)), read: (bytes) => readNpy(bytes) },
    { name: 'pickle', seeds: rows.map(({ base64 }) => fromBase64(base64)), read: (bytes) => readNpy(bytes) },
    {
      name: 'word index',
      json: true,
      seeds: [bytesOf(JSON.stringify(words)), bytesOf('{\n "film": 2,\n "a": 1 }\n')],
      read: (bytes) => getWordIndex({ bytes }),
    },
    csv('a step in each cell', { columns: { label: 'label', values: ['step', 'value'] } }),
    csv('words in a cell', {
      columns: { label: 'id', text: 'words' },
      classes: ['a', 'b'],
      vocabulary: ['one', 'two'],
      unknown: 2,
    }),
    csv('a step in each row', {
      columns: { label: 'label', id: 'id', step: 'step', values: ['value'] },
      onBadRow: () => {},
    }),
  ];
}
