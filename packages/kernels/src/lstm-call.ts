/** One call of the LSTM kernels: buffers, the calls for the blocks, and the sums over them. */
import type { GatedSequenceConfig } from '@ostinato/core';
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
import { packTransposed, panelShape, transposedBytes } from './transposed-panels.js';

/** Where the kernel finds the gates i, f, o, c among the columns of the weights, whose order is i, f, c, o. */
const GATE_COLUMNS = [0, 1, 3, 2] as const;
const FORWARD_MASKS: MaskOrders = { inputs: GATE_COLUMNS, states: GATE_COLUMNS };
const BACKWARD_MASKS: MaskOrders = { inputs: [0, 1, 2, 3], states: [0, 1, 2, 3] };

/**
 * LSTM in `runtime`'s memory.
 *
 * Shapes   the output is f32[batch, steps, units] or f32[batch, units]; with `returnState` a flat f32[…] in which the final cell
 *          states f32[batch, units] follow it
 */
export function lstmProgram(runtime: KernelRuntime): SequenceProgram<GatedSequenceConfig> {
  return {
    forward: (call) => forward(runtime, call),
    backward: (call, dy) => backward(runtime, call, dy),
  };
}

const codesOf = ({ activation, recurrentActivation }: GatedSequenceConfig): readonly number[] => [
  activationCode(activation)!,
  activationCode(recurrentActivation)!,
];

function outputShape({ batch, steps, units }: Sizes, config: GatedSequenceConfig): number[] {
  const { returnSequences, returnState } = config;
  if (returnState) return [batch * ((returnSequences ? steps : 1) + 1) * units];
  return returnSequences ? [batch, steps, units] : [batch, units];
}

/** Bytes from the output's first value to the final cell states behind it. */
function cellOffset({ batch, steps, units }: Sizes, { returnSequences }: GatedSequenceConfig): number {
  return 4 * batch * (returnSequences ? steps : 1) * units;
}

function forward(
  runtime: KernelRuntime,
  call: SequenceCall<GatedSequenceConfig>,
): { output: tf.Tensor; states: tf.Tensor } {
  const { wasm, storage } = runtime;
  const { config, recording } = call;
  const sizes = sizesOf(call.x, config);
  const { steps, units, paddedUnits, blocks, blockRows } = sizes;
  const stateBytes = stateBytesOf(sizes, wasm.lstmRecordBytes(blockRows, units), recording);
  const output = storage.empty(outputShape(sizes, config));
  const states = storage.empty([(blocks * stateBytes) / 4]);
  const at = addressIn(runtime);
  const [y, lastH] = config.returnSequences ? [at(output), 0] : [0, at(output)];
  const lastC = config.returnState ? at(output) + cellOffset(sizes, config) : 0;
  const [mask, first] = [at(call.mask), at(states)];
  const [initialH, initialC] = [at(call.initialStates[0]), at(call.initialStates[1])];
  const [bias, kernel, recurrentKernel] = [at(call.bias), at(call.kernel), at(call.recurrentKernel)];
  const flags = [...codesOf(config), Number(config.goBackwards), Number(recording)];
  const gates = GATE_COLUMNS.map((column) => {
    const offset = 4 * column * units;
    return { kernel: kernel + offset, recurrent: recurrentKernel + offset, bias: bias && bias + offset };
  });
  withInput(runtime, sizes, call, gates, ({ x, ids, inputSize }) => {
    const panelBytes = 4 * paddedUnits * (1 + inputSize + units);
    withGateMasks(runtime, sizes, call, FORWARD_MASKS, (masksOf) =>
      runtime.withScratch(4 * panelBytes, (panels) => {
        gates.forEach((gate, i) => {
          const to = panels + i * panelBytes;
          wasm.packPanels(to, gate.bias, gate.kernel, gate.recurrent, inputSize, units, units, 4 * units);
        });
        const calls = eachBlock(sizes, (block, row, rows) => [
          ...[first + block * stateBytes, y, lastH, lastC],
          ...[x, ids, panels, initialH, initialC, mask, ...masksOf(block)],
          ...[row, rows, steps, inputSize, units, ...flags],
        ]);
        runtime.run('lstmForward', calls);
      }),
    );
  });
  return { output, states };
}

function backward(
  runtime: KernelRuntime,
  call: RecordedCall<GatedSequenceConfig>,
  dy: tf.Tensor,
): tf.Tensor[] {
  const { wasm, storage } = runtime;
  const { config } = call;
  const whole = sizesOf(call.x, config);
  const { inputSize, units, paddedUnits } = whole;
  const wanted = [call.recurrentKernel, call.bias, call.initialStates[0], call.initialStates[1]];
  const gradients = wanted.map((tensor) => tensor && storage.empty(tensor.shape));
  const at = addressIn(runtime);
  const [dRecurrentKernel, dBias] = [at(gradients[0]), at(gradients[1])];
  const [dInitialH, dInitialC] = [at(gradients[2]), at(gradients[3])];
  const [kernel, recurrentKernel] = [at(call.kernel), at(call.recurrentKernel)];
  const dyAt = at(dy);
  const dLastC = config.returnState ? dyAt + cellOffset(whole, config) : 0;
  const given = { dInitialH, dInitialC, dy: dyAt, dLastC, states: at(call.states), mask: at(call.mask) };
  const inputShape = panelShape(whole, 4, call.inputMasks !== undefined);
  const stateShape = panelShape(whole, 4, call.stateMasks !== undefined);
  const ofInputs = {
    gates: [0, 1, 2, 3],
    depth: 4 * paddedUnits,
    panelBytes: transposedBytes(inputShape, inputSize),
    pack: (to: number) => packTransposed(wasm, to, kernel, inputSize, inputShape, 4 * units),
  };
  const ofX = withBackwardInput(runtime, whole, call, ofInputs, ({ x, dx, dKernel, sizes }) => {
    const { blockRows, chunkSteps } = sizes;
    const kept = blockSums(runtime, sizes, wasm.lstmSumsBytes(sizes.inputSize, units));
    const scratchBytes = roundUp(wasm.lstmScratchBytes(blockRows, sizes.inputSize, units, chunkSteps));
    const inputPanelBytes = x ? ofInputs.panelBytes : 0;
    const panelBytes = roundUp(inputPanelBytes + transposedBytes(stateShape, units));
    runtime.withScratch(panelBytes + runtime.threads * scratchBytes + kept.bytes, (panels) => {
      const statePanels = panels + inputPanelBytes;
      const scratch = panels + panelBytes;
      const sums = scratch + runtime.threads * scratchBytes;
      if (x) ofInputs.pack(panels);
      packTransposed(wasm, statePanels, recurrentKernel, units, stateShape, 4 * units);
      const places = { dx, x, kept, sums, scratch, scratchBytes, panels, statePanels, ...given };
      withGateMasks(runtime, sizes, call, BACKWARD_MASKS, (masksOf) =>
        runBlocks(runtime, config, sizes, places, masksOf),
      );
      addGateSums(runtime, sizes, 4, kept, sums, [dKernel, dRecurrentKernel, dBias]);
    });
  });
  return [...ofX, ...gradients].filter((gradient) => gradient !== undefined);
}

/** Addresses, and the bytes of each block's or each thread's part. */
interface Places {
  readonly dx: number;
  readonly dInitialH: number;
  readonly dInitialC: number;
  readonly dy: number;
  readonly dLastC: number;
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
  config: GatedSequenceConfig,
  sizes: Sizes,
  places: Places,
  masksOf: BlockMasks,
): void {
  const { dx, dInitialH, dInitialC, dy, dLastC, states, x, mask, panels, statePanels } = places;
  const { kept, sums, scratch, scratchBytes } = places;
  const { steps, inputSize, units, blockRows, chunkSteps } = sizes;
  const stateBytes = stateBytesOf(sizes, runtime.wasm.lstmRecordBytes(blockRows, units), true);
  const flags = [...codesOf(config), Number(config.goBackwards), Number(config.returnSequences)];
  const calls = eachBlock(sizes, (block, row, rows) => [
    ...[dx, dInitialH, dInitialC, sums + kept.offsetOf(block), scratch],
    ...[dy, dLastC, states + block * stateBytes, x, panels, statePanels, mask, ...masksOf(block)],
    ...[row, rows, steps, inputSize, units, chunkSteps, ...flags],
  ]);
  kept.run('lstmBackward', calls, { argument: 4, bytes: scratchBytes }, sums);
}
