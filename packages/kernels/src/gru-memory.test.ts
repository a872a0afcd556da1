// The compiled GRU by itself: it writes its outputs and nothing around them, and blocks may run in any order.
import { beforeAll, describe, expect, test } from 'vitest';
import { blockMasks } from '../test/block-masks.js';
import { type Guarded, guarded, unwritten } from '../test/guarded-memory.js';
import { randomValues } from '../test/random-values.js';
import { KernelRuntime } from './kernel-runtime.js';
import { roundUp } from './sequence-blocks.js';
import { packTransposed, panelShape, transposedBytes } from './transposed-panels.js';
import type { WasmKernels } from './wasm-module.js';

const runtime = new KernelRuntime({ threads: 1 });
let wasm: WasmKernels;
beforeAll(async () => {
  await runtime.start();
  wasm = runtime.wasm;
});

interface Sizes {
  readonly batch: number;
  readonly steps: number;
  readonly inputSize: number;
  readonly units: number;
  readonly blockRows: number;
  readonly order: readonly number[];
  /** 1 or 0, as the kernels take it. */
  readonly resetAfter: number;
  /** true: with dropout masks for inputs and states. */
  readonly dropped?: boolean;
}

/** Panels of exactly the size that the kernels read; their gates are in no particular order, which does not matter here. */
function panelsOf(memory: Guarded, { inputSize, units, resetAfter, dropped = false }: Sizes) {
  const padded = roundUp(units, 8);
  const sizes = { units, paddedUnits: padded };
  const ofInputs = panelShape(sizes, 3, dropped);
  const ofStates = panelShape(sizes, resetAfter ? 3 : 2, dropped);
  const values = (name: string, count: number, seed: number): number =>
    memory.input(name, randomValues(count, seed, 0.5));
  const kernel = values('kernel', inputSize * 3 * units, 1);
  const recurrent = values('recurrent', units * 3 * units, 2);
  const inputPanels = memory.output('inputPanels', transposedBytes(ofInputs, inputSize));
  const stateBytes = transposedBytes(ofStates, units);
  const lastBytes = resetAfter ? 0 : 4 * padded * (1 + units);
  const statePanels = memory.output('statePanels', stateBytes + lastBytes);
  packTransposed(wasm, inputPanels, kernel, inputSize, ofInputs, 3 * units);
  packTransposed(wasm, statePanels, recurrent, units, ofStates, 3 * units);
  const last = statePanels + stateBytes;
  if (!resetAfter) wasm.packTransposedPanels(last, recurrent, units, units, 1, units, 3 * units);
  return {
    panels: values('panels', padded * (3 * (1 + inputSize + units) + resetAfter), 3),
    inputPanels,
    statePanels,
  };
}

/** Steps that count at random, except for steps 4 to 8, which count for no row. */
function maskOf(batch: number, steps: number): Uint8Array {
  const values = randomValues(batch * steps, 9);
  return Uint8Array.from(values, (v, i) => (v > -0.4 && (i % steps < 4 || i % steps > 8) ? 1 : 0));
}

/** Every output of a GRU forward and back, its blocks run in `order`, each with scratch of its own. */
function runBlocks(memory: Guarded, sizes: Sizes): Float32Array[] {
  const { batch, steps, inputSize, units, blockRows, order, resetAfter, dropped } = sizes;
  const { panels, inputPanels, statePanels } = panelsOf(memory, sizes);
  const values = (name: string, count: number, seed: number): number =>
    memory.input(name, randomValues(count, seed));
  const x = values('x', batch * steps * inputSize, 4);
  const dy = values('dy', batch * steps * units, 5);
  const initial = values('initial', batch * units, 6);
  const mask = memory.input('mask', maskOf(batch, steps));
  const lengths = [batch * steps * units, batch * units, batch * steps * inputSize, batch * units];
  const outputs = lengths.map((length, i) => memory.output(`output ${i}`, 4 * length));
  const [y, last, dx, dInitial] = outputs as [number, number, number, number];
  const sumBytes = wasm.gruSumsBytes(inputSize, units, resetAfter);
  const sums = memory.output('sums', order.length * sumBytes);
  const dzLength = batch * steps * 3 * 8 * Math.ceil(units / 8);
  const dz = memory.output('dz', 4 * dzLength);
  const bytesAlone = wasm.gruSumsBytes(0, units, resetAfter);
  const sumsAlone = memory.output('sums without x', order.length * bytesAlone);
  const chunk = Math.min(4, steps);
  for (const block of order) {
    const row = block * blockRows;
    const rows = Math.min(blockRows, batch - row);
    const record = wasm.gruRecordBytes(rows, units);
    const states = memory.output(`states ${block}`, (steps + 1) * record);
    const turns = memory.output(`two states ${block}`, 2 * record);
    const scratchBytes = wasm.gruScratchBytes(rows, inputSize, units, chunk, resetAfter);
    const scratch = memory.output(`scratch ${block}`, scratchBytes);
    for (const [at, bytes] of [
      [states, (steps + 1) * record],
      [scratch, scratchBytes],
    ] as const)
      runtime.storage.heap.floats(at, bytes / 4).fill(Number.NaN); // what nobody wrote must not count, not even times zero
    const shape = [row, rows, steps, inputSize, units] as const;
    const masksOf = (name: string, columns: number): number =>
      dropped ? blockMasks(runtime, memory, `${name} ${block}`, [rows, 3, columns]) : 0;
    const masks = [masksOf('inputMasks', inputSize), masksOf('stateMasks', units)] as const;
    const inputs = [x, 0, panels, initial, mask, ...masks] as const;
    wasm.gruForward(turns, 0, last, ...inputs, ...shape, 1, 2, resetAfter, 0, 0);
    wasm.gruForward(states, y, last, ...inputs, ...shape, 1, 2, resetAfter, 0, 1);
    const sources = [dy, states, x, inputPanels, statePanels, mask, ...masks] as const;
    const targets = [dx, dInitial, sums + block * sumBytes, scratch] as const;
    wasm.gruBackward(...targets, ...sources, ...shape, chunk, 1, 2, resetAfter, 0, 1);
    const alone = [dz, dInitial, sumsAlone + block * bytesAlone, scratch] as const; // without x
    const rest = [dy, states, 0, 0, statePanels, mask, 0, masks[1]] as const;
    wasm.gruBackward(...alone, ...rest, row, rows, steps, 0, units, chunk, 1, 2, resetAfter, 0, 1);
  }
  const all = [
    ...outputs.map((at, i) => [at, lengths[i]!] as const),
    [sums, (order.length * sumBytes) / 4],
    [dz, dzLength],
    [sumsAlone, (order.length * bytesAlone) / 4],
  ];
  return all.map(([at, length]) => memory.floats(at!, length!));
}

const UNITS = [1, 2, 3, 5, 7, 9, 12, 17].flatMap((units) => [
  [units, false] as const,
  [units, true] as const,
]);

describe.each([1, 0])('GRU in blocks, resetAfter %i', (resetAfter) => {
  test.each(UNITS)('with %i units writes nothing around its buffers, dropout %s', (units, dropped) => {
    for (const [batch, inputSize] of [
      [1, 1],
      [3, 5],
      [5, 2],
      [10, 9],
    ] as const) {
      for (const steps of [1, 6, 14]) {
        const order = Array.from({ length: Math.ceil(batch / 8) }, (_, i) => i);
        guarded(runtime, (memory) => {
          const sizes = { batch, steps, inputSize, units, blockRows: 8, order, resetAfter, dropped };
          for (const values of runBlocks(memory, sizes)) {
            expect(values.includes(unwritten), 'a value was not written').toBe(false);
            expect(values.every(Number.isFinite), 'a value comes of what was not written').toBe(true);
          }
        });
      }
    }
  });

  test('gives the same bits in any order of the blocks', () => {
    const sizes = { batch: 21, steps: 11, inputSize: 5, units: 7, blockRows: 8, resetAfter };
    const results: Float32Array[][] = [];
    for (const order of [
      [0, 1, 2],
      [2, 0, 1],
      [1, 2, 0],
    ])
      guarded(runtime, (memory) => results.push(runBlocks(memory, { ...sizes, order })));
    expect(results[1]).toEqual(results[0]);
    expect(results[2]).toEqual(results[0]);
  });

  test('gives the same outputs in blocks of any size', () => {
    const sizes = { batch: 13, steps: 9, inputSize: 6, units: 10, resetAfter };
    const results: Float32Array[][] = [];
    for (const blockRows of [1, 3, 8, 13]) {
      const order = Array.from({ length: Math.ceil(13 / blockRows) }, (_, i) => i);
      guarded(runtime, (memory) =>
        results.push(runBlocks(memory, { ...sizes, blockRows, order }).slice(0, 4)),
      );
    }
    for (const result of results) expect(result).toEqual(results[0]); // sums over the batch round differently, of course
  });
});
