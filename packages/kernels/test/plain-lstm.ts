// LSTM in plain loops and double precision: what the kernel is held against. Written for reading, not for speed.
import type { PlainActivation } from './plain-activations.js';
import { factorAt, type PlainMasks } from './plain-masks.js';

export interface PlainLstmCall extends PlainMasks {
  readonly batch: number;
  readonly steps: number;
  readonly inputSize: number;
  readonly units: number;
  readonly x: ArrayLike<number>;
  /** Gates i, f, c, o side by side. */
  readonly kernel: ArrayLike<number>;
  readonly recurrentKernel: ArrayLike<number>;
  readonly bias?: ArrayLike<number> | undefined;
  readonly initialH?: ArrayLike<number> | undefined;
  readonly initialC?: ArrayLike<number> | undefined;
  /** 1 where a step counts. */
  readonly mask?: ArrayLike<number> | undefined;
  readonly goBackwards: boolean;
  readonly activation: PlainActivation;
  readonly recurrentActivation: PlainActivation;
}

export interface PlainLstmGradients {
  readonly x: Float64Array;
  readonly kernel: Float64Array;
  readonly recurrentKernel: Float64Array;
  readonly bias: Float64Array;
  readonly initialH: Float64Array;
  readonly initialC: Float64Array;
}

/** What one step of one row leaves behind. */
interface Step {
  readonly h: Float64Array;
  readonly c: Float64Array;
  /** i, f, g, o behind each other; undefined where the step did not count. */
  readonly gates?: Float64Array;
}

/** What gate column j sees: factors of the k-th state and the e-th input. */
const ofState = ({ stateMasks, units }: PlainLstmCall, row: number, j: number, k: number): number =>
  factorAt(stateMasks, { row, gate: Math.floor(j / units), gates: 4, column: k, columns: units });
const ofInput = (
  { inputMasks, units, inputSize }: PlainLstmCall,
  row: number,
  j: number,
  e: number,
): number =>
  factorAt(inputMasks, { row, gate: Math.floor(j / units), gates: 4, column: e, columns: inputSize });

const timeOf = ({ goBackwards, steps }: PlainLstmCall, step: number): number =>
  goBackwards ? steps - 1 - step : step;
const counts = ({ mask, steps }: PlainLstmCall, row: number, time: number): boolean =>
  !mask || mask[row * steps + time] === 1;

/** One row's steps in the order of reading, behind its initial state. */
function runRow(call: PlainLstmCall, row: number): Step[] {
  const { units, steps, initialH, initialC } = call;
  const initial = (values: ArrayLike<number> | undefined): Float64Array =>
    Float64Array.from({ length: units }, (_, j) => values?.[row * units + j] ?? 0);
  const all: Step[] = [{ h: initial(initialH), c: initial(initialC) }];
  for (let step = 0; step < steps; step++) {
    const { h, c } = all[step]!;
    const time = timeOf(call, step);
    all.push(counts(call, row, time) ? nextStep(call, row, time, h, c) : { h, c });
  }
  return all;
}

function nextStep(call: PlainLstmCall, row: number, time: number, h: Float64Array, c: Float64Array): Step {
  const { steps, inputSize, units, x, kernel, recurrentKernel, bias, activation, recurrentActivation } = call;
  const gates = Float64Array.from({ length: 4 * units }, (_, j) => {
    let z = bias?.[j] ?? 0;
    for (let e = 0; e < inputSize; e++)
      z += x[(row * steps + time) * inputSize + e]! * ofInput(call, row, j, e) * kernel[e * 4 * units + j]!;
    for (let k = 0; k < units; k++)
      z += h[k]! * ofState(call, row, j, k) * recurrentKernel[k * 4 * units + j]!;
    return (Math.floor(j / units) === 2 ? activation : recurrentActivation).value(z);
  });
  const [i, f, g, o] = [0, 1, 2, 3].map((gate) => gates.subarray(gate * units, (gate + 1) * units)) as Gates;
  const next = c.map((value, j) => f[j]! * value + i[j]! * g[j]!);
  return { h: next.map((value, j) => o[j]! * activation.value(value)), c: next, gates };
}

type Gates = [Float64Array, Float64Array, Float64Array, Float64Array];

/** y [batch, steps, units] in the order of reading, zeros before the first step that counts; the final states [batch, units]. */
export function plainLstmOutputs(call: PlainLstmCall): Record<'y' | 'lastH' | 'lastC', Float64Array> {
  const { batch, steps, units } = call;
  const y = new Float64Array(batch * steps * units);
  const [lastH, lastC] = [new Float64Array(batch * units), new Float64Array(batch * units)];
  for (let row = 0; row < batch; row++) {
    const all = runRow(call, row);
    const first = all.findIndex(({ gates }) => gates);
    for (let step = 1; step <= steps; step++)
      if (first > 0 && step >= first) y.set(all[step]!.h, (row * steps + step - 1) * units);
    lastH.set(all[steps]!.h, row * units);
    lastC.set(all[steps]!.c, row * units);
  }
  return { y, lastH, lastC };
}

/** Gradients of Σ dy·y + Σ dLastH·lastH + Σ dLastC·lastC. */
export function plainLstmGradients(
  call: PlainLstmCall,
  dy: ArrayLike<number>,
  dLastH?: ArrayLike<number>,
  dLastC?: ArrayLike<number>,
): PlainLstmGradients {
  const { batch, steps, inputSize, units } = call;
  const gradients = {
    x: new Float64Array(batch * steps * inputSize),
    kernel: new Float64Array(inputSize * 4 * units),
    recurrentKernel: new Float64Array(units * 4 * units),
    bias: new Float64Array(4 * units),
    initialH: new Float64Array(batch * units),
    initialC: new Float64Array(batch * units),
  };
  for (let row = 0; row < batch; row++) backThroughRow(call, row, dy, [dLastH, dLastC], gradients);
  return gradients;
}

function backThroughRow(
  call: PlainLstmCall,
  row: number,
  dy: ArrayLike<number>,
  dLast: readonly (ArrayLike<number> | undefined)[],
  gradients: PlainLstmGradients,
): void {
  const { steps, units, recurrentKernel } = call;
  const all = runRow(call, row);
  const first = all.findIndex(({ gates }) => gates);
  let [dh, dc] = dLast.map((values) =>
    Float64Array.from({ length: units }, (_, j) => values?.[row * units + j] ?? 0),
  ) as [Float64Array, Float64Array];
  for (let step = steps; step > 0; step--) {
    if (first > 0 && step >= first)
      for (let j = 0; j < units; j++) dh[j]! += dy[(row * steps + step - 1) * units + j]!;
    if (!all[step]!.gates) continue;
    const dz = gateGradients(call, all[step - 1]!.c, all[step]!, dh, dc);
    addStep(call, row, timeOf(call, step - 1), dz, all[step - 1]!.h, gradients);
    dh = Float64Array.from({ length: units }, (_, k) =>
      dz.reduce((sum, d, j) => sum + d * ofState(call, row, j, k) * recurrentKernel[k * 4 * units + j]!, 0),
    );
  }
  gradients.initialH.set(dh, row * units);
  gradients.initialC.set(dc, row * units);
}

/** dz of the gates i, f, g, o; `dc` becomes that of the step before. */
function gateGradients(
  { units, activation, recurrentActivation }: PlainLstmCall,
  before: Float64Array,
  { c, gates }: Step,
  dh: Float64Array,
  dc: Float64Array,
): Float64Array {
  const dz = new Float64Array(4 * units);
  const gate = recurrentActivation.slope;
  for (let j = 0; j < units; j++) {
    const [i, f, g, o] = [0, 1, 2, 3].map((k) => gates![k * units + j]!) as [number, number, number, number];
    const m = activation.value(c[j]!);
    const dCell = dc[j]! + dh[j]! * o * activation.slope(m);
    dz[j] = dCell * g * gate(i);
    dz[units + j] = dCell * before[j]! * gate(f);
    dz[2 * units + j] = dCell * i * activation.slope(g);
    dz[3 * units + j] = dh[j]! * m * gate(o);
    dc[j] = dCell * f;
  }
  return dz;
}

function addStep(
  call: PlainLstmCall,
  row: number,
  time: number,
  dz: Float64Array,
  h: Float64Array,
  gradients: PlainLstmGradients,
): void {
  const { steps, inputSize, x, kernel } = call;
  const width = dz.length;
  dz.forEach((value, j) => {
    gradients.bias[j]! += value;
    for (let k = 0; k < h.length; k++)
      gradients.recurrentKernel[k * width + j]! += h[k]! * ofState(call, row, j, k) * value;
    for (let e = 0; e < inputSize; e++) {
      const at = (row * steps + time) * inputSize + e;
      const factor = ofInput(call, row, j, e);
      gradients.kernel[e * width + j]! += x[at]! * factor * value;
      gradients.x[at]! += kernel[e * width + j]! * factor * value;
    }
  });
}
