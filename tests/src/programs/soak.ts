/**
 * node --expose-gc dist/programs/soak.js BACKEND STEPS FOLDER: trains a small model with dropout for so many steps, with
 * callbacks and checkpoints, and prints what the process held every hundred steps, as JSON.
 */
import { useBackend } from '@ostinato/backend';
import { createRegistry, createRng } from '@ostinato/core';
import { createKernels } from '@ostinato/kernels';
import { dense, dropout, embedding, gru, layers, lstm } from '@ostinato/layers';
import {
  backupAndRestore,
  type Callback,
  csvLogger,
  earlyStopping,
  reduceLROnPlateau,
  sequential,
  tensorBoard,
} from '@ostinato/training';
import * as tf from '@tensorflow/tfjs-core';

/** What the process held after a forced collection. */
interface Held {
  readonly step: number;
  readonly tensors: number;
  /** Bytes of the kernels' wasm memory, and those in use. */
  readonly kernels: number;
  readonly inUse: number;
  /** Bytes of the wasm heap of tfjs; 0 on cpu. */
  readonly heap: number;
  readonly rss: number;
}

const [ROWS, BATCH, LENGTH, WORDS] = [800, 8, 11, 50];
const [backend = 'wasm', steps = '10000', folder = ''] = process.argv.slice(2);
const { gc } = globalThis as { gc?: () => void };
if (!gc) throw new Error('Start this with --expose-gc');

await useBackend(backend as 'cpu' | 'wasm');
const kernels = createKernels({ threads: 1 });
const model = sequential(
  [
    embedding({ inputDim: WORDS, outputDim: 6, maskZero: true }),
    lstm({ units: 7, dropout: 0.2, recurrentDropout: 0.2, returnSequences: true }),
    gru({ units: 5, dropout: 0.1 }),
    dropout({ rate: 0.3 }),
    dense({ units: 1, activation: 'sigmoid' }),
  ],
  { registry: createRegistry([layers, kernels]), seed: 1 },
);
model.compile({ optimizer: 'adam', loss: 'binaryCrossentropy', metrics: ['accuracy'] });

const rng = createRng(2);
const x = { data: Int32Array.from({ length: ROWS * LENGTH }, () => rng.int(WORDS)), shape: [ROWS, LENGTH] };
const y = Float32Array.from({ length: ROWS }, () => rng.int(2));
const epochs = Math.ceil(Number(steps) / (ROWS / BATCH));
const found: Held[] = [];

/** The heap that tfjs computes in; it is not part of its types. */
function heapBytes(): number {
  const { wasm } = tf.backend() as unknown as { wasm?: { HEAPU8?: Uint8Array } };
  return wasm?.HEAPU8?.byteLength ?? 0;
}

const watch: Callback = {
  async onEpochEnd(epoch) {
    for (let round = 0; round < 2; round++) {
      gc();
      await new Promise((resolve) => setImmediate(resolve));
    }
    const { inUse, total } = kernels.memory();
    found.push({
      step: (epoch + 1) * (ROWS / BATCH),
      tensors: tf.memory().numTensors,
      kernels: total,
      inUse,
      heap: heapBytes(),
      rss: process.memoryUsage.rss(),
    });
  },
};

await model.fit(x, y, {
  epochs,
  batchSize: BATCH,
  validationData: [{ data: x.data.subarray(0, 40 * LENGTH), shape: [40, LENGTH] }, y.subarray(0, 40)],
  callbacks: [
    watch,
    earlyStopping({ monitor: 'valLoss', patience: epochs, restoreBestWeights: true }),
    reduceLROnPlateau({ monitor: 'valLoss', patience: 5, minLr: 1e-4 }),
    csvLogger({ filename: `${folder}/log.csv` }),
    tensorBoard({ logDir: `${folder}/board`, histogramFreq: 10 }),
    backupAndRestore({ path: `${folder}/checkpoints`, saveFreq: 25 }),
  ],
});
await kernels.stop();
console.log(JSON.stringify(found));
