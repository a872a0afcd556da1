import { describe, expect, it } from 'vitest';
import type { RunFigures } from '../run-figures.js';
import { elements } from '../test-support/elements.js';
import { type ReportFacts, reportPage } from './report-page.js';

const figures: RunFigures = {
  data: { name: 'imdb.npz', sha256: 'a'.repeat(64), kind: 'file', train: 25_000, test: 24_000 },
  model: 'simple-rnn',
  params: 322_113,
  seed: 1,
  backend: 'wasm',
  threads: 1,
  kernels: 'fused',
  kernelsReason: 'simpleRNN.sequence',
  bucketed: false,
  settings: { units: 32 },
  epochs: [
    { epoch: 1, seconds: 8, loss: 0.61, accuracy: 0.65, valLoss: 0.52, valAccuracy: 0.7777 },
    { epoch: 2, seconds: 8, loss: 0.41, accuracy: 0.8, valLoss: 0.55, valAccuracy: 0.7 },
  ],
  test: { loss: 0.5012, accuracy: 0.8123 },
  seconds: { load: 1, train: 16, evaluate: 2, total: 20 },
  peakRssMB: 500,
  weightsSha256: 'b'.repeat(64),
  ended: 'finished',
};

const facts: ReportFacts = {
  figures,
  source: { kind: 'file', name: 'imdb.npz', sha256: 'a'.repeat(64), path: '/d/imdb.npz' },
  environment: { Node: 'v20' },
  summary: ['Model: "sequential"', '└──┘'],
  verdicts: {
    confusion: { truePositive: 3, falseNegative: 1, falsePositive: 2, trueNegative: 2 },
    misjudged: [
      { label: 1, probability: 0.0123, fileRow: 17, text: `it's <br /> & "fine" ${'very '.repeat(200)}` },
      { label: 0, probability: 0.99, fileRow: 3, text: 'short \u0007 one' },
    ],
  },
};

describe('a whole report', () => {
  const page = reportPage(facts);

  it('is well-formed', () => {
    const names = elements(page);
    expect(names.filter((name) => name === 'svg')).toHaveLength(2);
    expect(names.filter((name) => name === 'details')).toHaveLength(1);
  });

  it('needs no other file', () => {
    expect(page).not.toMatch(/<(script|link|img|iframe|object)\b|\bsrc=|\bhref=|url\(|@import|https?:/);
  });

  it('shows the result, the best epoch, the confusion matrix and the texts', () => {
    for (const text of ['0.8123', '0.5012', '0.7777', 'best validation accuracy, epoch 1', '322,113']) {
      expect(page).toContain(text);
    }
    expect(page).toMatch(/<th>positive<\/th><td class="number right">3 .*75\.0 %.*>1 .*25\.0 %/);
    expect(page).toMatch(/<th>negative<\/th><td class="number">2 .*<td class="number right">2 /);
    expect(page).toContain('it&#39;s &lt;br /&gt; &amp; &quot;fine&quot;');
    expect(page).not.toContain('class="notice"');
  });
});

describe('other reports', () => {
  it('say that the sample is not IMDB', () => {
    const source = { ...facts.source, kind: 'sample' as const, name: 'sample' };
    expect(reportPage({ ...facts, source })).toMatch(/class="notice">This is not IMDB/);
  });

  it('say how a run ended, and do without a test and without epochs', () => {
    const { verdicts: _, ...without } = facts;
    const broken = { ...figures, test: null, epochs: [] };
    const interrupted = reportPage({ ...without, figures: { ...broken, ended: 'interrupted' } });
    expect(interrupted).toMatch(/class="notice">The run was interrupted/);
    expect(interrupted).toContain('No epoch was completed');
    elements(interrupted);
    const failed = reportPage({ ...without, figures: { ...broken, ended: 'The loss is NaN at step 7' } });
    expect(failed).toMatch(/class="notice">The loss is NaN at step 7/);
  });

  it('count the training of all sessions when a run went on', () => {
    const seconds = { load: 1, train: 2, evaluate: 2, total: 5 }; // of the last one
    const page = reportPage({ ...facts, figures: { ...figures, seconds } });
    expect(page).toContain('<b>16 s</b><span>of training');
    expect(page).toContain('train 16 s');
  });

  it('do without validation and without words', () => {
    const epochs = [{ epoch: 1, seconds: 8, loss: 0.61, accuracy: 0.65 }];
    const verdicts = { ...facts.verdicts!, misjudged: [{ label: 1 as const, probability: 0.1, fileRow: 5 }] };
    const page = reportPage({
      ...facts,
      figures: { ...figures, epochs },
      verdicts: { ...verdicts, textsMissing: 'no network' },
    });
    elements(page);
    expect(page).not.toContain('validation loss');
    expect(page).toContain('Without texts: no network');
  });
});
