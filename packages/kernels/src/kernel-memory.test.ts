// The compiled kernels by themselves: they write their outputs and nothing around them, and blocks may run in any order.
import { beforeAll, describe, expect, test } from 'vitest';
import { blockMasks } from '../test/block-masks.js';
import { type Guarded, guarded as guardedIn, unwritten } from '../test/guarded-memory.js';
import { randomValues } from '../test/random-values.js';
import { KernelRuntime } from './kernel-runtime.js';
import type { WasmKernels } from './wasm-module.js';

const runtime = new KernelRuntime();
let wasm: WasmKernels;
beforeAll(async () => {
  await runtime.start();
  wasm = runtime.wasm;
});

const guarded = (use: (memory: Guarded) => void): void => guardedIn(runtime, use);

interface Sizes {
  readonly batch: number;
  readonly steps: number;
  readonly inputSize: number;
  readonly units: number;
  readonly blockRows: number;
  readonly order: readonly number[];
  /** true: with a dropout mask for the states. */
  readonly dropped?: boolean;
}

const ceil = (value: number, to: number): number => Math.ceil(value / to) * to;

/** Every output of a SimpleRNN forward and back, its blocks run in `order`, each with scratch of its own. */
function runBlocks(
  memory: Guarded,
  { batch, steps, inputSize, units, blockRows, order, dropped }: Sizes,
): Float32Array[] {
  const [x, dy] = [randomValues(batch * steps * inputSize, 1), randomValues(batch * steps * units, 2)];
  const inputs = {
    x: memory.input('x', x),
    dy: memory.input('dy', dy),
    mask: memory.input(
      'mask',
      Uint8Array.from(x.subarray(0, batch * steps), (v) => (v > -0.4 ? 1 : 0)),
    ),
    initial: memory.input('initial', randomValues(batch * units, 3)),
    kernel: memory.input('kernel', randomValues(inputSize * units, 4)),
    recurrent: memory.input('recurrent', randomValues(units * units, 5)),
    bias: memory.input('bias', randomValues(units, 6)),
  };
  const [paddedInputs, paddedUnits] = [ceil(inputSize, 8), ceil(units, 8)];
  const panels = memory.output('panels', 4 * paddedUnits * (1 + inputSize + units));
  const inputPanels = memory.output('inputPanels', 4 * paddedInputs * (1 + units));
  const statePanels = memory.output('statePanels', 4 * paddedUnits * (1 + units));
  const lengths = { y: dy.length, dx: x.length, dInitial: batch * units };
  const [y, dx, dInitial] = Object.entries(lengths).map(([name, length]) => memory.output(name, 4 * length));
  const last = memory.output('last', 4 * batch * units);
  wasm.packPanels(panels, inputs.bias, inputs.kernel, inputs.recurrent, inputSize, units, units, units);
  wasm.packTransposedPanels(inputPanels, inputs.kernel, inputSize, units, 1, units, units);
  wasm.packTransposedPanels(statePanels, inputs.recurrent, units, units, 1, units, units);
  const sumBytes = wasm.simpleRnnSumsBytes(inputSize, units);
  const sums = memory.output('sums', order.length * sumBytes);
  const dz = memory.output('dz', 4 * batch * steps * paddedUnits);
  const bytesAlone = wasm.simpleRnnSumsBytes(0, units);
  const sumsAlone = memory.output('sums without x', order.length * bytesAlone);
  for (const block of order) {
    const row = block * blockRows;
    const rows = Math.min(blockRows, batch - row);
    const states = memory.output(`states ${block}`, (steps + 1) * wasm.slotBytes(rows, units));
    const scratch = memory.output(`scratch ${block}`, wasm.simpleRnnScratchBytes(rows, inputSize, units, 4));
    const place = [row, rows, steps, inputSize, units] as const;
    const masks = dropped ? blockMasks(runtime, memory, `stateMasks ${block}`, [rows, 1, units]) : 0;
    const given = [inputs.x, 0, panels, inputs.initial, inputs.mask, masks] as const;
    wasm.simpleRnnForward(states, y!, last, ...given, ...place, 1, 0, 1);
    const sources = [inputs.dy, states, inputs.x, inputPanels, statePanels, inputs.mask, masks] as const;
    wasm.simpleRnnBackward(
      dx!,
      dInitial!,
      sums + block * sumBytes,
      scratch,
      ...sources,
      ...place,
      4,
      1,
      0,
      1,
    );
    const alone = [dz, dInitial!, sumsAlone + block * bytesAlone, scratch] as const; // without x
    const rest = [inputs.dy, states, 0, 0, statePanels, inputs.mask, masks] as const;
    wasm.simpleRnnBackward(...alone, ...rest, row, rows, steps, 0, units, 4, 1, 0, 1);
  }
  const [dKernel, dRecurrent, dBias] = sumAll(memory, sums, sumBytes, order.length, inputSize, units);
  const read = (address: number, length: number): Float32Array => memory.floats(address, length);
  return [
    read(y!, dy.length),
    read(last, batch * units),
    read(dx!, x.length),
    read(dInitial!, batch * units),
    read(dKernel!, inputSize * units),
    read(dRecurrent!, units * units),
    read(dBias!, units),
    read(dz, batch * steps * paddedUnits),
    read(sumsAlone, (order.length * bytesAlone) / 4),
  ];
}

function sumAll(
  memory: Guarded,
  sums: number,
  sumBytes: number,
  blocks: number,
  inputSize: number,
  units: number,
): number[] {
  const rowBytes = 4 * ceil(units, 8);
  let source = sums;
  return [inputSize, units, 1].map((rows, i) => {
    const out = memory.output(`sum ${i}`, 4 * rows * units);
    wasm.sumBlocks(out, 4 * units, source, sumBytes, rowBytes, blocks, rows, units);
    source += ceil(rows, 4) * rowBytes;
    return out;
  });
}

const UNITS = [1, 2, 3, 5, 7, 9, 12, 17].flatMap((units) => [
  [units, false] as const,
  [units, true] as const,
]);

describe('SimpleRNN in blocks', () => {
  test.each(UNITS)('with %i units writes nothing around its buffers, dropout %s', (units, dropped) => {
    for (const [batch, inputSize] of [
      [1, 1],
      [3, 5],
      [5, 2],
      [10, 9],
    ] as const) {
      const order = Array.from({ length: Math.ceil(batch / 8) }, (_, i) => i);
      guarded((memory) => {
        const results = runBlocks(memory, {
          batch,
          steps: 6,
          inputSize,
          units,
          blockRows: 8,
          order,
          dropped,
        });
        for (const values of results)
          expect(values.includes(unwritten), 'a value was not written').toBe(false);
      });
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
      guarded((memory) => results.push(runBlocks(memory, { ...sizes, order })));
    expect(results[1]).toEqual(results[0]);
    expect(results[2]).toEqual(results[0]);
  });

  test('gives the same outputs in blocks of any size', () => {
    const sizes = { batch: 13, steps: 9, inputSize: 6, units: 10 };
    const results: Float32Array[][] = [];
    for (const blockRows of [1, 3, 8, 13]) {
      const order = Array.from({ length: Math.ceil(13 / blockRows) }, (_, i) => i);
      guarded((memory) => results.push(runBlocks(memory, { ...sizes, blockRows, order }).slice(0, 4)));
    }
    for (const result of results) expect(result).toEqual(results[0]); // sums over the batch round differently, of course
  });

  test('the sum of no blocks is zero', () => {
    guarded((memory) => {
      const out = memory.output('out', 4 * 15);
      wasm.sumBlocks(out, 4 * 5, 0, 0, 32, 0, 3, 5);
      expect(memory.floats(out, 15)).toEqual(new Float32Array(15));
    });
  });
});

describe('embedding and optimizers', () => {
  test.each([1, 2, 3, 4, 5, 7, 31, 33])(
    'with rows of %i values write nothing around their buffers',
    (width) => {
      guarded((memory) => {
        const ids = memory.input('ids', Int32Array.of(3, 0, 3, 1, 4, 3, 0));
        const table = memory.input('table', randomValues(5 * width, 1));
        const dy = memory.input('dy', randomValues(7 * width, 2));
        const [out, dTable] = [memory.output('out', 28 * width), memory.output('dTable', 20 * width)];
        expect(wasm.findInvalidId(ids, 7, 5)).toBe(-1);
        expect(wasm.findInvalidId(ids, 7, 4)).toBe(4);
        wasm.embeddingLookup(out, table, ids, 7, width);
        wasm.embeddingGradient(dTable, dy, ids, 7, width, 3, 5); // in two parts, as two threads would
        wasm.embeddingGradient(dTable, dy, ids, 7, width, 0, 3);
        expect([...memory.floats(dTable + 8 * width, width)]).toEqual(Array(width).fill(0)); // row 2: no such id
      });
    },
  );

  test.each([1, 2, 3, 4, 5, 7, 63, 65])('of %i values are updated within their bounds', (count) => {
    guarded((memory) => {
      const weight = memory.input('weight', randomValues(count, 1));
      const gradient = memory.input('gradient', randomValues(count, 2));
      const slot = (name: string): number => {
        const address = memory.output(name, 4 * count);
        runtime.storage.heap.floats(address, count).fill(0);
        return address;
      };
      const [m, v, mean, velocity] = [slot('m'), slot('v'), slot('mean'), slot('velocity')];
      const out = memory.output('out', 4 * count);
      const marks = memory.output('marks', 16);
      wasm.adamUpdate(out, m, v, weight, gradient, count, 0.01, 0.1, 0.001, 1e-7, 1, marks);
      wasm.sgdUpdate(out, velocity, weight, gradient, count, 0.01, 0.9, 1, marks + 4);
      wasm.sgdUpdate(out, 0, weight, gradient, count, 0.01, 0, 0, marks + 8);
      wasm.rmspropUpdate(out, v, m, mean, weight, gradient, count, 0.01, 0.9, 0.1, 0.5, 1e-7, marks + 12);
      expect([...memory.floats(marks, 4)]).toEqual([0, 0, 0, 0]);
      expect(memory.floats(out, count).every(Number.isFinite)).toBe(true);
    });
  });
});
