// The compiled LSTM by itself: it writes its outputs and nothing around them, and blocks may run in any order.
import { beforeAll, describe, expect, test } from 'vitest';
import { blockMasks } from '../test/block-masks.js';
import { type Guarded, guarded, unwritten } from '../test/guarded-memory.js';
import { randomValues } from '../test/random-values.js';
import { KernelRuntime } from './kernel-runtime.js';
import { roundUp } from './sequence-blocks.js';
import { packTransposed, panelShape, transposedBytes } from './transposed-panels.js';
import type { WasmKernels } from './wasm-module.js';

const runtime = new KernelRuntime();
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
  /** true: with dropout masks for inputs and states. */
  readonly dropped?: boolean;
}

/** Inputs, packed weights and outputs of a whole batch, each between guards. */
function place(memory: Guarded, { batch, steps, inputSize, units, dropped = false }: Sizes) {
  const values = (name: string, count: number, seed: number): number =>
    memory.input(name, randomValues(count, seed));
  const [kernel, recurrent] = [values('kernel', inputSize * 4 * units, 1), values('R', units * 4 * units, 2)];
  const bias = values('bias', 4 * units, 3);
  const padded = roundUp(units, 8);
  const gateBytes = 4 * padded * (1 + inputSize + units);
  const panels = memory.output('panels', 4 * gateBytes);
  [0, 1, 3, 2].forEach((column, gate) => {
    const sources = [bias, kernel, recurrent].map((at) => at + 4 * column * units) as [
      number,
      number,
      number,
    ];
    wasm.packPanels(panels + gate * gateBytes, ...sources, inputSize, units, units, 4 * units);
  });
  const shape = panelShape({ units, paddedUnits: padded }, 4, dropped);
  const inputPanels = memory.output('inputPanels', transposedBytes(shape, inputSize));
  const statePanels = memory.output('statePanels', transposedBytes(shape, units));
  packTransposed(wasm, inputPanels, kernel, inputSize, shape, 4 * units);
  packTransposed(wasm, statePanels, recurrent, units, shape, 4 * units);
  const lengths = {
    y: batch * steps * units,
    lastH: batch * units,
    lastC: batch * units,
    dx: batch * steps * inputSize,
    dInitialH: batch * units,
    dInitialC: batch * units,
  };
  const outputs = Object.fromEntries(
    Object.entries(lengths).map(([name, length]) => [name, memory.output(name, 4 * length)]),
  ) as Record<keyof typeof lengths, number>;
  return {
    x: values('x', batch * steps * inputSize, 4),
    dy: values('dy', batch * steps * units, 5),
    dLastC: values('dLastC', batch * units, 6),
    initialH: values('initialH', batch * units, 7),
    initialC: values('initialC', batch * units, 8),
    mask: memory.input('mask', maskOf(batch, steps)),
    panels,
    inputPanels,
    statePanels,
    lengths,
    ...outputs,
  };
}

/** Steps that count at random, except for steps 4 to 8, which count for no row. */
function maskOf(batch: number, steps: number): Uint8Array {
  const values = randomValues(batch * steps, 9);
  return Uint8Array.from(values, (v, i) => (v > -0.4 && (i % steps < 4 || i % steps > 8) ? 1 : 0));
}

/** Every output of an LSTM forward and back, its blocks run in `order`, each with scratch of its own. */
function runBlocks(memory: Guarded, sizes: Sizes): Float32Array[] {
  const { batch, steps, inputSize, units, blockRows, order, dropped } = sizes;
  const at = place(memory, sizes);
  const sumBytes = wasm.lstmSumsBytes(inputSize, units);
  const sums = memory.output('sums', order.length * sumBytes);
  const dzLength = batch * steps * 4 * 8 * Math.ceil(units / 8);
  const dz = memory.output('dz', 4 * dzLength);
  const bytesAlone = wasm.lstmSumsBytes(0, units);
  const sumsAlone = memory.output('sums without x', order.length * bytesAlone);
  const chunk = Math.min(4, steps);
  for (const block of order) {
    const row = block * blockRows;
    const rows = Math.min(blockRows, batch - row);
    const states = memory.output(`states ${block}`, (steps + 1) * wasm.lstmRecordBytes(rows, units));
    const turns = memory.output(`two states ${block}`, 2 * wasm.lstmRecordBytes(rows, units));
    const scratch = memory.output(`scratch ${block}`, wasm.lstmScratchBytes(rows, inputSize, units, chunk));
    const shape = [row, rows, steps, inputSize, units] as const;
    const masksOf = (name: string, columns: number): number =>
      dropped ? blockMasks(runtime, memory, `${name} ${block}`, [rows, 4, columns]) : 0;
    const masks = [masksOf('inputMasks', inputSize), masksOf('stateMasks', units)] as const;
    const inputs = [at.x, 0, at.panels, at.initialH, at.initialC, at.mask, ...masks] as const;
    wasm.lstmForward(turns, 0, at.lastH, 0, ...inputs, ...shape, 1, 2, 0, 0);
    wasm.lstmForward(states, at.y, at.lastH, at.lastC, ...inputs, ...shape, 1, 2, 0, 1);
    const sources = [
      at.dy,
      at.dLastC,
      states,
      at.x,
      at.inputPanels,
      at.statePanels,
      at.mask,
      ...masks,
    ] as const;
    const targets = [at.dx, at.dInitialH, at.dInitialC, sums + block * sumBytes, scratch] as const;
    wasm.lstmBackward(...targets, ...sources, ...shape, chunk, 1, 2, 0, 1);
    const alone = [dz, at.dInitialH, at.dInitialC, sumsAlone + block * bytesAlone, scratch] as const; // without x
    const rest = [at.dy, at.dLastC, states, 0, 0, at.statePanels, at.mask, 0, masks[1]] as const;
    wasm.lstmBackward(...alone, ...rest, row, rows, steps, 0, units, chunk, 1, 2, 0, 1);
  }
  const names = Object.keys(at.lengths) as (keyof typeof at.lengths)[];
  return [
    ...names.map((name) => memory.floats(at[name], at.lengths[name])),
    memory.floats(dz, dzLength),
    memory.floats(sumsAlone, (order.length * bytesAlone) / 4),
  ];
}

const UNITS = [1, 2, 3, 5, 7, 9, 12, 17].flatMap((units) => [
  [units, false] as const,
  [units, true] as const,
]);

describe('LSTM in blocks', () => {
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
          for (const values of runBlocks(memory, {
            batch,
            steps,
            inputSize,
            units,
            blockRows: 8,
            order,
            dropped,
          }))
            expect(values.includes(unwritten), 'a value was not written').toBe(false);
        });
      }
    }
  });

  test('gives the same bits in any order of the blocks', () => {
    const sizes = { batch: 21, steps: 11, inputSize: 5, units: 7, blockRows: 8 };
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
    const sizes = { batch: 13, steps: 9, inputSize: 6, units: 10 };
    const results: Float32Array[][] = [];
    for (const blockRows of [1, 3, 8, 13]) {
      const order = Array.from({ length: Math.ceil(13 / blockRows) }, (_, i) => i);
      guarded(runtime, (memory) =>
        results.push(runBlocks(memory, { ...sizes, blockRows, order }).slice(0, -1)),
      );
    }
    for (const result of results) expect(result).toEqual(results[0]); // sums over the batch round differently, of course
  });
});
