/** The weights of a GRU laid out for its kernels; gate order z, r, h in the weights. */

import type { GruConfig } from './gru-call.js';
import type { KernelRuntime } from './kernel-runtime.js';
import { addressIn, type Sizes } from './sequence-blocks.js';
import type { SequenceCall } from './sequence-op.js';
import type { GateWeights } from './table-input.js';
import { type PanelShape, packTransposed, panelShape, transposedBytes } from './transposed-panels.js';

type Call = SequenceCall<GruConfig>;

/** Addresses of a GRU's weights. */
export interface GruWeights {
  /** Columns of W and the biases that are added before R acts, for z, r, h. */
  readonly gates: readonly GateWeights[];
  readonly recurrentKernel: number;
  /** With `resetAfter`, that of the product h·Rh; 0: none. */
  readonly recurrentBias: number;
}

/** Finds the weights, for as long as `use` takes. With `resetAfter` the two biases of z and of r act as one. */
export function withGruWeights(
  runtime: KernelRuntime,
  { units }: Sizes,
  call: Call,
  use: (weights: GruWeights) => void,
): void {
  const { wasm } = runtime;
  const at = addressIn(runtime);
  const [kernel, recurrentKernel, bias] = [at(call.kernel), at(call.recurrentKernel), at(call.bias)];
  const [columns, row] = [4 * units, 12 * units];
  const summing = bias !== 0 && call.config.resetAfter;
  const weightsWith = (ofGates: number): GruWeights => ({
    gates: [ofGates, ofGates, bias].map((from, gate) => ({
      kernel: kernel + gate * columns,
      bias: from && from + gate * columns,
    })),
    recurrentKernel,
    recurrentBias: summing ? bias + row + 2 * columns : 0,
  });
  if (!summing) {
    use(weightsWith(bias));
    return;
  }
  runtime.withScratch(row, (summed) => {
    wasm.sumBlocks(summed, row, bias, row, row, 2, 1, 3 * units);
    use(weightsWith(summed));
  });
}

/** Panels of bias, W and R for each gate, as `assembly/gru-forward.ts` wants them; an `inputSize` of 0 leaves W out. */
export function packGru(
  runtime: KernelRuntime,
  { units, paddedUnits }: Sizes,
  { gates, recurrentKernel, recurrentBias }: GruWeights,
  { inputSize, resetAfter }: { readonly inputSize: number; readonly resetAfter: boolean },
  use: (panels: number) => void,
): void {
  const { wasm } = runtime;
  const gateBytes = 4 * paddedUnits * (1 + inputSize + units);
  runtime.withScratch(3 * gateBytes + (resetAfter ? 4 * paddedUnits : 0), (panels) => {
    const recurrent = (gate: number): number => recurrentKernel + 4 * gate * units;
    gates.forEach(({ kernel, bias }, gate) => {
      const alone = gate === 2 && resetAfter;
      const to = panels + gate * gateBytes;
      wasm.packPanels(to, bias, kernel, recurrent(gate), inputSize, alone ? 0 : units, units, 3 * units);
      if (!alone) return;
      const apart = to + 4 * paddedUnits * (1 + inputSize);
      wasm.packPanels(apart, recurrentBias, 0, recurrent(gate), 0, units, units, 3 * units);
    });
    use(panels);
  });
}

/** Transposed panels of W at `to`, as `assembly/gru-backward.ts` wants them: the gates in the order h, z, r. */
export function packGruInputs(
  runtime: KernelRuntime,
  { inputSize, units }: Sizes,
  kernel: number,
  shape: PanelShape,
  to: number,
): void {
  const { wasm } = runtime;
  const [columns, row] = [4 * units, 12 * units];
  runtime.withScratch(inputSize * row, (turned) => {
    wasm.sumBlocks(turned, row, kernel + 2 * columns, 0, row, 1, inputSize, units);
    wasm.sumBlocks(turned + columns, row, kernel, 0, row, 1, inputSize, 2 * units);
    packTransposed(wasm, to, turned, inputSize, shape, 3 * units);
  });
}

/** Transposed panels of R, as `assembly/gru-backward.ts` wants them, for as long as `use` takes. */
export function withGruStatePanels(
  runtime: KernelRuntime,
  sizes: Sizes,
  call: Call,
  use: (statePanels: number) => void,
): void {
  const { wasm } = runtime;
  const { units, paddedUnits } = sizes;
  const { resetAfter } = call.config;
  const recurrentKernel = addressIn(runtime)(call.recurrentKernel);
  const shape = panelShape(sizes, resetAfter ? 3 : 2, call.stateMasks !== undefined);
  const stateBytes = transposedBytes(shape, units);
  const lastBytes = resetAfter ? 0 : 4 * paddedUnits * (1 + units);
  runtime.withScratch(stateBytes + lastBytes, (panels) => {
    packTransposed(wasm, panels, recurrentKernel, units, shape, 3 * units);
    const ofLast = recurrentKernel + 8 * units;
    if (!resetAfter)
      wasm.packTransposedPanels(panels + stateBytes, ofLast, units, units, 1, units, 3 * units);
    use(panels);
  });
}
