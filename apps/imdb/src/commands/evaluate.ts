/** `evaluate`: the test of a trained model again, and whether it gives what its run has on record. */
import type { Imdb } from '@ostinato/datasets';
import { showDuration } from '@ostinato/training';
import type { EvaluateOptions } from '../arguments/requests.js';
import { downloadDisplay } from '../data/download-bar.js';
import { isSample, loadReviews, loadSample } from '../data/load-corpus.js';
import { describeSource, sampleNotice, sampleResultNotice } from '../data/source-lines.js';
import { describeBackend, describeThreads, type Engine, threadFigures, withEngine } from '../engine.js';
import { showPath } from '../files/show-path.js';
import { checkWritable, writeJson } from '../files/write-atomically.js';
import { listenForInterrupt } from '../interrupt.js';
import type { Output } from '../output.js';
import { summarizeKernels } from '../recipe.js';
import { batching, evaluateReviews } from '../review-feed.js';
import { peakRssMB, rounded, type TestFigures } from '../run-figures.js';
import { countOf } from '../show-count.js';
import { Stopwatch } from '../stopwatch.js';
import { openTrainedModel, type TrainedModel } from '../trained-model.js';

/** A test that was made. */
interface Tested {
  readonly trained: TrainedModel;
  readonly reviews: Imdb;
  readonly engine: Engine;
  readonly figures: TestFigures;
  readonly watch: Stopwatch;
}

/** Figures that are alike in all printed digits. */
const SAME = 5e-5;

/**
 * Tests. Returns the exit code.
 *
 * Throws   what `openTrainedModel` and `loadReviews` throw · `file-unwritable`
 */
export async function evaluate(options: EvaluateOptions, output: Output): Promise<number> {
  if (options.json !== undefined) await checkWritable(options.json);
  const interrupt = listenForInterrupt(() => output.warn('\nStopping.'));
  const { signal } = interrupt;
  const watch = new Stopwatch();
  try {
    await withEngine(options, output, async (engine) => {
      const trained = await openTrainedModel(options, engine.registry);
      const reviews = await watch.time('load', () => loadFor(trained, options, output, signal));
      describe(trained, reviews, engine, output);
      const how = { bucket: trained.bucketed, batchSize: options.batchSize, signal };
      const test = () => evaluateReviews(trained.model, reviews.test, how);
      const figures = await watch.time('evaluate', test);
      const tested = { trained, reviews, engine, figures, watch };
      if (options.json !== undefined) await writeJson(options.json, await figuresOf(tested));
      tell(tested, output);
    });
    return 0;
  } catch (error) {
    if (interrupt.exitCode === undefined) throw error;
    return interrupt.exitCode;
  } finally {
    interrupt.dispose();
  }
}

/** The reviews that were named, else those of the run, else what `train` would take. */
async function loadFor(
  { record, maxLen, encoding }: TrainedModel,
  options: EvaluateOptions,
  output: Output,
  signal: AbortSignal,
): Promise<Imdb> {
  const sizes = { numWords: encoding.numWords, maxLen };
  if (options.data === undefined && record?.source.sample) return loadSample(record.source.sample, sizes);
  const recorded = record?.source.kind === 'file' ? record.source.path : undefined;
  const download = downloadDisplay(output);
  const data = options.data ?? recorded;
  return loadReviews({ ...options, ...sizes, data, signal, onDownload: download.show }).finally(
    download.stop,
  );
}

function describe(
  { folder, record, bucketed }: TrainedModel,
  { source }: Imdb,
  engine: Engine,
  output: Output,
): void {
  if (isSample(source)) for (const line of sampleNotice(source)) output.result(line);
  output.say(`Model    ${showPath(folder)}${record ? ` (${record.model}, seed ${record.seed})` : ''}`);
  output.say(`Data     ${describeSource(source)}`);
  output.say(`         SHA-256 ${source.sha256}`);
  if (bucketed) output.say(`Batches  ${batching(true)}`);
  output.say(`Backend  ${describeBackend(engine.backend)}`);
  output.say(`Threads  ${describeThreads(engine.threads())}`);
}

function tell({ trained, reviews: { source, test }, figures, watch }: Tested, output: Output): void {
  const { kernels, reason } = summarizeKernels(trained.model.kernels);
  output.say(`Kernels  ${kernels}: ${reason}`);
  output.say(
    `Tested on ${countOf(test.y.data.length, 'review')} in ${showDuration(watch.seconds('evaluate'))}.`,
  );
  compare(trained, source.sha256, figures, output);
  if (isSample(source)) output.result(sampleResultNotice);
  output.say(`Test Loss: ${figures.loss.toFixed(4)}`);
  output.result(`Test Accuracy: ${figures.accuracy.toFixed(4)}`);
}

/** Says whether the run's own test is repeated; what a reader must know is said even when quiet. */
function compare({ record }: TrainedModel, sha256: string, figures: TestFigures, output: Output): void {
  if (record && record.source.sha256 !== sha256) {
    output.result('These are not the reviews of the run: their SHA-256 differs.');
  } else if (record?.test) {
    const { loss, accuracy } = record.test;
    const same = Math.abs(loss - figures.loss) < SAME && Math.abs(accuracy - figures.accuracy) < SAME;
    if (same) output.say('The same figures as at the end of its run.');
    else output.result(`Its run had ended with loss ${loss.toFixed(4)} and accuracy ${accuracy.toFixed(4)}.`);
  }
}

async function figuresOf({ trained, reviews, engine, figures, watch }: Tested): Promise<object> {
  const { record, model, folder, bucketed } = trained;
  const { source, test } = reviews;
  return {
    data: { name: source.name, sha256: source.sha256, test: test.y.data.length },
    run: folder,
    model: record?.model ?? null,
    seed: record?.seed ?? null,
    params: model.countParams(),
    backend: engine.backend.backend,
    ...threadFigures(engine.threads()),
    bucketed,
    test: figures,
    seconds: {
      load: rounded(watch.seconds('load'), 3),
      evaluate: rounded(watch.seconds('evaluate'), 3),
      total: rounded(watch.total, 3),
    },
    peakRssMB: rounded(peakRssMB(), 1),
    weightsSha256: await model.weightsSha256(),
  };
}
