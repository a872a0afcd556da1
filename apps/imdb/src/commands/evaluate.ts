/** `evaluate`: the test of a trained model again, and whether it gives what its run has on record. */
import type { EvaluateOptions } from '../arguments/requests.js';
import { downloadDisplay } from '../data/download-bar.js';
import { type Corpus, isSample, loadCorpus, loadSample } from '../data/load-corpus.js';
import { describeSource, sampleNotice, sampleResultNotice } from '../data/source-lines.js';
import { describeBackend, startEngine } from '../engine.js';
import { checkWritable, writeAtomically } from '../files/write-atomically.js';
import { listenForInterrupt } from '../interrupt.js';
import type { Output } from '../output.js';
import { showDuration } from '../progress/duration.js';
import { summarizeKernels } from '../recipe.js';
import { peakRssMB, rounded, type TestFigures } from '../run-figures.js';
import { Stopwatch } from '../stopwatch.js';
import { openTrainedModel, type TrainedModel } from '../trained-model.js';

/** Figures of one run on one machine differ from those of another only in digits that are not printed. */
const SAME = 5e-5;

/**
 * Tests. Returns the exit code.
 *
 * Throws   what `openTrainedModel` and `loadCorpus` throw · `file-unwritable`
 */
export async function evaluate(options: EvaluateOptions, output: Output): Promise<number> {
  if (options.json !== undefined) await checkWritable(options.json);
  const interrupt = listenForInterrupt(() => output.warn('\nStopping.'));
  const watch = new Stopwatch();
  try {
    const engine = await startEngine(options, output);
    const trained = await openTrainedModel(options, engine.registry);
    const corpus = await watch.time('load', () => loadFor(trained, options, output, interrupt.signal));
    describe(trained, corpus, output);
    output.say(`Backend  ${describeBackend(engine.backend)}`);
    const { test } = corpus;
    const { batchSize } = options;
    const signal = interrupt.signal;
    const logs = await watch.time('evaluate', () =>
      trained.model.evaluate(test.x, test.y, { batchSize, signal }),
    );
    const figures = { loss: logs.loss!, accuracy: logs.accuracy! };
    const { kernels, reason } = summarizeKernels(trained.model.kernels);
    output.say(`Kernels  ${kernels}: ${reason}`);
    output.say(
      `Tested on ${test.y.data.length.toLocaleString('en')} reviews in ${showDuration(watch.seconds('evaluate'))}.`,
    );
    compare(trained, corpus, figures, output);
    if (options.json !== undefined) await writeFigures(options.json, trained, corpus, figures, watch);
    if (isSample(corpus.source)) output.result(sampleResultNotice);
    output.say(`Test Loss: ${figures.loss.toFixed(4)}`);
    output.result(`Test Accuracy: ${figures.accuracy.toFixed(4)}`);
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
): Promise<Corpus> {
  const sizes = { numWords: encoding.numWords, maxLen };
  if (options.data === undefined && record?.source.sample) return loadSample(record.source.sample, sizes);
  const recorded = record?.source.kind === 'file' ? record.source.path : undefined;
  const display = downloadDisplay(output);
  return loadCorpus({
    ...options,
    ...sizes,
    data: options.data ?? recorded,
    signal,
    onDownload: display.show,
  }).finally(display.stop);
}

function describe({ folder, record }: TrainedModel, corpus: Corpus, output: Output): void {
  if (isSample(corpus.source)) for (const line of sampleNotice(corpus.source)) output.result(line);
  output.say(`Model    ${folder}${record ? ` (${record.model}, seed ${record.seed})` : ''}`);
  output.say(`Data     ${describeSource(corpus.source)}`);
  output.say(`         SHA-256 ${corpus.source.sha256}`);
}

function compare({ record }: TrainedModel, { source }: Corpus, figures: TestFigures, output: Output): void {
  if (!record) return;
  if (record.source.sha256 !== source.sha256) {
    output.result(
      'These are not the reviews that the run was trained and tested with: their SHA-256 differs.',
    );
    return;
  }
  if (!record.test) return;
  const { loss, accuracy } = record.test;
  const same = Math.abs(loss - figures.loss) < SAME && Math.abs(accuracy - figures.accuracy) < SAME;
  if (same) output.say('The same figures as at the end of its run.');
  else
    output.result(
      `Other figures than at the end of its run: loss ${loss.toFixed(4)}, accuracy ${accuracy.toFixed(4)}.`,
    );
}

async function writeFigures(
  file: string,
  { record, model, folder }: TrainedModel,
  { source, test }: Corpus,
  figures: TestFigures,
  watch: Stopwatch,
): Promise<void> {
  const content = {
    data: { name: source.name, sha256: source.sha256, test: test.y.data.length },
    run: folder,
    model: record?.model ?? null,
    seed: record?.seed ?? null,
    params: model.countParams(),
    test: figures,
    seconds: {
      load: rounded(watch.seconds('load'), 3),
      evaluate: rounded(watch.seconds('evaluate'), 3),
      total: rounded(watch.total, 3),
    },
    peakRssMB: rounded(peakRssMB(), 1),
    weightsSha256: await model.weightsSha256(),
  };
  await writeAtomically(file, `${JSON.stringify(content, null, 2)}\n`);
}
