/** The weights of a GRU laid out for its kernels; gate order z, r, h in the weights. */

import type { GruConfig } from './gru-call.js';
import type { KernelRuntime } from './kernel-runtime.js';
import { addressIn, type Sizes } from './sequence-blocks.js';
import type { SequenceCall } from './sequence-op.js';
import { packTransposed, panelShape, transposedBytes } from './transposed-panels.js';

type Call = SequenceCall<GruConfig>;

/** Panels of bias, W and R for each gate, as `assembly/gru-forward.ts` wants them. */
export function packGru(
  runtime: KernelRuntime,
  { inputSize, units, paddedUnits }: Sizes,
  call: Call,
  use: (panels: number) => void,
): void {
  const { wasm } = runtime;
  const { resetAfter } = call.config;
  const at = addressIn(runtime);
  const [kernel, recurrentKernel, bias] = [at(call.kernel), at(call.recurrentKernel), at(call.bias)];
  const [columns, row] = [4 * units, 12 * units];
  const gateBytes = 4 * paddedUnits * (1 + inputSize + units);
  const panelBytes = 3 * gateBytes + (resetAfter ? 4 * paddedUnits : 0);
  runtime.withScratch(panelBytes + row, (panels) => {
    const summed = panels + panelBytes; // of z and r: the input's bias and the recurrent one act as one
    if (bias && resetAfter) wasm.sumBlocks(summed, row, bias, row, row, 2, 1, 3 * units);
    const ofGates = resetAfter && bias ? summed : bias;
    const pack = (to: number, from: number, gate: number, inputs: number, states: number): void => {
      const [shift, added] = [gate * columns, from && from + gate * columns];
      wasm.packPanels(to, added, kernel + shift, recurrentKernel + shift, inputs, states, units, 3 * units);
    };
    pack(panels, ofGates, 0, inputSize, units);
    pack(panels + gateBytes, ofGates, 1, inputSize, units);
    const last = panels + 2 * gateBytes;
    pack(last, bias, 2, inputSize, resetAfter ? 0 : units);
    if (resetAfter) pack(last + 4 * paddedUnits * (1 + inputSize), bias && bias + row, 2, 0, units);
    use(panels);
  });
}

/** Transposed panels of W and R, as `assembly/gru-backward.ts` wants them. */
export function packGruBack(
  runtime: KernelRuntime,
  sizes: Sizes,
  call: Call,
  use: (inputPanels: number, statePanels: number) => void,
): void {
  const { wasm } = runtime;
  const { inputSize, units, paddedUnits } = sizes;
  const { resetAfter } = call.config;
  const at = addressIn(runtime);
  const [kernel, recurrentKernel] = [at(call.kernel), at(call.recurrentKernel)];
  const [columns, row] = [4 * units, 12 * units];
  const ofInputs = panelShape(sizes, 3, call.inputMasks !== undefined);
  const ofStates = panelShape(sizes, resetAfter ? 3 : 2, call.stateMasks !== undefined);
  const inputBytes = transposedBytes(ofInputs, inputSize);
  const stateBytes = transposedBytes(ofStates, units);
  const lastBytes = resetAfter ? 0 : 4 * paddedUnits * (1 + units);
  runtime.withScratch(inputBytes + stateBytes + lastBytes + inputSize * row, (panels) => {
    const statePanels = panels + inputBytes;
    const lastPanels = statePanels + stateBytes;
    const turned = lastPanels + lastBytes; // W with its gates in the order h, z, r
    wasm.sumBlocks(turned, row, kernel + 2 * columns, 0, row, 1, inputSize, units);
    wasm.sumBlocks(turned + columns, row, kernel, 0, row, 1, inputSize, 2 * units);
    packTransposed(wasm, panels, turned, inputSize, ofInputs, 3 * units);
    packTransposed(wasm, statePanels, recurrentKernel, units, ofStates, 3 * units);
    const ofLast = recurrentKernel + 2 * columns;
    if (!resetAfter) wasm.packTransposedPanels(lastPanels, ofLast, units, units, 1, units, 3 * units);
    use(panels, statePanels);
  });
}
