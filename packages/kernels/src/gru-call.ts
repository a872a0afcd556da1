/** One call of the GRU kernels: buffers, the calls for the blocks, and the sums over them. */
import type { KernelOps } from '@ostinato/core';
import type * as tf from '@tensorflow/tfjs-core';
import { activationCode } from './activation-codes.js';
import { type BlockSums, blockSums } from './block-sums.js';
import { type BlockMasks, type MaskOrders, withGateMasks } from './gate-masks.js';
import { packGru, packGruInputs, withGruStatePanels, withGruWeights } from './gru-panels.js';
import { addGruBlocks, GATE_PLACES } from './gru-sums.js';
import type { KernelRuntime } from './kernel-runtime.js';
import { addressIn, eachBlock, roundUp, type Sizes, sizesOf, stateBytesOf } from './sequence-blocks.js';
import type { RecordedCall, SequenceCall, SequenceProgram } from './sequence-op.js';
import { withBackwardInput } from './table-gradients.js';
import { withInput } from './table-input.js';
import { panelShape, transposedBytes } from './transposed-panels.js';

export type GruConfig = KernelOps['gru.sequence']['config'];

const FORWARD_MASKS: MaskOrders = { inputs: [0, 1, 2], states: [0, 1, 2] };
/** On the way back a row of gradients holds dn, dz, dr. */
const BACKWARD_MASKS: MaskOrders = { inputs: [2, 0, 1], states: [0, 1, 2] };

/** GRU in `runtime`'s memory. */
export function gruProgram(runtime: KernelRuntime): SequenceProgram<GruConfig> {
  return {
    forward: (call) => forward(runtime, call),
    backward: (call, dy) => backward(runtime, call, dy),
  };
}

/** Both activations and where the reset gate acts, as the kernels take them. */
function cellFlags({ activation, recurrentActivation, resetAfter }: GruConfig): readonly number[] {
  return [activationCode(activation)!, activationCode(recurrentActivation)!, Number(resetAfter)];
}

/** Output f32[batch, steps, units] or f32[batch, units], and the records of all blocks for the way back. */
function forward(
  runtime: KernelRuntime,
  call: SequenceCall<GruConfig>,
): { output: tf.Tensor; states: tf.Tensor } {
  const { wasm, storage } = runtime;
  const { config, recording } = call;
  const sizes = sizesOf(call.x, config);
  const { batch, steps, units, blocks, blockRows } = sizes;
  const stateBytes = stateBytesOf(sizes, wasm.gruRecordBytes(blockRows, units), recording);
  const output = storage.empty(config.returnSequences ? [batch, steps, units] : [batch, units]);
  const states = storage.empty([(blocks * stateBytes) / 4]);
  const at = addressIn(runtime);
  const [y, last] = config.returnSequences ? [at(output), 0] : [0, at(output)];
  const [initial, mask, first] = [at(call.initialStates[0]), at(call.mask), at(states)];
  const flags = [...cellFlags(config), Number(config.goBackwards), Number(recording)];
  withGruWeights(runtime, sizes, call, (weights) =>
    withInput(runtime, sizes, call, weights.gates, ({ x, ids, inputSize }) =>
      withGateMasks(runtime, sizes, call, FORWARD_MASKS, (masksOf) =>
        packGru(runtime, sizes, weights, { inputSize, resetAfter: config.resetAfter }, (panels) => {
          const calls = eachBlock(sizes, (block, row, rows) => [
            ...[first + block * stateBytes, y, last],
            ...[x, ids, panels, initial, mask, ...masksOf(block)],
            ...[row, rows, steps, inputSize, units, ...flags],
          ]);
          runtime.run('gruForward', calls);
        }),
      ),
    ),
  );
  return { output, states };
}

function backward(runtime: KernelRuntime, call: RecordedCall<GruConfig>, dy: tf.Tensor): tf.Tensor[] {
  const { wasm, storage } = runtime;
  const { config } = call;
  const whole = sizesOf(call.x, config);
  const { inputSize, units, paddedUnits } = whole;
  const wanted = [call.recurrentKernel, call.bias, call.initialStates[0]];
  const gradients = wanted.map((tensor) => tensor && storage.empty(tensor.shape));
  const at = addressIn(runtime);
  const [dRecurrentKernel, dBias, dInitial] = [at(gradients[0]), at(gradients[1]), at(gradients[2])];
  const [kernel, given] = [at(call.kernel), { dy: at(dy), states: at(call.states), mask: at(call.mask) }];
  const resetAfter = Number(config.resetAfter);
  const shape = panelShape(whole, 3, call.inputMasks !== undefined);
  const ofInputs = {
    gates: GATE_PLACES,
    depth: 3 * paddedUnits,
    panelBytes: transposedBytes(shape, inputSize),
    pack: (to: number) => packGruInputs(runtime, whole, kernel, shape, to),
  };
  const ofX = withBackwardInput(runtime, whole, call, ofInputs, ({ x, dx, dKernel, sizes }) => {
    const { blockRows, chunkSteps } = sizes;
    const kept = blockSums(runtime, sizes, wasm.gruSumsBytes(sizes.inputSize, units, resetAfter));
    const scratchBytes = roundUp(
      wasm.gruScratchBytes(blockRows, sizes.inputSize, units, chunkSteps, resetAfter),
    );
    const inputBytes = x ? roundUp(ofInputs.panelBytes) : 0;
    withGruStatePanels(runtime, sizes, call, (statePanels) =>
      runtime.withScratch(inputBytes + runtime.threads * scratchBytes + kept.bytes, (inputPanels) => {
        const scratch = inputPanels + inputBytes;
        const sums = scratch + runtime.threads * scratchBytes;
        if (x) ofInputs.pack(inputPanels);
        const work = { kept, sums, scratch, scratchBytes, inputPanels, statePanels };
        withGateMasks(runtime, sizes, call, BACKWARD_MASKS, (masksOf) =>
          runBlocks(runtime, config, sizes, { dx, dInitial, x, ...given, ...work }, masksOf),
        );
        addGruBlocks(wasm, sizes, config.resetAfter, { kept, sums, dKernel, dRecurrentKernel, dBias });
      }),
    );
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
  readonly kept: BlockSums;
  readonly sums: number;
  readonly scratch: number;
  readonly scratchBytes: number;
  readonly inputPanels: number;
  readonly statePanels: number;
}

function runBlocks(
  runtime: KernelRuntime,
  config: GruConfig,
  sizes: Sizes,
  places: Places,
  masksOf: BlockMasks,
): void {
  const { dx, dInitial, dy, states, x, mask, inputPanels, statePanels } = places;
  const { kept, sums, scratch, scratchBytes } = places;
  const { steps, inputSize, units, blockRows, chunkSteps } = sizes;
  const stateBytes = stateBytesOf(sizes, runtime.wasm.gruRecordBytes(blockRows, units), true);
  const flags = [...cellFlags(config), Number(config.goBackwards), Number(config.returnSequences)];
  const calls = eachBlock(sizes, (block, row, rows) => [
    ...[dx, dInitial, sums + kept.offsetOf(block), scratch],
    ...[dy, states + block * stateBytes, x, inputPanels, statePanels, mask, ...masksOf(block)],
    ...[row, rows, steps, inputSize, units, chunkSteps, ...flags],
  ]);
  kept.run('gruBackward', calls, { argument: 3, bytes: scratchBytes }, sums);
}
