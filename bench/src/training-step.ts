/** One training step of the IMDB program at its real size, on generated ids. */
import { createRegistry, createRng } from '@ostinato/core';
import { createKernels } from '@ostinato/kernels';
import { dense, embedding, layers, simpleRNN } from '@ostinato/layers';
import { sequential } from '@ostinato/training';
import { median, timesOf } from './measure.js';

/** Multiplications and additions of the matrix products in one step: forward, and twice that backward. */
export const STEP_FLOP = 3 * 2 * 64 * 500 * (32 + 32) * 32;

export interface StepFigures {
  readonly threads: number;
  readonly millis: number;
  readonly medianMillis: number;
  readonly loss: number;
}

/** The whole step: batch in, forward, loss, backward, Adam, figures out. */
export async function measureTrainingStep(repeats: number, threads: number): Promise<StepFigures> {
  const [batch, steps, words] = [64, 500, 10_000];
  const kernels = createKernels({ threads });
  const registry = createRegistry([layers, kernels]);
  const model = sequential(
    [
      embedding({ inputDim: words, outputDim: 32 }),
      simpleRNN({ units: 32 }),
      dense({ units: 1, activation: 'sigmoid' }),
    ],
    { registry, seed: 42, fused: 'auto' },
  );
  model.compile({ optimizer: 'adam', loss: 'binaryCrossentropy', metrics: ['accuracy'] });
  const rng = createRng(7);
  const x = { data: Int32Array.from({ length: batch * steps }, () => rng.int(words)), shape: [batch, steps] };
  const y = { data: Float32Array.from({ length: batch }, () => rng.int(2)), shape: [batch] };
  let loss = Number.NaN;
  const millis = await timesOf(repeats, async () => {
    loss = (await model.trainOnBatch(x, y)).loss!;
  });
  model.dispose();
  await kernels.stop();
  return { threads, millis: Math.min(...millis), medianMillis: median(millis), loss };
}
