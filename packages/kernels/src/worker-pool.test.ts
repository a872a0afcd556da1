// Threads: the same bits whoever computes, and what happens when a worker fails, dies or never comes.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { useBackend } from '@ostinato/backend';
import type { SequenceConfig } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { randomValues } from '../test/random-values.js';
import { Heap } from './heap.js';
import { KernelRuntime } from './kernel-runtime.js';
import { createKernels, type KernelsPlugin } from './plugin.js';
import { compileKernels, instantiateKernels, type WasmKernels } from './wasm-module.js';
import { type Call, WorkerPool } from './worker-pool.js';
import { workerSource } from './worker-source.js';

beforeAll(async () => void (await useBackend('cpu')));

const execute = promisify(execFile);

const stops: (() => Promise<void>)[] = [];
afterEach(async () => void (await Promise.all(stops.splice(0).map((stop) => stop()))));

async function pluginWith(threads: number): Promise<KernelsPlugin> {
  const plugin = createKernels({ threads });
  stops.push(() => plugin.stop());
  await plugin.setup!();
  return plugin;
}

/** Every output and gradient of a small training step, as bits. */
function bitsOfStep(plugin: KernelsPlugin): Int32Array[] {
  const [batch, steps, size, units] = [37, 23, 20, 19];
  const kernel = (op: string) =>
    plugin.kernels!.find((one) => one.op === op)!.run as (...values: unknown[]) => unknown;
  const config: SequenceConfig = {
    inputSize: size,
    units,
    useBias: true,
    activation: 'tanh',
    goBackwards: false,
    returnSequences: true,
    returnState: false,
    masked: false,
    recurrentDropout: 0,
  };
  return tf.tidy(() => {
    const table = tf.tensor2d(randomValues(5000 * size, 1), [5000, size]);
    const ids = tf.tensor2d(
      Int32Array.from({ length: batch * steps * 3 }, (_, i) => ((i * i * 31) % 4999) % 900),
      [batch, steps * 3],
      'int32',
    );
    const weights = [
      tf.tensor2d(randomValues(size * units, 2), [size, units]),
      tf.tensor2d(randomValues(units * units, 3, 0.3), [units, units]),
      tf.tensor1d(randomValues(units, 4)),
    ] as const;
    const loss = (given: tf.Tensor, ...[w, r, b]: tf.Tensor[]): tf.Scalar => {
      const x = kernel('embedding.lookup')(
        { table: given, ids, where: 'test' },
        { inputDim: 5000, outputDim: size },
      );
      const y = kernel('simpleRNN.sequence')({ x, kernel: w, recurrentKernel: r, bias: b }, config) as {
        output: tf.Tensor;
      };
      return tf.sum(tf.square(y.output));
    };
    const { value, grads } = tf.valueAndGrads(loss as (...tensors: tf.Tensor[]) => tf.Scalar)([
      table,
      ...weights,
    ]);
    const slots = [tf.zerosLike(table), tf.zerosLike(table)];
    const settings = { learningRate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-7, step: 1 };
    const updated = kernel('optimizer.adam')(
      { param: table, gradient: grads[0], slots },
      settings,
    ) as tf.Tensor;
    return [value, ...grads, updated, ...slots].map(
      (tensor) => new Int32Array(tensor.dataSync<'float32'>().slice().buffer),
    );
  });
}

describe('threads', () => {
  test('any number of them gives the same bits, every time', async () => {
    const one = bitsOfStep(await pluginWith(1));
    for (const threads of [2, 3]) {
      const plugin = await pluginWith(threads);
      expect(plugin.threads()).toEqual({ wanted: threads, count: threads });
      for (let run = 0; run < 2; run++) expect(bitsOfStep(plugin)).toEqual(one);
    }
  });

  test("'auto' is as many as there are processors", async () => {
    const plugin = createKernels();
    stops.push(() => plugin.stop());
    expect(plugin.threads()).toEqual({ wanted: 'auto', count: 1 });
    await Promise.all([plugin.setup!(), plugin.setup!()]); // started once
    const { availableParallelism } = await import('node:os');
    expect(plugin.threads()).toEqual({ wanted: 'auto', count: availableParallelism() });
  });

  test('a function called directly waits for what they still do', async () => {
    const runtime = new KernelRuntime({ threads: 3 });
    stops.push(() => runtime.stop());
    await runtime.start();
    const count = 1 << 20;
    const values = runtime.storage.heap.allocate(4 * count);
    runtime.storage.heap.floats(values, count).fill(-1);
    const calls = [0, 1, 2, 3].map((part) => [values + part * count, 3, count / 4]);
    runtime.run('activate', calls); // relu: what was −1 has the bits of the integer 0
    expect(runtime.wasm.findInvalidId(values, count, 1)).toBe(-1);
    runtime.storage.heap.floats(values, count).fill(-1);
    runtime.run('activate', calls);
    runtime.wasm.activate(values, 0, count); // linear: queued, and changes nothing
    runtime.run('activate', [[values, 1, 16]]); // one call needs no workers: queued, tanh 0
    expect(runtime.storage.heap.floats(values, count).every((value) => value === 0)).toBe(true);
  });

  test('after stop, the caller does everything, and says so', async () => {
    const plugin = await pluginWith(3);
    const before = bitsOfStep(plugin);
    await plugin.stop();
    expect(plugin.threads()).toEqual({ wanted: 3, count: 1, reason: 'the workers were stopped' });
    expect(bitsOfStep(plugin)).toEqual(before);
  });

  test.each([0, -1, 1.5, Number.NaN, 257, '2', null])('%s threads are refused', (threads) => {
    expect(() => new KernelRuntime({ threads: threads as number })).toThrow(
      expect.objectContaining({ code: 'config-threads' }),
    );
  });
});

test.each([null, 5, { thread: 2 }])('createKernels refuses the options %j', (options) => {
  expect(() => createKernels(options as never)).toThrow(/^\[createKernels\] .*\(config-(type|unknown)\)$/);
});

test.each(['commonjs', 'module'])('workers read their program as %s', async (type) => {
  const program = `const worker = new (process.getBuiltinModule('node:worker_threads').Worker)(
    ${JSON.stringify(workerSource)}, { eval: true });
  worker.on('error', ({ message }) => console.log(message));
  worker.postMessage({});`;
  const { stdout } = await execute(process.execPath, [`--input-type=${type}`, '-e', program]);
  expect(stdout).toContain('WebAssembly.Instance()'); // it has read the message, in which there is no module
});

describe('a pool', () => {
  const NAMES = ['activate', 'embeddingLookup'];

  async function start(options: {
    workers: number;
    source?: string;
    patience?: number;
  }): Promise<{ pool: WorkerPool; heap: Heap; wasm: WasmKernels }> {
    const heap = new Heap();
    const module = (await compileKernels(heap.memory))!;
    const wasm = instantiateKernels(module, heap.memory);
    const pool = await WorkerPool.start({ ...options, module, memory: heap.memory, names: NAMES });
    stops.push(() => pool.stop());
    heap.beforeAccess = () => pool.join();
    return { pool, heap, wasm };
  }

  /** −1 … 1 in 600 runs of 16, through relu; returns how many negative values are left. */
  function negativesAfter({ pool, heap, wasm }: Awaited<ReturnType<typeof start>>): number {
    const values = heap.allocate(600 * 64);
    heap.floats(values, 600 * 16).set(randomValues(600 * 16, 7));
    const calls = Array.from({ length: 600 }, (_, i) => [values + 64 * i, 3, 16]); // 600 calls: more than the board holds
    pool.run('activate', wasm.activate as Call, calls);
    return heap.floats(values, 600 * 16).filter((value) => value < 0).length;
  }

  test('does every call, over several rounds', async () => {
    const parts = await start({ workers: 2 });
    expect(negativesAfter(parts)).toBe(0);
    expect(parts.pool).toMatchObject({ size: 3, reason: undefined });
  });

  test('goes on after a call, and makes up for it before anybody looks at the memory or runs something else', async () => {
    const { pool, heap } = await start({ workers: 1, source: "throw new Error('none')" }); // the caller does it all
    const values = heap.allocate(64);
    const made: number[] = [];
    const kernel: Call = (number) => void made.push(number!);
    pool.run('activate', kernel, [[1], [2]]);
    expect(made).toEqual([]);
    pool.run('activate', kernel, [[3], [4]]);
    expect(made.sort()).toEqual([1, 2]);
    heap.bytes(values, 64);
    expect(made.sort()).toEqual([1, 2, 3, 4]);
    pool.run('activate', kernel, [[5]]);
    await pool.stop();
    expect(made).toContain(5);
  });

  test('makes the caller’s own calls in their turn: at once when nothing is open, else behind the round', async () => {
    const { pool, heap } = await start({ workers: 1, source: "throw new Error('none')" });
    const values = heap.allocate(64);
    const made: number[] = [];
    const kernel: Call = (number) => void made.push(number!);
    pool.call('activate', kernel, [0]);
    expect(made).toEqual([0]);
    pool.run('activate', kernel, [[1], [2]]);
    pool.call('activate', kernel, [3]);
    pool.call('activate', kernel, [4]);
    expect(made).toEqual([0]);
    pool.run('activate', kernel, [[5], [6]]);
    expect([made.slice(0, 3).sort(), made.slice(3)]).toEqual([
      [0, 1, 2],
      [3, 4],
    ]);
    pool.call('activate', kernel, [7]);
    heap.bytes(values, 64);
    expect(made.at(-1)).toBe(7);
    expect(made).toHaveLength(8);
  });

  test('what waits behind a round that fails is not made, and what traps in the queue is named', async () => {
    const { pool } = await start({ workers: 1, source: "throw new Error('none')" });
    const made: number[] = [];
    const kernel: Call = (number) => {
      if (number! < 0) throw new Error('trapped');
      made.push(number!);
    };
    pool.run('activate', kernel, [[-1], [2]]);
    pool.call('embeddingLookup', kernel, [3]);
    expect(() => pool.join()).toThrow(
      expect.objectContaining({ code: 'worker-failed', where: '@ostinato/kernels activate' }),
    );
    pool.join();
    expect(made).toEqual([2]);
    pool.run('activate', kernel, [[4], [5]]);
    pool.call('embeddingLookup', kernel, [-6]);
    pool.call('embeddingLookup', kernel, [7]);
    expect(() => pool.join()).toThrow(
      expect.objectContaining({ code: 'worker-failed', where: '@ostinato/kernels embeddingLookup' }),
    );
    expect(made.sort()).toEqual([2, 4, 5]);
  });

  test('gives each thread its own part of scratch memory', async () => {
    const { pool, heap, wasm } = await start({ workers: 2 });
    const scratch = heap.allocate(3 * 128);
    heap.floats(scratch, 96).fill(-1);
    const calls = Array.from({ length: 200 }, () => [scratch, 3, 16]);
    pool.run('activate', wasm.activate as Call, calls, { argument: 0, bytes: 128 });
    const values = heap.floats(scratch, 96);
    for (const thread of [0, 1, 2])
      expect(values.subarray(32 * thread + 16, 32 * thread + 32).every((value) => value === -1)).toBe(true);
    expect([0, 1, 2].some((thread) => values[32 * thread] === 0)).toBe(true);
  });

  test('goes on without a worker that ended between calls, and says so', async () => {
    const dying = workerSource.replace(
      "port.postMessage('ready');",
      "port.postMessage('ready'); process.exit(7);",
    );
    const parts = await start({ workers: 2, source: dying });
    await expect.poll(() => parts.pool.size).toBe(1);
    expect(parts.pool.reason).toContain('exit code 7');
    expect(negativesAfter(parts)).toBe(0);
  });

  test('sleeps until a slow worker is done', async () => {
    const slow = workerSource.replace(
      '      try {',
      '      Atomics.wait(integers, place.stop, 0, 150);\n      try {',
    );
    expect(slow).not.toBe(workerSource);
    const { pool, heap, wasm } = await start({ workers: 1, source: slow, patience: 20_000 });
    const values = heap.allocate(128);
    heap.floats(values, 32).fill(-1);
    const run = () => {
      pool.run('activate', wasm.activate as Call, [
        [values, 3, 16],
        [values + 64, 3, 16],
      ]);
      const until = performance.now() + 50; // in which the worker takes a call; unless it has no core, and then once more
      while (performance.now() < until);
      const joined = performance.now();
      pool.join();
      return performance.now() - joined;
    };
    await expect.poll(run, { timeout: 4000 }).toBeGreaterThan(50);
    expect([...heap.floats(values, 32)]).toEqual(Array(32).fill(0));
    expect(pool.size).toBe(2);
  });

  test('throws when a worker dies amid its work, and then works alone', async () => {
    const dying = workerSource.replace('      try {', '      process.exit(7);\n      try {');
    expect(dying).not.toBe(workerSource);
    const parts = await start({ workers: 1, source: dying, patience: 200 });
    // The first call waits until the worker has taken the other one, and with it died.
    const slow: Call = (...values) => {
      const until = performance.now() + 100;
      while (performance.now() < until);
      (parts.wasm.activate as Call)(...values);
    };
    const values = parts.heap.allocate(256);
    const run = (kernel: Call) =>
      parts.pool.run('activate', kernel, [
        [values, 3, 16],
        [values + 64, 3, 16],
        [values + 128, 3, 16],
      ]);
    run(slow);
    expect(() => parts.pool.join()).toThrow(expect.objectContaining({ code: 'worker-lost' }));
    expect(parts.pool).toMatchObject({ size: 1, reason: 'a worker was lost amid its work' });
  });

  test('does not wait for a worker that is known to have died', async () => {
    const dying = workerSource.replace('      try {', '      process.exit(7);\n      try {');
    const parts = await start({ workers: 1, source: dying, patience: 60_000 });
    const values = parts.heap.allocate(128);
    const started = performance.now();
    parts.pool.run('activate', parts.wasm.activate as Call, [
      [values, 3, 16],
      [values + 64, 3, 16],
    ]);
    await expect.poll(() => parts.pool.size).toBe(1);
    expect(() => parts.pool.join()).toThrow(expect.objectContaining({ code: 'worker-lost' }));
    expect(performance.now() - started).toBeLessThan(30_000);
  });

  test('throws when a call traps, on whichever thread, and goes on after that', async () => {
    const parts = await start({ workers: 1 });
    const outside = Array.from({ length: 40 }, () => [0xffff_ff00, 3, 16]);
    parts.pool.run('activate', parts.wasm.activate as Call, outside);
    expect(() => parts.pool.join()).toThrow(expect.objectContaining({ code: 'worker-failed' }));
    expect(parts.pool.size).toBe(2);
    expect(negativesAfter(parts)).toBe(0);
  });

  test('whose workers do not start has one thread, with the reason', async () => {
    const { pool } = await start({ workers: 2, source: "throw new Error('no workers today')" });
    expect(pool.size).toBe(1);
    expect(pool.reason).toContain('no workers today');
  });
});
