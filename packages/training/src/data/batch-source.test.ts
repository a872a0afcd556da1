import { useBackend } from '@ostinato/backend';
import { createRng } from '@ostinato/core';
import { beforeAll, expect, test } from 'vitest';
import { Breathing } from '../breathing.js';
import { type Sequential, sequential } from '../sequential.js';
import { dense, testRegistry } from '../test-support/test-layers.js';
import { ArrayBatches } from './array-batches.js';
import { type BatchSource, eachBatch } from './batch-source.js';
import type { TrainingBatch } from './batches.js';
import { Lookahead } from './lookahead.js';
import type { Inputs } from './samples.js';

beforeAll(async () => void (await useBackend('cpu')));

const pace = { stopped: () => false, breathing: new Breathing() };

/** Batches that are numbers of rows; notes when each is made. */
function recorded(count: number, readsAhead: boolean, notes: string[]): BatchSource<Inputs> {
  function* made(first: number): Generator<Inputs> {
    for (let i = first; i < count; i++) {
      notes.push(`made ${i}`);
      yield { x: [{ data: Float32Array.of(i), shape: [1, 1] }] };
    }
  }
  return {
    count,
    size: count,
    batches: (_epoch, skip = 0) => (readsAhead ? new Lookahead(made(skip)) : made(skip)),
  };
}

test.each([
  [true, ['made 1', 'using 1', 'made 2', 'used 1', 'using 2', 'used 2']],
  [false, ['made 1', 'using 1', 'used 1', 'made 2', 'using 2', 'used 2']],
])(
  'a source that reads ahead (%s) makes the next batch when it is asked to',
  async (readsAhead, expected) => {
    const notes: string[] = [];
    const use = async ({ x }: Inputs, index: number, ahead: () => void): Promise<void> => {
      expect(x[0]!.data[0]).toBe(index);
      notes.push(`using ${index}`);
      ahead();
      ahead(); // once is enough
      notes.push(`used ${index}`);
    };
    expect(await eachBatch(recorded(3, readsAhead, notes), 0, pace, use, 1)).toBe(true);
    expect(notes).toEqual(expected);
  },
);

test('a batch of arrays stays what it is while the next is made', async () => {
  const data = Int32Array.from({ length: 40 }, (_, i) => i);
  const source = new ArrayBatches({ x: [{ data, shape: [20, 2] }] }, 4, createRng(1));
  const seen: number[][] = [];
  await eachBatch(source, 0, pace, async ({ x }, _index, ahead) => {
    const before = [...x[0]!.data];
    ahead();
    expect([...x[0]!.data]).toEqual(before);
    seen.push(before);
  });
  expect(seen.flat().sort((a, b) => a - b)).toEqual([...data]);
});

/** One batch, and then none for ever. */
class Hanging {
  async *[Symbol.asyncIterator](): AsyncGenerator<TrainingBatch> {
    yield { x: [[1]], y: [[1]] };
    await new Promise(() => {});
  }
}

const hangingModel = (): Sequential => {
  const model = sequential([dense({ units: 1 })], { registry: testRegistry(), seed: 1, inputShape: [1] });
  model.compile({ optimizer: 'sgd', loss: 'mse' });
  return model;
};

test('an abort ends a fit, an evaluation and a prediction that wait for a batch', async () => {
  const model = hangingModel();
  const controller = new AbortController();
  const { signal } = controller;
  const onBatchEnd = (): unknown => setTimeout(() => controller.abort(new Error('enough')), 5);
  const history = await model.fit(new Hanging(), {
    epochs: 2,
    signal,
    callbacks: [{ onBatchEnd: () => void onBatchEnd() }],
  });
  expect(history).toMatchObject({ epochs: [], stopped: true });
  expect(model.run).toBeUndefined();
  const soon = (): AbortSignal => AbortSignal.timeout(5);
  await expect(model.evaluate(new Hanging(), { signal: soon() })).rejects.toMatchObject({
    name: 'TimeoutError',
  });
  await expect(model.predict(new Hanging() as never, { signal: soon() })).rejects.toThrow();
  model.dispose();
});

test('an abort between batches lets the source clean up, and leaves no listener', async () => {
  const controller = new AbortController();
  const { signal } = controller;
  let listeners = 0;
  const counted = {
    get aborted() {
      return signal.aborted;
    },
    addEventListener: (...given: Parameters<AbortSignal['addEventListener']>) => {
      listeners += 1;
      signal.addEventListener(...given);
    },
    removeEventListener: (...given: Parameters<AbortSignal['removeEventListener']>) => {
      listeners -= 1;
      signal.removeEventListener(...given);
    },
  } as AbortSignal;
  let left = false;
  const source: BatchSource<Inputs> = {
    count: undefined,
    size: undefined,
    async *batches() {
      try {
        for (;;) yield { x: [{ data: Float32Array.of(1), shape: [1, 1] }] };
      } finally {
        left = true;
      }
    },
  };
  const stopping = { ...pace, stopped: () => signal.aborted, signal: counted };
  const finished = await eachBatch(source, 0, stopping, async (_batch, index) => {
    if (index === 3) controller.abort();
  });
  expect([finished, left, listeners]).toEqual([false, true, 0]);
});

test('a source that is only slow is closed after an abort, and its late batch builds nothing', async () => {
  const notes: string[] = [];
  let deliver = (): void => {};
  async function* slow(): AsyncGenerator<TrainingBatch> {
    try {
      notes.push('asked');
      await new Promise<void>((resolve) => {
        deliver = resolve;
      });
      yield { x: [[1, 2]], y: [[1]] };
    } finally {
      notes.push('closed');
    }
  }
  const model = sequential([dense({ units: 1 })], { registry: testRegistry(), seed: 1 });
  model.compile({ optimizer: 'sgd', loss: 'mse' });
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 5);
  const history = await model.fit(slow(), { signal: controller.signal });
  expect([history.stopped, ...notes]).toEqual([true, 'asked']);
  deliver();
  await expect.poll(() => notes).toEqual(['asked', 'closed']);
  await model.fit([{ x: [[1, 2, 3]], y: [[1]] }]); // three values: it is not built for two
  model.dispose();
});

test('the end of a source is waited for, aborted or not', async () => {
  const controller = new AbortController();
  async function* failing(): AsyncGenerator<Inputs> {
    yield { x: [{ data: Float32Array.of(1), shape: [1, 1] }] };
    await new Promise((resolve) => setTimeout(resolve, 5));
    throw new Error('cleanup failed');
  }
  const source: BatchSource<Inputs> = { count: 1, size: 1, batches: failing };
  const stopping = { ...pace, stopped: () => controller.signal.aborted, signal: controller.signal };
  await expect(eachBatch(source, 0, stopping, async () => controller.abort())).rejects.toThrow(
    'cleanup failed',
  );
});

test('what goes wrong in making the next batch is thrown when it is its turn', async () => {
  const used: number[] = [];
  function* torn(): Generator<Inputs> {
    yield { x: [{ data: Float32Array.of(1), shape: [1, 1] }] };
    throw new Error('torn');
  }
  const source: BatchSource<Inputs> = {
    count: 2,
    size: 2,
    batches: () => new Lookahead(torn()),
  };
  const use = async (_batch: Inputs, index: number, ahead: () => void): Promise<void> => {
    ahead();
    used.push(index);
  };
  await expect(eachBatch(source, 0, pace, use)).rejects.toThrow('torn');
  expect(used).toEqual([0]);
});
