import { describe, expect, it } from 'vitest';
import { raggedRows } from './arrays.js';
import { padSequences } from './pad-sequences.js';
import { readGolden } from './test-support/golden.js';

interface Golden {
  sequences: number[][];
  cases: {
    options: { maxlen: number | null; padding: 'pre' | 'post'; truncating: 'pre' | 'post'; value: number };
    padded: number[][];
  }[];
  plain: number[][];
  floats: number[][];
}

const golden = readGolden<Golden>('pad-sequences.json');

describe('padSequences is keras.utils.pad_sequences', () => {
  it.each(golden.cases)('$options', ({ options: { maxlen, ...rest }, padded }) => {
    const options = maxlen === null ? rest : { ...rest, maxLen: maxlen };
    for (const sequences of [golden.sequences, raggedRows(golden.sequences)]) {
      const { data, shape } = padSequences(sequences, options);
      expect(shape).toEqual([padded.length, padded[0]!.length]);
      expect([...data]).toEqual(padded.flat());
    }
  });

  it('without options, and with fractions', () => {
    expect([...padSequences(golden.sequences).data]).toEqual(golden.plain.flat());
    const floats = padSequences([[0.5], new Float32Array([1.25, 2])], { dtype: 'float32', value: 0.5 });
    expect(floats.data).toBeInstanceOf(Float32Array);
    expect([...floats.data]).toEqual(golden.floats.flat());
  });
});

it('leaves the sequences as they are', () => {
  const rows = raggedRows([[1, 2, 3], [4]]);
  padSequences(rows, { maxLen: 2 }).data.fill(9);
  expect([...rows.data]).toEqual([1, 2, 3, 4]);
});

describe('bad input', () => {
  const bad: readonly [string, string, () => unknown][] = [
    ['no sequence', 'sequences-empty', () => padSequences([], { maxLen: 3 })],
    ['no ragged row', 'sequences-empty', () => padSequences(raggedRows([]))],
    ['only empty sequences', 'sequences-empty', () => padSequences([[], []])],
    ['a number as a sequence', 'sequences-ragged', () => padSequences([[1], 2] as never)],
    ['a text as a sequence', 'sequences-ragged', () => padSequences(['abc'] as never)],
    ['a list inside a sequence', 'sequences-ragged', () => padSequences([[1, [2]]] as never)],
    ['a hole in a sequence', 'sequences-ragged', () => padSequences([[1, undefined]] as never)],
    ['nothing', 'sequences-ragged', () => padSequences(undefined as never)],
    ['a fraction', 'sequences-value', () => padSequences([[1, 2.5]])],
    ['a number beyond 32 bits', 'sequences-value', () => padSequences([[2 ** 31]])],
    ['a fraction as filling', 'sequences-value', () => padSequences([[1]], { value: 0.5 })],
    ['a length of none', 'config-max-len', () => padSequences([[1]], { maxLen: 0 })],
    ['an unknown side', 'config-padding', () => padSequences([[1]], { padding: 'left' as never })],
    ['an unknown cut', 'config-truncating', () => padSequences([[1]], { truncating: 'mid' as never })],
    ['an unknown dtype', 'config-dtype', () => padSequences([[1]], { dtype: 'int16' as never })],
    ['Keras’ spelling', 'config-unknown', () => padSequences([[1]], { maxlen: 3 } as never)],
  ];
  it.each(bad)('%s → %s', (_, code, act) => {
    expect(act).toThrow(expect.objectContaining({ code }));
  });

  it('says which sequence and which position', () => {
    expect(() => padSequences([[1], [2, 3.5]])).toThrow(/sequence 1, position 1.*received 3\.5/);
    expect(() => padSequences([[1]], { maxlen: 3 } as never)).toThrow(/Did you mean 'maxLen'\?/);
  });
});
