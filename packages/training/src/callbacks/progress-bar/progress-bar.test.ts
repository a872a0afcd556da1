import { useBackend } from '@ostinato/backend';
import { afterEach, beforeAll, expect, test, vi } from 'vitest';
import type { Callback } from '../../callbacks.js';
import { batchesOf } from '../../test-support/batches.js';
import { compiledWordModel, wordTask } from '../../test-support/tasks.js';
import { type ProgressBarOptions, progressBar } from './progress-bar.js';

const words = wordTask(24);
const { x, y } = words;

beforeAll(() => useBackend('cpu'));
afterEach(() => {
  vi.unstubAllGlobals();
});

/** A stream that remembers. */
function sink(isTTY: boolean, columns = 120) {
  const stream = {
    text: '',
    isTTY,
    columns,
    write: (text: string) => {
      stream.text += text;
      return true;
    },
  };
  return stream;
}

const ERASE = '\u001b[K';

/** Lines as they stand once everything is printed, with times left out. */
const linesOf = (text: string) =>
  text.split('\n').map((line) =>
    line
      .split(ERASE)
      .at(-1)!
      .replaceAll(/\d+(\.\d)? s/g, '… s')
      .replace(/\d+ ms/, '… ms'),
  );

/** What was drawn over, one entry for each drawing. */
const drawnOf = (text: string) =>
  text
    .split(/[\r\n]/)
    .filter((piece) => piece.endsWith(ERASE) && piece !== ERASE)
    .map((piece) => piece.slice(0, -ERASE.length));

async function train(options: ProgressBarOptions, more: readonly Callback[] = []) {
  const callbacks = [progressBar(options), ...more];
  return compiledWordModel().fit(x, y, { epochs: 2, batchSize: 6, validationSplit: 0.25, callbacks });
}

const slow: Callback = { onBatchBegin: () => new Promise((resolve) => setTimeout(resolve, 60)) };

test.each([30, 50, 64, 80, 100])('a line of %d columns ends behind a whole number', async (columns) => {
  const output = sink(true, columns);
  await train({ output }, [slow]);
  const drawn = drawnOf(output.text);
  expect(drawn.length).toBeGreaterThan(6);
  for (const line of drawn) {
    expect(line.length).toBeLessThan(columns);
    for (const [, digits] of line.matchAll(/(?:loss|accuracy) ?(\S*)/g))
      expect(digits).toMatch(/^\d\.\d{4}$/);
  }
});

test('one line an epoch and one forecast when nobody watches', async () => {
  const output = sink(false);
  const { epochs } = await train({ output, forecast: true });
  const figures = epochs.map(({ loss, accuracy, valLoss, valAccuracy }) =>
    [`loss ${loss.toFixed(4)}`, `accuracy ${accuracy!.toFixed(4)}`, `val loss ${valLoss!.toFixed(4)}`]
      .concat(`val accuracy ${valAccuracy!.toFixed(4)}`)
      .join('  '),
  );
  expect(linesOf(output.text)).toEqual([
    'About … s for the 2 epochs, by the first batches (… ms each).',
    `Epoch 1/2   … s  ${figures[0]}`,
    `Epoch 2/2   … s  ${figures[1]}`,
    '',
  ]);
});

test('a bar moves at a terminal, and only the lines are left behind', async () => {
  const output = sink(true);
  await train({ output }, [slow]);
  expect(linesOf(output.text).map((line) => line.slice(0, 9))).toEqual(['Epoch 1/2', 'Epoch 2/2', '']);
  const drawn = drawnOf(output.text);
  expect(drawn[0]).toMatch(/^Epoch 1\/2 \[ {24}\] 0\/3 {4}$/);
  expect(drawn).toContainEqual(
    expect.stringMatching(
      /^Epoch 2\/2 \[={8} {16}\] 1\/3 {2}ETA .* s \(all: .* s\) {2}loss \d\.\d{4} {2}accuracy /,
    ),
  );
  expect(drawn).toContainEqual(expect.stringMatching(/^Epoch 2\/2 \[={24}\] 3\/3 {2}validating {2}loss /));
  expect(output.text).not.toContain('\u001b[?'); // a sudden end leaves the terminal as it was
});

test('the bar fits the terminal', async () => {
  const output = sink(true, 40);
  await train({ output }, [slow]);
  const drawn = drawnOf(output.text);
  expect(Math.max(...drawn.map(({ length }) => length))).toBe(39);
});

test('batches of unknown number are counted, and known in the second epoch', async () => {
  const output = sink(true);
  const batches = { [Symbol.iterator]: () => batchesOf(words, 8)[Symbol.iterator]() };
  await compiledWordModel().fit(batches, { epochs: 2, callbacks: [progressBar({ output }), slow] });
  const drawn = drawnOf(output.text);
  expect(drawn).toContainEqual(expect.stringMatching(/^Epoch 1\/2 2 batches {2}ETA \? \(all: \?\) {2}loss/));
  expect(drawn).toContainEqual(expect.stringMatching(/^Epoch 2\/2 \[={8} {16}\] 1\/3 {2}ETA \d/));
});

test('a training that fails leaves no bar behind, and `stop` takes one away', async () => {
  const output = sink(true);
  const model = compiledWordModel();
  const callback = progressBar({ output });
  await callback.onTrainBegin?.(model);
  const run = { epochs: 3, initialEpoch: 0, batches: 4, samples: 8, epoch: 0, batch: 0 };
  await callback.onEpochBegin?.(0, { run } as never);
  expect(output.text.endsWith(`\r${ERASE}`)).toBe(false);
  expect(await callback.onBatchError?.(0, new Error('lost'), model)).toBe(false);
  expect(output.text.endsWith(`\r${ERASE}`)).toBe(true);
  const { length } = output.text;
  callback.stop();
  expect(output.text.length).toBe(length);
});

test('a training that goes on within an epoch shows where it is', async () => {
  const output = sink(true);
  const callback = progressBar({ output });
  const model = { run: { epochs: 3, initialEpoch: 0, batches: 4, samples: 8, epoch: 1, batch: 2 } } as never;
  await callback.onTrainBegin?.(model);
  await callback.onBatchBegin?.(2, model);
  expect(drawnOf(output.text)).toEqual([expect.stringMatching(/^Epoch 2\/3 \[={12} {12}\] 2\/4/)]);
});

test('a training that goes on with the validation of an epoch', async () => {
  const first = compiledWordModel({ inputShape: [5] });
  const options = { epochs: 1, batchSize: 6, validationSplit: 0.25 };
  const stopper: Callback = { onBatchEnd: (batch, _, model) => (batch === 2 ? model.stop() : undefined) };
  await first.fit(x, y, { ...options, callbacks: [stopper] });
  const next = compiledWordModel({ inputShape: [5] });
  await next.restoreTrainingState(await first.trainingState());
  const output = sink(true);
  await next.fit(x, y, { ...options, callbacks: [progressBar({ output })] });
  expect(output.text).toContain('3/3  validating');
  expect(linesOf(output.text)[0]).toMatch(/^Epoch 1\/1 .* val accuracy /);
});

test('outside of Node the console gets the lines', async () => {
  vi.stubGlobal('process', undefined);
  const log = vi.spyOn(console, 'log').mockImplementation(() => undefined);
  const callback = progressBar();
  vi.unstubAllGlobals();
  await callback.onEpochEnd?.(4, { loss: 0.5 }, { run: { epochs: 10 } } as never);
  expect(log.mock.calls).toEqual([[expect.stringMatching(/^Epoch {2}5\/10 .* s {2}loss 0\.5000$/)]]);
  log.mockRestore();
});

test.each([
  [{ output: {} }, 'config-output'],
  [{ interactive: 1 }, 'config-interactive'],
  [{ forecast: 'yes' }, 'config-forecast'],
  [{ validationBatches: -1 }, 'config-validation-batches'],
  [{ width: 3 }, 'config-unknown'],
])('%j is refused: %s', (options, code) => {
  expect(() => progressBar(options as never)).toThrow(`(${code})`);
});
