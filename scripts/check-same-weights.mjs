// node scripts/check-same-weights.mjs [--full] [--models M,M…] [--threads N,N…] PLACE PLACE…: trains the IMDB program in several
// places and compares all weights bit by bit. One seed must give one result, whatever computes it. A place is a version of Node,
// which npm fetches (20, 24), or `chromium`. Without --full: short reviews and one epoch. The last line has counts.
// Data: OSTINATO_IMDB or ../shared/data/imdb.npz where it stands, else the sample.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeOf } from './same-weights/node.mjs';
import { settingsFor } from './same-weights/settings.mjs';
import { readArguments } from './workspace/arguments.mjs';
import { collectVerdicts } from './workspace/verdicts.mjs';

const { values, positionals: places } = readArguments(import.meta.url, {
  allowPositionals: true,
  options: {
    full: { type: 'boolean', default: false },
    models: { type: 'string', default: 'simple-rnn,lstm,gru' },
    threads: { type: 'string', default: '1,2,3' },
  },
});
const models = /** @type {import('./same-weights/settings.mjs').Model[]} */ (values.models.split(','));
const threadCounts = values.threads.split(',').map(Number);
if (places.length === 0 || places.length * threadCounts.length < 2) {
  console.error('Give places to compare, such as: node scripts/check-same-weights.mjs 20 24 chromium');
  process.exit(1);
}

const settings = settingsFor(values.full);
const folder = mkdtempSync(join(tmpdir(), 'ostinato-same-weights-'));
const verdicts = collectVerdicts();
/** @type {Map<string, Set<string>>} the digests of each model */
const digests = new Map(models.map((model) => [model, new Set()]));

for (const place of places) {
  const browser =
    place === 'chromium'
      ? await (await import('./same-weights/chromium.mjs')).chromiumWith(settings)
      : undefined;
  const trainer = browser ?? nodeOf(place, folder);
  const name = browser ? 'Chromium' : `Node ${place}`;
  for (const model of models) {
    for (const threads of threadCounts) {
      const start = performance.now();
      try {
        const digest = await trainer.train({ model, threads, settings });
        digests.get(model)?.add(digest);
        const seconds = ((performance.now() - start) / 1000).toFixed(0);
        verdicts.report(
          `${name}, ${model}, ${threads} thread${threads === 1 ? '' : 's'}: ${digest.slice(0, 16)}… (${seconds} s)`,
          [],
        );
      } catch (error) {
        verdicts.report(`${name}, ${model}, ${threads} threads`, [String(error)]);
      }
    }
  }
  if (browser) await reportFallbacks(browser);
  await trainer.close();
}
rmSync(folder, { recursive: true });
for (const [model, found] of digests) {
  verdicts.report(
    `${model}: the same weights everywhere`,
    found.size === 1 ? [] : found.size === 0 ? ['none'] : [...found],
  );
}
verdicts.finish();

/** Where a browser gives no threads there is one, and the reason is told. @param {{ threadsAt(place: 'open' | 'page'): Promise<{ count: number, reason?: string }> }} browser */
async function reportFallbacks(browser) {
  for (const [place, title] of /** @type {const} */ ([
    ['open', 'a page that is not isolated'],
    ['page', "an isolated page's main thread"],
  ])) {
    const { count, reason } = await browser.threadsAt(place);
    verdicts.report(
      `${title} has one thread: ${reason}`,
      count === 1 && reason ? [] : [`${count} threads, reason: ${reason}`],
    );
  }
}
