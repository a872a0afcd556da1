import type { Sequential } from '@ostinato/training';
import { expect, it } from 'vitest';
import { createOutput, type Sink } from '../output.js';
import { type TrainingProgress, trainingProgress } from './training-progress.js';

const model = {} as Sequential;
const work = { epochs: 2, batches: 4, validationBatches: 1 };
const logs = { loss: 0.61234, accuracy: 0.65, valLoss: 0.5, valAccuracy: 0.75 };

/** A stream that remembers; as a terminal it has what cli-progress asks of one. */
function sink(isTTY: boolean): Sink & { text: string } {
  const stream = {
    text: '',
    isTTY,
    columns: 60,
    write: (text: string) => {
      stream.text += text;
      return true;
    },
  };
  return stream;
}

async function train(progress: TrainingProgress): Promise<void> {
  await progress.onTrainBegin?.(model);
  for (let epoch = 0; epoch < work.epochs; epoch++) {
    await progress.onEpochBegin?.(epoch, model);
    for (let batch = 0; batch < work.batches; batch++) await progress.onBatchEnd?.(batch, logs, model);
    await progress.onEpochEnd?.(epoch, logs, model);
  }
  progress.stop();
}

it('prints one line an epoch and one forecast when nobody watches', async () => {
  const stdout = sink(false);
  await train(trainingProgress(createOutput({ stdout, stderr: sink(false) }, false), work));
  expect(stdout.text.replaceAll(/\d+\.\d s/g, '… s').replace(/\d+ ms/, '… ms')).toBe(
    [
      'About … s for the 2 epochs, by the first batches (… ms each).',
      'Epoch 1/2   … s  loss 0.6123  accuracy 0.6500  val loss 0.5000  val accuracy 0.7500',
      'Epoch 2/2   … s  loss 0.6123  accuracy 0.6500  val loss 0.5000  val accuracy 0.7500',
      '',
    ].join('\n'),
  );
});

it('says nothing when quiet, not even at a terminal', async () => {
  const stdout = sink(true);
  await train(trainingProgress(createOutput({ stdout, stderr: sink(true) }, true), work));
  expect(stdout.text).toBe('');
});

it('moves a bar at a terminal that fits its width, and leaves the lines behind', async () => {
  const stdout = sink(true);
  await train(trainingProgress(createOutput({ stdout, stderr: sink(true) }, false), work));
  expect(stdout.text).toContain('Epoch 2/2 [                        ] 0/4');
  const drawn = stdout.text
    .replaceAll('\u001b', '\n\u001b')
    .split('\n')
    .map((piece) => piece.replace(/^.(\[[0-9;]*[A-Za-z]|[78])/, ''))
    .filter((piece) => piece.includes('['));
  expect(drawn.length).toBeGreaterThan(2);
  for (const line of drawn) expect(line.length).toBeLessThan(60);
  expect(stdout.text.match(/^.*val accuracy 0\.7500$/gm)).toHaveLength(2);
  expect(stdout.text).not.toMatch(/\?7l|\?25l/); // a sudden end leaves the terminal as it was
});
