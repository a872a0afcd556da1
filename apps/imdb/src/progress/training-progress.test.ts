import type { Model } from '@ostinato/training';
import { expect, it } from 'vitest';
import { createOutput } from '../output.js';
import { trainingProgress } from './training-progress.js';

const work = { epochs: 2, batches: 1, validationBatches: 1 };

/** What a training prints, at a terminal or not. */
async function printed(isTTY: boolean, quiet: boolean): Promise<string> {
  let text = '';
  const sink = { isTTY, columns: 60, write: (more: string) => (text += more) };
  const progress = trainingProgress(createOutput({ stdout: sink, stderr: sink }, quiet), work);
  for (let epoch = 0; epoch < work.epochs; epoch++) {
    const run = { epochs: 2, initialEpoch: 0, batches: 1, samples: 4, epoch, batch: 0 };
    const model = { run } as unknown as Model;
    if (epoch === 0) await progress.onTrainBegin?.(model);
    await progress.onEpochBegin?.(epoch, model);
    await progress.onBatchBegin?.(0, model);
    await progress.onBatchEnd?.(0, { loss: 0.61234 }, model);
    await progress.onEpochEnd?.(epoch, { loss: 0.61234, valLoss: 0.5 }, model);
  }
  progress.stop();
  return text;
}

it('prints a forecast and a line for each epoch', async () => {
  const text = await printed(false, false);
  expect(text.replaceAll(/\d+\.\d s/g, '… s').replace(/\d+ ms/, '… ms')).toBe(
    [
      'About … s for the 2 epochs, by the first batches (… ms each).',
      'Epoch 1/2   … s  loss 0.6123  val loss 0.5000',
      'Epoch 2/2   … s  loss 0.6123  val loss 0.5000',
      '',
    ].join('\n'),
  );
});

it('moves a bar at a terminal', async () => {
  expect(await printed(true, false)).toContain('Epoch 2/2 [                        ] 0/1');
});

it('says nothing when quiet, not even at a terminal', async () => {
  expect(await printed(true, true)).toBe('');
});
