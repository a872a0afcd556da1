// SimpleRNN in plain loops and double precision: what the kernels are held against. Written for reading, not for speed.
import { factorAt, type PlainMasks } from './plain-masks.js';

export interface PlainCall extends Pick<PlainMasks, 'stateMasks'> {
  readonly batch: number;
  readonly steps: number;
  readonly inputSize: number;
  readonly units: number;
  readonly x: ArrayLike<number>;
  readonly kernel: ArrayLike<number>;
  readonly recurrentKernel: ArrayLike<number>;
  readonly bias?: ArrayLike<number> | undefined;
  readonly initial?: ArrayLike<number> | undefined;
  /** 1 where a step counts. */
  readonly mask?: ArrayLike<number> | undefined;
  readonly goBackwards: boolean;
  readonly activate: (x: number) => number;
  /** Derivative as a function of the output. */
  readonly slope: (y: number) => number;
}

export interface PlainGradients {
  readonly x: Float64Array;
  readonly kernel: Float64Array;
  readonly recurrentKernel: Float64Array;
  readonly bias: Float64Array;
  readonly initial: Float64Array;
}

/** The states of one row after each step, in the order of reading; the first is the initial one. */
function runRow(call: PlainCall, row: number): Float64Array[] {
  const { units, steps, initial } = call;
  const states: Float64Array[] = [
    Float64Array.from({ length: units }, (_, j) => initial?.[row * units + j] ?? 0),
  ];
  for (let step = 0; step < steps; step++) {
    const time = timeOf(call, step);
    const h = states[step]!;
    states.push(counts(call, row, time) ? nextState(call, row, time, h) : h.slice());
  }
  return states;
}

function nextState(call: PlainCall, row: number, time: number, h: Float64Array): Float64Array {
  const { steps, inputSize, units, x, kernel, recurrentKernel, bias, activate } = call;
  const seen = seenState(call, row, h);
  return Float64Array.from({ length: units }, (_, j) => {
    let z = bias?.[j] ?? 0;
    for (let e = 0; e < inputSize; e++)
      z += x[(row * steps + time) * inputSize + e]! * kernel[e * units + j]!;
    for (let i = 0; i < units; i++) z += seen[i]! * recurrentKernel[i * units + j]!;
    return activate(z);
  });
}

/** A state, or its gradient, through the row's dropout mask. */
const seenState = (
  { stateMasks, units }: PlainCall,
  row: number,
  h: Float64Array,
): Float64Array<ArrayBuffer> =>
  Float64Array.from(h, (value, i) => {
    return value * factorAt(stateMasks, { row, gate: 0, gates: 1, column: i, columns: units });
  });

const timeOf = ({ goBackwards, steps }: PlainCall, step: number): number =>
  goBackwards ? steps - 1 - step : step;
const counts = ({ mask, steps }: PlainCall, row: number, time: number): boolean =>
  !mask || mask[row * steps + time] === 1;

/** [batch, steps, units], in the order of reading; zeros before the first step that counts. */
export function plainOutputs(call: PlainCall): Float64Array {
  const { batch, steps, units } = call;
  const y = new Float64Array(batch * steps * units);
  for (let row = 0; row < batch; row++) {
    let begun = false;
    runRow(call, row)
      .slice(1)
      .forEach((state, step) => {
        begun ||= counts(call, row, timeOf(call, step));
        if (begun) y.set(state, (row * steps + step) * units);
      });
  }
  return y;
}

/** Gradients of Σ dy·y, dy [batch, steps, units] in the order of reading. */
export function plainGradients(call: PlainCall, dy: ArrayLike<number>): PlainGradients {
  const { batch, steps, inputSize, units } = call;
  const gradients = {
    x: new Float64Array(batch * steps * inputSize),
    kernel: new Float64Array(inputSize * units),
    recurrentKernel: new Float64Array(units * units),
    bias: new Float64Array(units),
    initial: new Float64Array(batch * units),
  };
  for (let row = 0; row < batch; row++) backThroughRow(call, row, dy, gradients);
  return gradients;
}

function backThroughRow(
  call: PlainCall,
  row: number,
  dy: ArrayLike<number>,
  gradients: PlainGradients,
): void {
  const { steps, units, slope, recurrentKernel } = call;
  const states = runRow(call, row);
  const first = Array.from({ length: steps }, (_, step) => counts(call, row, timeOf(call, step))).indexOf(
    true,
  );
  let dh = new Float64Array(units);
  for (let step = steps - 1; step >= 0; step--) {
    if (first >= 0 && step >= first)
      for (let j = 0; j < units; j++) dh[j]! += dy[(row * steps + step) * units + j]!;
    const time = timeOf(call, step);
    if (!counts(call, row, time)) continue;
    const dz = dh.map((value, j) => value * slope(states[step + 1]![j]!));
    addStep(call, row, time, dz, seenState(call, row, states[step]!), gradients);
    const dSeen = Float64Array.from({ length: units }, (_, i) =>
      dz.reduce((sum, value, j) => sum + value * recurrentKernel[i * units + j]!, 0),
    );
    dh = seenState(call, row, dSeen);
  }
  gradients.initial.set(dh, row * units);
}

function addStep(
  call: PlainCall,
  row: number,
  time: number,
  dz: Float64Array,
  h: Float64Array,
  gradients: PlainGradients,
): void {
  const { steps, inputSize, units, x, kernel } = call;
  for (let j = 0; j < units; j++) {
    gradients.bias[j]! += dz[j]!;
    for (let i = 0; i < units; i++) gradients.recurrentKernel[i * units + j]! += h[i]! * dz[j]!;
    for (let e = 0; e < inputSize; e++) {
      const at = (row * steps + time) * inputSize + e;
      gradients.kernel[e * units + j]! += x[at]! * dz[j]!;
      gradients.x[at]! += kernel[e * units + j]! * dz[j]!;
    }
  }
}
