// Inputs that end where the memory ends: a kernel that reads a whole vector for the last odd values would trap.
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { randomValues } from '../test/random-values.js';
import { KernelRuntime } from './kernel-runtime.js';
import { compileKernels, instantiateKernels, type WasmKernels } from './wasm-module.js';

const memory = new WebAssembly.Memory({ initial: 4, maximum: 4 });
const END = memory.buffer.byteLength;
let wasm: WasmKernels;
beforeAll(async () => {
  wasm = instantiateKernels((await compileKernels(memory))!, memory); // not shared: the fallback is tried here, too
});
beforeEach(() => void new Uint8Array(memory.buffer).fill(0));

/** Writes values so that the last one is the last of the memory; returns their address. */
function atEnd(values: Float32Array | Int32Array): number {
  new Uint8Array(memory.buffer).set(new Uint8Array(values.buffer), END - values.byteLength);
  return END - values.byteLength;
}

/** Addresses far below the end, one for each output or scratch buffer. */
const low = (i: number): number => 1024 + i * 8192;

const SIZES = [1, 2, 3, 5, 6, 7] as const;
const place = (size: number): readonly [number, number, number, number, number] => [0, 3, 4, size, size];

describe.each(SIZES)('rows of %i values', (size) => {
  test('x of SimpleRNN, forward and back', () => {
    const x = atEnd(randomValues(3 * 4 * size, 1));
    const [states, last, panels, dx, sums, scratch, dy] = [0, 1, 2, 3, 4, 5, 9].map(low) as number[];
    expect(() => {
      wasm.simpleRnnForward(states!, 0, last!, x, 0, panels!, 0, 0, 0, ...place(size), 1, 0, 1);
      const rest = [dy!, states!, x, panels!, panels!, 0, 0] as const;
      wasm.simpleRnnBackward(dx!, 0, sums!, scratch!, ...rest, ...place(size), 2, 1, 0, 0);
    }).not.toThrow();
  });

  test('dy of SimpleRNN', () => {
    const dy = atEnd(randomValues(3 * 4 * size, 2));
    const [states, panels, dx, sums, scratch, x] = [0, 2, 3, 4, 5, 9].map(low) as number[];
    const rest = [dy, states!, x!, panels!, panels!, 0, 0] as const;
    expect(() =>
      wasm.simpleRnnBackward(dx!, 0, sums!, scratch!, ...rest, ...place(size), 2, 1, 0, 1),
    ).not.toThrow();
  });

  test('x and dy of LSTM, forward and back', () => {
    const [states, last, panels, dx, sums, scratch, low9] = [0, 1, 2, 3, 4, 7, 14].map(low) as number[];
    for (const [x, dy] of [
      [atEnd(randomValues(3 * 4 * size, 1)), low9!],
      [low9!, atEnd(randomValues(3 * 4 * size, 2))],
    ] as const) {
      expect(() => {
        wasm.lstmForward(states!, 0, last!, 0, x, 0, panels!, 0, 0, 0, 0, 0, ...place(size), 1, 2, 0, 1);
        const rest = [dy, 0, states!, x, panels!, panels!, 0, 0, 0] as const;
        wasm.lstmBackward(dx!, 0, 0, sums!, scratch!, ...rest, ...place(size), 2, 1, 2, 0, 1);
      }).not.toThrow();
    }
  });

  test.each([1, 0])('x and dy of GRU, forward and back, resetAfter %i', (resetAfter) => {
    const [states, last, panels, dx, sums, scratch, low9] = [0, 1, 2, 3, 4, 7, 14].map(low) as number[];
    for (const [x, dy] of [
      [atEnd(randomValues(3 * 4 * size, 1)), low9!],
      [low9!, atEnd(randomValues(3 * 4 * size, 2))],
    ] as const) {
      expect(() => {
        wasm.gruForward(states!, 0, last!, x, 0, panels!, 0, 0, 0, 0, ...place(size), 1, 2, resetAfter, 0, 1);
        const rest = [dy, states!, x, panels!, panels!, 0, 0, 0] as const;
        wasm.gruBackward(dx!, 0, sums!, scratch!, ...rest, ...place(size), 2, 1, 2, resetAfter, 0, 1);
      }).not.toThrow();
    }
  });

  test('inputs and gradients of products', () => {
    const rows = atEnd(randomValues(3 * size, 1));
    const square = atEnd(randomValues(size * size, 2));
    expect(() => {
      wasm.gemmRows(low(0), 4 * size, rows, 4 * size, size, 0, 0, 0, low(1), size, 3);
      wasm.fewRows(low(0), rows, square, rows, 3, size, size);
      wasm.productGradients(low(0), low(1), rows, low(2), 3, size, size);
      wasm.productGradients(low(0), low(1), low(2), rows, 3, size, size);
    }).not.toThrow();
  });

  test('ids of a table', () => {
    const ids = atEnd(Int32Array.from({ length: 3 * 4 }, (_, i) => i % 3));
    const [states, last, panels, products] = [0, 1, 2, 10].map(low) as [number, number, number, number];
    const forward = [...place(size).slice(0, 3), 0, size] as unknown as ReturnType<typeof place>;
    const given = [products, ids, panels, 0, 0, 0] as const;
    expect(() => {
      wasm.simpleRnnForward(states, 0, last, ...given, ...forward, 1, 0, 1);
      wasm.lstmForward(states, 0, last, 0, ...given, 0, 0, ...forward, 1, 2, 0, 1);
      for (const resetAfter of [0, 1])
        wasm.gruForward(states, 0, last, ...given, 0, ...forward, 1, 2, resetAfter, 0, 1);
    }).not.toThrow();
  });

  test('weights, initial states, tables and gradients', () => {
    const square = atEnd(randomValues(size * size, 3));
    expect(() => wasm.packPanels(low(0), 0, square, square, size, size, size, size)).not.toThrow();
    expect(() => wasm.packTransposedPanels(low(0), square, size, size, 1, size, size)).not.toThrow();
    const row = atEnd(randomValues(size, 4));
    expect(() => wasm.packPanels(low(0), row, low(1), low(1), size, size, size, size)).not.toThrow();
    expect(() =>
      wasm.simpleRnnForward(low(0), 0, 0, low(1), 0, low(2), row, 0, 0, 0, 1, 1, size, size, 1, 0, 0),
    ).not.toThrow();
    expect(() =>
      wasm.lstmForward(
        low(0),
        0,
        0,
        0,
        low(3),
        0,
        low(4),
        row,
        row,
        0,
        0,
        0,
        0,
        1,
        1,
        size,
        size,
        1,
        2,
        0,
        0,
      ),
    ).not.toThrow();
    new Int32Array(memory.buffer, low(1), 2).fill(0);
    expect(() => wasm.embeddingLookup(low(0), row, low(1), 2, size)).not.toThrow();
    expect(() => wasm.embeddingGradient(low(0), row, low(1), 1, size, 0, 1)).not.toThrow();
    expect(() =>
      wasm.adamUpdate(low(0), low(1), low(2), row, row, size, 1, 1, 1, 1, 1, low(3)),
    ).not.toThrow();
    expect(() => wasm.sgdUpdate(low(0), low(1), row, row, size, 1, 1, 1, low(3))).not.toThrow();
    expect(() =>
      wasm.rmspropUpdate(low(0), low(1), low(2), low(3), row, row, size, 1, 1, 1, 1, 1, low(4)),
    ).not.toThrow();
  });
});

test.each([1, 2])(
  'a call outside of the memory is a bug of the kernels and no want of memory, on %d threads',
  async (threads) => {
    const own = new KernelRuntime({ threads });
    await own.start();
    const outside = [0xffff_ff00, 3, 16];
    const bug = expect.objectContaining({ code: 'worker-failed' });
    expect(() => own.wasm.activate(0xffff_ff00, 3, 16)).toThrow(bug);
    expect(() => own.wasm.findInvalidId(0xffff_ff00, 64, 3)).toThrow(bug);
    expect(() => {
      own.run('activate', [outside, outside]);
      own.storage.heap.beforeAccess();
    }).toThrow(bug);
    await own.stop();
  },
);
