/**
 * node dist/programs/stream-csv.js write PATH ROWS: writes a CSV of generated sequences.
 * node dist/programs/stream-csv.js train PATH: trains a small model for one epoch while it reads the file, and prints what
 * came of it and the most memory that the process ever had, as JSON.
 */
import { useBackend } from '@ostinato/backend';
import { createRegistry } from '@ostinato/core';
import { csvSequences, mapBatches } from '@ostinato/datasets';
import { createKernels } from '@ostinato/kernels';
import { dense, gru, layers } from '@ostinato/layers';
import { sequential } from '@ostinato/training';
import { writeGeneratedCsv } from './generated-csv.js';

async function train(path: string): Promise<void> {
  await useBackend('wasm');
  const kernels = createKernels({ threads: 1 });
  const registry = createRegistry([layers, kernels]);
  const model = sequential([gru({ units: 8 }), dense({ units: 1, activation: 'sigmoid' })], {
    registry,
    seed: 1,
  });
  model.compile({ optimizer: 'adam', loss: 'binaryCrossentropy', metrics: ['accuracy'] });
  let rows = 0;
  const batches = mapBatches(
    csvSequences(path, { batchSize: 512, shuffle: 10_000, prefetch: 4 }),
    (batch) => {
      rows += batch.x.shape[0]!;
      return batch;
    },
  );
  const start = performance.now();
  const { history } = await model.fit(batches, { epochs: 1 });
  const seconds = (performance.now() - start) / 1000;
  const peakMegabytes = process.resourceUsage().maxRSS / 1024; // maxRSS counts kilobytes
  console.log(
    JSON.stringify({
      rows,
      seconds,
      peakMegabytes,
      loss: history.loss?.[0],
      accuracy: history.accuracy?.[0],
    }),
  );
  await kernels.stop();
}

const [task, path = '', rows = ''] = process.argv.slice(2);
if (task === 'write') await writeGeneratedCsv(path, Number(rows), 7);
else await train(path);
