// node scripts/tensorboard/write-events.mjs FOLDER: writes event files with the built package, and prints what TensorBoard
// should show of them in the form of read_events.py.
//
// First a training of known figures, killed after its second epoch and gone on with from a checkpoint taken after the
// first; then a real one.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from '../workspace/layout.mjs';

/** @param {string} name */
const built = (name) => import(pathToFileURL(join(root, `packages/${name}/dist/index.js`)).href);

/** @type {typeof import('@ostinato/training')} */
const { sequential, tensorBoard } = await built('training');
/** @type {typeof import('@ostinato/layers')} */
const { dense, layers, lstm } = await built('layers');
/** @type {typeof import('@ostinato/core')} */
const { createRegistry, createRng } = await built('core');
/** @type {typeof import('@ostinato/backend')} */
const { useBackend } = await built('backend');

/** @typedef {[step: number, value: number][]} Scalars */
/** @typedef {{ scalars: Record<string, Scalars>, histograms: Record<string, [number, number[][]][]> }} Shown */

const KNOWN = [1.5, 0.25, 1e-30, 3e38, -0.1, Number.NaN, Number.POSITIVE_INFINITY];
const folder = process.argv[2] ?? 'logs';

await useBackend('cpu');
const registry = createRegistry([layers]);
const shown = { ...(await writeKnown()), ...(await writeTraining()) };
const finite = (/** @type {string} */ _, /** @type {unknown} */ value) =>
  typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
console.log(JSON.stringify(shown, finite));

/** @returns {Promise<Record<string, Shown>>} */
async function writeKnown() {
  const model = sequential([dense({ units: 3 })], { registry, seed: 1, inputShape: [2] });
  model.compile({ optimizer: 'sgd', loss: 'mse' });
  const make = () =>
    tensorBoard({ logDir: join(folder, 'known'), histogramFreq: 1, updateFreq: 1, writeLearningRate: false });
  let callback = make();
  await callback.onTrainBegin?.(model);
  const first = await epochsOf(callback, 0, 1);
  const checkpoint = await callback.getState?.();
  await epochsOf(callback, 1, 2);
  callback = make();
  await callback.onTrainBegin?.(model);
  await callback.setState?.(/** @type {NonNullable<typeof checkpoint>} */ (checkpoint), model);
  const rest = await epochsOf(callback, 1, KNOWN.length);
  await callback.onTrainEnd?.(undefined, model);
  return {
    'known/train': merged(first.train, rest.train),
    'known/validation': merged(first.validation, rest.validation),
  };

  /** One batch an epoch, and weights that the epoch determines. @param {typeof callback} to @param {number} from @param {number} end */
  async function epochsOf(to, from, end) {
    /** @type {Shown} */
    const train = { scalars: { epoch_loss: [], batch_loss: [] }, histograms: {} };
    /** @type {Shown} */
    const validation = { scalars: { epoch_loss: [], evaluation_loss_vs_iterations: [] }, histograms: {} };
    for (let epoch = from; epoch < end; epoch++) {
      const [loss, valLoss] = [KNOWN[epoch] ?? 0, epoch / 8];
      const kernel = [
        [epoch, 1, 2],
        [3, 4, 5],
      ];
      await model.setWeights([kernel, [epoch, epoch, epoch]]);
      await to.onEpochBegin?.(epoch, model);
      await to.onBatchBegin?.(0, model);
      await to.onBatchEnd?.(0, { loss }, model);
      await to.onTestEnd?.({ loss: valLoss }, model);
      await to.onEpochEnd?.(epoch, { loss, valLoss }, model);
      train.scalars.epoch_loss?.push([epoch, Math.fround(loss)]);
      train.scalars.batch_loss?.push([epoch + 1, Math.fround(loss)]);
      validation.scalars.epoch_loss?.push([epoch, valLoss]);
      validation.scalars.evaluation_loss_vs_iterations?.push([epoch + 1, valLoss]);
      add(train.histograms, 'dense/kernel/histogram', epoch, bucketsOf(kernel.flat()));
      add(train.histograms, 'dense/bias/histogram', epoch, bucketsOf([epoch, epoch, epoch]));
    }
    return { train, validation };
  }
}

/** @returns {Promise<Record<string, Shown>>} */
async function writeTraining() {
  const rng = createRng(5);
  const x = { data: Float32Array.from({ length: 60 * 4 }, () => rng.uniform(-1, 1)), shape: [60, 4, 1] };
  const y = Float32Array.from({ length: 60 }, (_, row) => ((x.data[4 * row] ?? 0) > 0 ? 1 : 0));
  const model = sequential([lstm({ units: 5 }), dense({ units: 1, activation: 'sigmoid' })], {
    registry,
    seed: 2,
  });
  model.compile({ optimizer: 'adam', loss: 'binaryCrossentropy', metrics: ['accuracy'] });
  /** @type {Shown} */
  const train = { scalars: {}, histograms: {} };
  /** @type {Shown} */
  const validation = { scalars: {}, histograms: {} };
  let batches = 0;
  /** Sees what the callback is told. @type {import('@ostinato/training').Callback} */
  const watch = {
    onBatchEnd: () => {
      batches += 1;
    },
    onTestEnd: (logs) => {
      for (const [name, value] of Object.entries(logs)) {
        const tag = `evaluation_${name}_vs_iterations`;
        validation.scalars[tag] = [...(validation.scalars[tag] ?? []), [batches, Math.fround(value)]];
      }
    },
    onEpochEnd: async (epoch) => {
      if (epoch % 4 > 0) return;
      for (const { name, data } of await model.getWeights())
        add(train.histograms, `${name}/histogram`, epoch, bucketsOf([...data]));
    },
  };
  const callbacks = [watch, tensorBoard({ logDir: join(folder, 'training'), histogramFreq: 4 })];
  const { history } = await model.fit(x, y, { epochs: 5, validationSplit: 0.25, callbacks });
  const scalars = (/** @type {string} */ name) =>
    /** @type {Scalars} */ ((history[name] ?? []).map((value, epoch) => [epoch, Math.fround(value)]));
  train.scalars = {
    epoch_loss: scalars('loss'),
    epoch_accuracy: scalars('accuracy'),
    epoch_learning_rate: /** @type {Scalars} */ ([0, 1, 2, 3, 4].map((epoch) => [epoch, Math.fround(0.001)])),
  };
  validation.scalars.epoch_loss = scalars('valLoss');
  validation.scalars.epoch_accuracy = scalars('valAccuracy');
  return { 'training/train': train, 'training/validation': validation };
}

/** Buckets worked out in the plainest way. @param {number[]} values */
function bucketsOf(values) {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return Array.from({ length: 30 }, (_, i) => {
    const [left, right] =
      low === high ? [low, low] : [low + (i * (high - low)) / 30, low + ((i + 1) * (high - low)) / 30];
    const inside = values.filter((value) =>
      low === high ? i === 29 : Math.min(29, Math.floor((30 * (value - low)) / (high - low))) === i,
    );
    return [left, right, inside.length];
  });
}

/** @param {Shown['histograms']} to @param {string} tag @param {number} step @param {number[][]} buckets */
function add(to, tag, step, buckets) {
  to[tag] = [...(to[tag] ?? []), [step, buckets]];
}

/** @param {Shown} one @param {Shown} other @returns {Shown} */
function merged(one, other) {
  /** @template T @param {Record<string, T[]>} a @param {Record<string, T[]>} b */
  const joined = (a, b) =>
    Object.fromEntries(Object.keys(a).map((tag) => [tag, [...(a[tag] ?? []), ...(b[tag] ?? [])]]));
  return {
    scalars: joined(one.scalars, other.scalars),
    histograms: joined(one.histograms, other.histograms),
  };
}
