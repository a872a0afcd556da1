/** One call of the SimpleRNN kernels: buffers, the loop over blocks, and the sums over them. */
import type { SequenceConfig } from '@ostinato/core';
import type * as tf from '@tensorflow/tfjs-core';
import { activationCode } from './activation-codes.js';
import type { KernelRuntime } from './kernel-runtime.js';

/** Rows of the batch in a block: two register tiles, whose states stay in the L1 cache. Part of the result: never per machine. */
const BLOCK_ROWS = 8;
/** Steps whose outer products are summed together. Part of the result, as well. */
const CHUNK_STEPS = 16;

export interface SimpleRnnCall {
  readonly x: tf.Tensor;
  readonly mask: tf.Tensor | undefined;
  readonly initial: tf.Tensor | undefined;
  readonly kernel: tf.Tensor;
  readonly recurrentKernel: tf.Tensor;
  readonly bias: tf.Tensor | undefined;
  readonly config: SequenceConfig;
  /** true: all states are kept for the way back. */
  readonly recording: boolean;
}

interface Sizes {
  readonly batch: number;
  readonly steps: number;
  readonly inputSize: number;
  readonly units: number;
  readonly paddedUnits: number;
  readonly blocks: number;
  /** Bytes of one block's states. */
  readonly stateBytes: number;
}

function sizesOf({ wasm }: KernelRuntime, { x, config, recording }: SimpleRnnCall): Sizes {
  const [batch, steps, inputSize] = x.shape as [number, number, number];
  const { units } = config;
  const slots = recording ? steps + 1 : 2;
  return {
    batch,
    steps,
    inputSize,
    units,
    paddedUnits: Math.ceil(units / 8) * 8,
    blocks: Math.ceil(batch / BLOCK_ROWS),
    stateBytes: slots * wasm.slotBytes(Math.min(BLOCK_ROWS, batch), units),
  };
}

/** Output f32[batch, steps, units] or f32[batch, units], and the states of all blocks for the way back. */
export function simpleRnnForward(
  runtime: KernelRuntime,
  call: SimpleRnnCall,
): { output: tf.Tensor; states: tf.Tensor } {
  const { wasm, storage } = runtime;
  const { config } = call;
  const sizes = sizesOf(runtime, call);
  const { batch, steps, inputSize, units, paddedUnits, blocks, stateBytes } = sizes;
  const output = storage.empty(config.returnSequences ? [batch, steps, units] : [batch, units]);
  const states = storage.empty([(blocks * stateBytes) / 4]);
  const at = (tensor: tf.Tensor | undefined): number => (tensor ? storage.addressOf(tensor) : 0);
  const [y, last] = config.returnSequences ? [at(output), 0] : [0, at(output)];
  const [x, initial, mask, first] = [at(call.x), at(call.initial), at(call.mask), at(states)];
  const [bias, kernel, recurrentKernel] = [at(call.bias), at(call.kernel), at(call.recurrentKernel)];
  runtime.withScratch(4 * paddedUnits * (1 + inputSize + units), (panels) => {
    wasm.packPanels(panels, bias, kernel, recurrentKernel, inputSize, units, units, units);
    const calls = Array.from({ length: blocks }, (_, block) => {
      const row = block * BLOCK_ROWS;
      return [
        first + block * stateBytes,
        y,
        last,
        x,
        panels,
        initial,
        mask,
        row,
        Math.min(BLOCK_ROWS, batch - row),
        steps,
        inputSize,
        units,
        activationCode(config.activation)!,
        config.goBackwards ? 1 : 0,
        call.recording ? 1 : 0,
      ];
    });
    runtime.run('simpleRnnForward', calls);
  });
  return { output, states };
}

/** Gradients of x, kernel, recurrentKernel, bias and initial state, as far as there are such, in that order. */
export function simpleRnnBackward(
  runtime: KernelRuntime,
  call: SimpleRnnCall & { readonly states: tf.Tensor },
  dy: tf.Tensor,
): tf.Tensor[] {
  const { wasm, storage } = runtime;
  const sizes = sizesOf(runtime, call);
  const { batch, inputSize, units, paddedUnits, blocks } = sizes;
  const dx = storage.empty(call.x.shape);
  const dKernel = storage.empty(call.kernel.shape);
  const dRecurrentKernel = storage.empty(call.recurrentKernel.shape);
  const dBias = call.bias && storage.empty([units]);
  const dInitial = call.initial && storage.empty([batch, units]);
  const chunk = Math.min(CHUNK_STEPS, sizes.steps);
  const sumBytes = wasm.simpleRnnSumsBytes(inputSize, units);
  const scratchBytes = roundUp(
    wasm.simpleRnnScratchBytes(Math.min(BLOCK_ROWS, batch), inputSize, units, chunk),
  );
  const paddedInputs = Math.ceil(inputSize / 8) * 8;
  const panelBytes = 4 * (paddedInputs + paddedUnits) * (1 + units);
  runtime.withScratch(roundUp(panelBytes) + runtime.threads * scratchBytes + blocks * sumBytes, (panels) => {
    const statePanels = panels + 4 * paddedInputs * (1 + units);
    const scratch = panels + roundUp(panelBytes);
    const sums = scratch + runtime.threads * scratchBytes;
    wasm.packTransposedPanels(panels, storage.addressOf(call.kernel), inputSize, units, 1, units, units);
    const recurrentKernel = storage.addressOf(call.recurrentKernel);
    wasm.packTransposedPanels(statePanels, recurrentKernel, units, units, 1, units, units);
    const place = { dx, dInitial, sums, sumBytes, scratch, scratchBytes, panels, statePanels, chunk };
    runBlocks(runtime, call, dy, sizes, place);
    const rowBytes = 4 * paddedUnits;
    const [inputRows, stateRows] = [Math.ceil(inputSize / 4) * 4, Math.ceil(units / 4) * 4];
    wasm.sumBlocks(storage.addressOf(dKernel), 4 * units, sums, sumBytes, rowBytes, blocks, inputSize, units);
    const recurrent = sums + inputRows * rowBytes;
    wasm.sumBlocks(
      storage.addressOf(dRecurrentKernel),
      4 * units,
      recurrent,
      sumBytes,
      rowBytes,
      blocks,
      units,
      units,
    );
    const bias = recurrent + stateRows * rowBytes;
    if (dBias)
      wasm.sumBlocks(storage.addressOf(dBias), 4 * units, bias, sumBytes, rowBytes, blocks, 1, units);
  });
  return [dx, dKernel, dRecurrentKernel, ...(dBias ? [dBias] : []), ...(dInitial ? [dInitial] : [])];
}

interface BackwardPlace {
  readonly dx: tf.Tensor;
  readonly dInitial: tf.Tensor | undefined;
  readonly sums: number;
  readonly sumBytes: number;
  /** One part for each thread, `scratchBytes` each. */
  readonly scratch: number;
  readonly scratchBytes: number;
  readonly panels: number;
  readonly statePanels: number;
  readonly chunk: number;
}

function runBlocks(
  runtime: KernelRuntime,
  call: SimpleRnnCall & { readonly states: tf.Tensor },
  dy: tf.Tensor,
  { batch, steps, inputSize, units, blocks, stateBytes }: Sizes,
  { dx, dInitial, sums, sumBytes, scratch, scratchBytes, panels, statePanels, chunk }: BackwardPlace,
): void {
  const { storage } = runtime;
  const { config } = call;
  const at = (tensor: tf.Tensor | undefined): number => (tensor ? storage.addressOf(tensor) : 0);
  const [dxAt, dInitialAt, dyAt, x, mask, states] = [
    at(dx),
    at(dInitial),
    at(dy),
    at(call.x),
    at(call.mask),
    at(call.states),
  ];
  const calls = Array.from({ length: blocks }, (_, block) => {
    const row = block * BLOCK_ROWS;
    return [
      dxAt,
      dInitialAt,
      sums + block * sumBytes,
      scratch,
      dyAt,
      states + block * stateBytes,
      x,
      panels,
      statePanels,
      mask,
      row,
      Math.min(BLOCK_ROWS, batch - row),
      steps,
      inputSize,
      units,
      chunk,
      activationCode(config.activation)!,
      config.goBackwards ? 1 : 0,
      config.returnSequences ? 1 : 0,
    ];
  });
  runtime.run('simpleRnnBackward', calls, { argument: 3, bytes: scratchBytes });
}

function roundUp(bytes: number): number {
  return Math.ceil(bytes / 64) * 64;
}
