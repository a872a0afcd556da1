import { describe, expect, it } from 'vitest';
import type { ComparedFigures, ComparisonFigures } from '../comparison-figures.js';
import type { ModelKind } from '../recipe.js';
import { elements } from '../test-support/elements.js';
import { comparisonLines } from './comparison-columns.js';
import { comparisonPage } from './comparison-page.js';

function network(model: ModelKind, testAccuracy: number | null, ended = 'finished'): ComparedFigures {
  const epochs = [
    { epoch: 1, seconds: 8, loss: 0.61, accuracy: 0.65, valLoss: 0.52, valAccuracy: 0.7777 },
    { epoch: 2, seconds: 9, loss: 0.41, accuracy: 0.8, valLoss: 0.55, valAccuracy: 0.7 },
  ];
  return {
    model,
    params: 322_113,
    kernels: 'fused',
    kernelsReason: `${model}.sequence`,
    best: { epoch: 1, valAccuracy: 0.7777 },
    test: testAccuracy === null ? null : { loss: 0.5012, accuracy: testAccuracy },
    seconds: { perEpoch: 8.5, train: 17, evaluate: 2, total: 71 },
    epochs,
    weightsSha256: 'b'.repeat(64),
    ended,
  };
}

const figures: ComparisonFigures = {
  data: { name: 'imdb.npz', sha256: 'a'.repeat(64), kind: 'file', train: 25_000, test: 24_000 },
  seed: 1,
  backend: 'wasm',
  threads: 2,
  bucketed: false,
  settings: { units: 32 },
  models: [
    network('simple-rnn', 0.8),
    network('lstm', 0.8123),
    network('gru', 0.8123),
    network('bi-lstm', 0.7),
  ],
  seconds: { load: 1, total: 300 },
  peakRssMB: 500,
  ended: 'finished',
};

const source = { kind: 'file', name: 'imdb.npz', sha256: 'a'.repeat(64), path: '/d/imdb.npz' } as const;
const pageOf = (changes: Partial<ComparisonFigures>): string =>
  comparisonPage({ figures: { ...figures, ...changes }, source, environment: { Node: 'v20' } });

describe('the page of a comparison', () => {
  const page = pageOf({});

  it('is well-formed, with a curve of each network in the charts of all, and two charts for each', () => {
    expect(elements(page).filter((name) => name === 'svg')).toHaveLength(2 + 4 * 2);
    const [accuracy] = page.split('</svg>');
    for (const style of ['first', 'second', 'third', 'fourth']) {
      expect(accuracy!.match(new RegExp(`<path class="curve ${style}" d="M[^h]*L`, 'g'))).toHaveLength(1);
    }
  });

  it('needs no other file', () => {
    expect(page).not.toMatch(/<(script|link|img|iframe|object)\b|\bsrc=|\bhref=|url\(|@import|https?:/);
  });

  it('has a row for each network and marks the best ones, also when they are equal', () => {
    const best = [...page.matchAll(/<tr class="best"><td class="words">([^<]*)</g)].map(([, name]) => name);
    expect(best).toEqual(['lstm', 'gru']);
    expect(page).toMatch(
      />simple-rnn<.*>0\.7777<.*>1<.*>0\.8000<.*>0\.5012<.*>8\.5 s<.*>1 min 11 s<.*>322,113</,
    );
    expect(page).not.toContain('class="notice"');
  });

  it('says how a comparison ended, and what stopped a network', () => {
    const models = [network('lstm', null, 'The loss is NaN at step 7'), network('gru', null, 'interrupted')];
    const broken = pageOf({ models, ended: 'interrupted' });
    expect(broken).toMatch(/class="notice">The comparison was interrupted/);
    expect(broken).toMatch(/class="notice">lstm: The loss is NaN at step 7/);
    expect(broken).not.toContain('Bold:');
    elements(broken);
  });

  it('does without epochs and without validation', () => {
    const none = { ...network('gru', null, 'interrupted'), epochs: [], best: null };
    expect(pageOf({ models: [none] })).toContain('No epoch was completed');
    const epochs = [{ epoch: 1, seconds: 8, loss: 0.61, accuracy: 0.65 }];
    const unchecked = pageOf({ models: [{ ...network('gru', 0.7), epochs, best: null }] });
    expect(unchecked).toContain('Training accuracy');
    elements(unchecked);
  });
});

it('the table in the terminal stands in columns', () => {
  const none = {
    ...network('lstm', null),
    best: null,
    seconds: { perEpoch: null, train: 0, evaluate: 0, total: 3 },
  };
  expect(comparisonLines([network('simple-rnn', 0.8), none])).toEqual([
    'network     best val accuracy  in epoch  test accuracy  test loss  an epoch      in all  parameters',
    'simple-rnn             0.7777         1         0.8000     0.5012     8.5 s  1 min 11 s     322,113',
    'lstm                        –         –              –          –         –       3.0 s     322,113',
  ]);
});
