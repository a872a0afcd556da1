/** One call of the SimpleRNN kernels: buffers, the calls for the blocks, and the sums over them. */
import type * as tf from '@tensorflow/tfjs-core';
import { activationCode } from './activation-codes.js';
import { type BlockSums, blockSums } from './block-sums.js';
import { type BlockMasks, type MaskOrders, withGateMasks } from './gate-masks.js';
import { addGateSums } from './gate-sums.js';
import type { KernelRuntime } from './kernel-runtime.js';
import { addressIn, eachBlock, roundUp, type Sizes, sizesOf, stateBytesOf } from './sequence-blocks.js';
import type { RecordedCall, SequenceCall, SequenceProgram } from './sequence-op.js';
import { withBackwardInput } from './table-gradients.js';
import { withInput } from './table-input.js';

/** One gate; x is masked before it comes here. */
const MASK_ORDERS: MaskOrders = { inputs: [], states: [0] };

/** SimpleRNN in `runtime`'s memory. */
export function simpleRnnProgram(runtime: KernelRuntime): SequenceProgram {
  return {
    forward: (call) => forward(runtime, call),
    backward: (call, dy) => backward(runtime, call, dy),
  };
}

/** Output f32[batch, steps, units] or f32[batch, units], and the states of all blocks for the way back. */
function forward(runtime: KernelRuntime, call: SequenceCall): { output: tf.Tensor; states: tf.Tensor } {
  const { wasm, storage } = runtime;
  const { config, recording } = call;
  const sizes = sizesOf(call.x, config);
  const { batch, steps, units, paddedUnits, blocks, blockRows } = sizes;
  const stateBytes = stateBytesOf(sizes, wasm.slotBytes(blockRows, units), recording);
  const output = storage.empty(config.returnSequences ? [batch, steps, units] : [batch, units]);
  const states = storage.empty([(blocks * stateBytes) / 4]);
  const at = addressIn(runtime);
  const [y, last] = config.returnSequences ? [at(output), 0] : [0, at(output)];
  const [initial, mask, first] = [at(call.initialStates[0]), at(call.mask), at(states)];
  const [bias, kernel, recurrentKernel] = [at(call.bias), at(call.kernel), at(call.recurrentKernel)];
  const flags = [activationCode(config.activation)!, Number(config.goBackwards), Number(recording)];
  withInput(runtime, sizes, call, [{ kernel, bias }], ({ x, ids, inputSize }) =>
    withGateMasks(runtime, sizes, call, MASK_ORDERS, (masksOf) =>
      runtime.withScratch(4 * paddedUnits * (1 + inputSize + units), (panels) => {
        wasm.packPanels(panels, bias, kernel, recurrentKernel, inputSize, units, units, units);
        const calls = eachBlock(sizes, (block, row, rows) => [
          ...[first + block * stateBytes, y, last],
          ...[x, ids, panels, initial, mask, masksOf(block)[1]],
          ...[row, rows, steps, inputSize, units, ...flags],
        ]);
        runtime.run('simpleRnnForward', calls);
      }),
    ),
  );
  return { output, states };
}

function backward(runtime: KernelRuntime, call: RecordedCall, dy: tf.Tensor): tf.Tensor[] {
  const { wasm, storage } = runtime;
  const { inputSize, units, ...whole } = sizesOf(call.x, call.config);
  const wanted = [call.recurrentKernel, call.bias, call.initialStates[0]];
  const gradients = wanted.map((tensor) => tensor && storage.empty(tensor.shape));
  const at = addressIn(runtime);
  const [dRecurrentKernel, dBias, dInitial] = [at(gradients[0]), at(gradients[1]), at(gradients[2])];
  const [kernel, recurrentKernel] = [at(call.kernel), at(call.recurrentKernel)];
  const given = { dy: at(dy), states: at(call.states), mask: at(call.mask) };
  const ofInputs = {
    gates: [0],
    depth: units,
    panelBytes: 4 * roundUp(inputSize, 8) * (1 + units),
    pack: (to: number) => wasm.packTransposedPanels(to, kernel, inputSize, units, 1, units, units),
  };
  const ofX = withBackwardInput(runtime, { inputSize, units, ...whole }, call, ofInputs, (input) => {
    const { x, dx, dKernel, sizes } = input;
    const { blockRows, chunkSteps } = sizes;
    const kept = blockSums(runtime, sizes, wasm.simpleRnnSumsBytes(sizes.inputSize, units));
    const scratchBytes = roundUp(wasm.simpleRnnScratchBytes(blockRows, sizes.inputSize, units, chunkSteps));
    const inputPanelBytes = x ? ofInputs.panelBytes : 0;
    const panelBytes = roundUp(inputPanelBytes + 4 * roundUp(units, 8) * (1 + units));
    runtime.withScratch(panelBytes + runtime.threads * scratchBytes + kept.bytes, (panels) => {
      const statePanels = panels + inputPanelBytes;
      const scratch = panels + panelBytes;
      const sums = scratch + runtime.threads * scratchBytes;
      if (x) ofInputs.pack(panels);
      wasm.packTransposedPanels(statePanels, recurrentKernel, units, units, 1, units, units);
      const places = {
        dx,
        dInitial,
        x,
        kept,
        sums,
        scratch,
        scratchBytes,
        panels,
        statePanels,
        ...given,
      };
      withGateMasks(runtime, sizes, call, MASK_ORDERS, (masksOf) =>
        runBlocks(runtime, call, sizes, places, masksOf),
      );
      addGateSums(runtime, sizes, 1, kept, sums, [dKernel, dRecurrentKernel, dBias]);
    });
  });
  return [...ofX, ...gradients].filter((gradient) => gradient !== undefined);
}

/** Addresses, and the bytes of each block's or each thread's part. */
interface Places {
  readonly dx: number;
  readonly dInitial: number;
  readonly dy: number;
  readonly states: number;
  readonly x: number;
  readonly mask: number;
  readonly panels: number;
  readonly statePanels: number;
  readonly kept: BlockSums;
  readonly sums: number;
  readonly scratch: number;
  readonly scratchBytes: number;
}

function runBlocks(
  runtime: KernelRuntime,
  { config }: RecordedCall,
  sizes: Sizes,
  places: Places,
  masksOf: BlockMasks,
): void {
  const { dx, dInitial, dy, states, x, mask, panels, statePanels } = places;
  const { kept, sums, scratch, scratchBytes } = places;
  const { steps, inputSize, units, blockRows, chunkSteps } = sizes;
  const stateBytes = stateBytesOf(sizes, runtime.wasm.slotBytes(blockRows, units), true);
  const flags = [
    activationCode(config.activation)!,
    Number(config.goBackwards),
    Number(config.returnSequences),
  ];
  const calls = eachBlock(sizes, (block, row, rows) => [
    ...[dx, dInitial, sums + kept.offsetOf(block), scratch],
    ...[dy, states + block * stateBytes, x, panels, statePanels, mask, masksOf(block)[1]],
    ...[row, rows, steps, inputSize, units, chunkSteps, ...flags],
  ]);
  kept.run('simpleRnnBackward', calls, { argument: 3, bytes: scratchBytes }, sums);
}
