// node bench/load.mjs FILE [RUNS]: how long loading and padding IMDB takes, and the memory it needs. Build first.
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const [file, runs = '5', child] = process.argv.slice(2);
if (file === undefined) {
  console.error('Usage: node bench/load.mjs FILE [RUNS]');
  process.exit(2);
}
if (child === undefined) {
  const self = fileURLToPath(import.meta.url);
  const figures = Array.from({ length: Number(runs) }, () =>
    JSON.parse(execFileSync(process.execPath, [self, file, '1', 'child'], { encoding: 'utf8' })),
  );
  const sorted = figures.map(({ seconds }) => seconds).sort((a, b) => a - b);
  const peak = Math.max(...figures.map(({ peakRssMB }) => peakRssMB));
  const { node, reviews, sha256 } = figures[0];
  console.log(
    JSON.stringify(
      {
        node,
        reviews,
        sha256,
        medianSeconds: sorted[sorted.length >> 1],
        worstSeconds: sorted.at(-1),
        peakRssMB: peak,
      },
      null,
      2,
    ),
  );
} else {
  const { loadImdb } = await import('../dist/index.js');
  const start = performance.now();
  const { train, test, source } = await loadImdb({ path: file, numWords: 10_000, maxLen: 500 });
  const seconds = Math.round(performance.now() - start) / 1000;
  const peakRssMB = Math.round(process.resourceUsage().maxRSS / 1024);
  const reviews = train.x.shape[0] + test.x.shape[0];
  console.log(JSON.stringify({ node: process.version, reviews, sha256: source.sha256, seconds, peakRssMB }));
}
