// GRU in plain loops and double precision: what the kernels are held against. Written for reading, not for speed.
import type { PlainActivation } from './plain-activations.js';
import { factorAt, type PlainMasks } from './plain-masks.js';
import type { PlainCall, PlainGradients } from './plain-simple-rnn.js';

/** Weights hold the gates z, r, h side by side; bias f32[2, 3·units] with resetAfter, else f32[3·units]. */
export interface PlainGruCall extends Omit<PlainCall, keyof PlainActivation | 'activate'>, PlainMasks {
  readonly resetAfter: boolean;
  readonly activation: PlainActivation;
  readonly gate: PlainActivation;
}

interface Step {
  /** State before the step. */
  readonly h: Float64Array;
  readonly z: Float64Array;
  readonly r: Float64Array;
  readonly n: Float64Array;
  /** h·Rh + ch. */
  readonly product: Float64Array;
  readonly next: Float64Array;
}

const timeOf = ({ goBackwards, steps }: PlainGruCall, step: number): number =>
  goBackwards ? steps - 1 - step : step;
const counts = ({ mask, steps }: PlainGruCall, row: number, time: number): boolean =>
  !mask || mask[row * steps + time] === 1;
const vector = (units: number, value: (j: number) => number): Float64Array =>
  Float64Array.from({ length: units }, (_, j) => value(j));

type Three = [Float64Array, Float64Array, Float64Array];

/** A state, or its gradient, as gate g sees it. */
function seen({ stateMasks, units }: PlainGruCall, row: number, g: number, h: Float64Array): Float64Array {
  if (!stateMasks) return h;
  const place = { row, gate: g, gates: 3, columns: units };
  return h.map((value, column) => value * factorAt(stateMasks, { ...place, column }));
}

/** Column `column` of the product of a row with a matrix of `columns` columns. */
function times(row: ArrayLike<number>, matrix: ArrayLike<number>, columns: number, column: number): number {
  let sum = 0;
  for (let i = 0; i < row.length; i++) sum += row[i]! * matrix[i * columns + column]!;
  return sum;
}

/** Factors of the inputs for gate g. */
function inputFactors({ inputMasks, inputSize }: PlainGruCall, row: number, g: number): Float64Array {
  const place = { row, gate: g, gates: 3, columns: inputSize };
  return vector(inputSize, (column) => factorAt(inputMasks, { ...place, column }));
}

function inputOf(call: PlainGruCall, row: number, time: number, g: number): Float64Array {
  const { x, steps, inputSize } = call;
  return inputFactors(call, row, g).map((factor, e) => factor * x[(row * steps + time) * inputSize + e]!);
}

function runStep(call: PlainGruCall, row: number, time: number, h: Float64Array): Step {
  const { units, kernel, recurrentKernel, bias, resetAfter, activation, gate } = call;
  const x = [0, 1, 2].map((g) => inputOf(call, row, time, g));
  const ofInput = (g: number, j: number): number =>
    times(x[g]!, kernel, 3 * units, g * units + j) + (bias?.[g * units + j] ?? 0);
  const added = (g: number, j: number): number => (resetAfter ? (bias?.[(3 + g) * units + j] ?? 0) : 0);
  const ofState = (g: number, j: number, state: Float64Array): number =>
    times(state, recurrentKernel, 3 * units, g * units + j) + added(g, j);
  const [hz, hr, hh] = [0, 1, 2].map((g) => seen(call, row, g, h)) as Three;
  const z = vector(units, (j) => gate.value(ofInput(0, j) + ofState(0, j, hz)));
  const r = vector(units, (j) => gate.value(ofInput(1, j) + ofState(1, j, hr)));
  const product = vector(units, (j) => ofState(2, j, hh));
  const reset = hh.map((value, j) => value * r[j]!);
  const n = vector(units, (j) =>
    activation.value(ofInput(2, j) + (resetAfter ? r[j]! * product[j]! : ofState(2, j, reset))),
  );
  return { h, z, r, n, product, next: vector(units, (j) => z[j]! * h[j]! + (1 - z[j]!) * n[j]!) };
}

/** The steps of one row in the order of reading; undefined where the mask carries the state on. */
function runRow(call: PlainGruCall, row: number): { states: Float64Array[]; steps: (Step | undefined)[] } {
  const { units, initial } = call;
  const states = [vector(units, (j) => initial?.[row * units + j] ?? 0)];
  const steps: (Step | undefined)[] = [];
  for (let i = 0; i < call.steps; i++) {
    const time = timeOf(call, i);
    const step = counts(call, row, time) ? runStep(call, row, time, states[i]!) : undefined;
    steps.push(step);
    states.push(step?.next ?? states[i]!);
  }
  return { states, steps };
}

/** [batch, steps, units], in the order of reading; zeros before the first step that counts. */
export function plainGruOutputs(call: PlainGruCall): Float64Array {
  const { batch, steps, units } = call;
  const y = new Float64Array(batch * steps * units);
  for (let row = 0; row < batch; row++) {
    const run = runRow(call, row);
    const first = run.steps.findIndex((step) => step !== undefined);
    for (let step = first < 0 ? steps : first; step < steps; step++)
      y.set(run.states[step + 1]!, (row * steps + step) * units);
  }
  return y;
}

/** Gradients of Σ dy·y, dy [batch, steps, units] in the order of reading. */
export function plainGruGradients(call: PlainGruCall, dy: ArrayLike<number>): PlainGradients {
  const { batch, steps, units } = call;
  const gradients = {
    x: new Float64Array(call.x.length),
    kernel: new Float64Array(call.kernel.length),
    recurrentKernel: new Float64Array(call.recurrentKernel.length),
    bias: new Float64Array((call.resetAfter ? 6 : 3) * units),
    initial: new Float64Array(batch * units),
  };
  for (let row = 0; row < batch; row++) {
    const run = runRow(call, row);
    const first = run.steps.findIndex((step) => step !== undefined);
    let dh = new Float64Array(units);
    for (let i = steps - 1; i >= 0; i--) {
      if (first >= 0 && i >= first)
        for (let j = 0; j < units; j++) dh[j]! += dy[(row * steps + i) * units + j]!;
      if (run.steps[i]) dh = backThroughStep(call, row, timeOf(call, i), run.steps[i]!, dh, gradients);
    }
    gradients.initial.set(dh, row * units);
  }
  return gradients;
}

/** Adds one step's gradients; returns that of the state before it. */
function backThroughStep(
  call: PlainGruCall,
  row: number,
  time: number,
  { h, z, r, n, product }: Step,
  dh: Float64Array,
  gradients: PlainGradients,
): Float64Array<ArrayBuffer> {
  const { units, recurrentKernel: R, resetAfter, activation, gate } = call;
  const dn = vector(units, (j) => dh[j]! * (1 - z[j]!) * activation.slope(n[j]!));
  const dz = vector(units, (j) => dh[j]! * (h[j]! - n[j]!) * gate.slope(z[j]!));
  const ofHead = (i: number, d: Float64Array): number =>
    d.reduce((sum, value, j) => sum + value * R[i * 3 * units + 2 * units + j]!, 0);
  const [hz, hr, hh] = [0, 1, 2].map((g) => seen(call, row, g, h)) as Three;
  const dReset = vector(units, (i) => ofHead(i, dn)); // of r⊙h
  const dr = vector(
    units,
    (j) => (resetAfter ? dn[j]! * product[j]! : dReset[j]! * hh[j]!) * gate.slope(r[j]!),
  );
  const dProduct = vector(units, (j) => dn[j]! * r[j]!);
  addStep(call, row, time, [dz, dr, dn], gradients);
  const recurrent = [dz, dr, resetAfter ? dProduct : dn];
  recurrent.forEach((d, g) => {
    for (let j = 0; j < units; j++) {
      if (resetAfter) gradients.bias[(3 + g) * units + j]! += d[j]!;
      for (let i = 0; i < units; i++) {
        const left = g === 2 && !resetAfter ? r[i]! * hh[i]! : [hz, hr, hh][g]![i]!;
        gradients.recurrentKernel[i * 3 * units + g * units + j]! += left * d[j]!;
      }
    }
  });
  const ofGate = (g: number, d: Float64Array): Float64Array =>
    vector(units, (i) => d.reduce((sum, value, j) => sum + value * R[i * 3 * units + g * units + j]!, 0));
  const toHead = resetAfter ? ofGate(2, dProduct) : dReset.map((value, i) => value * r[i]!);
  const parts = [ofGate(0, dz), ofGate(1, dr), toHead].map((part, g) => seen(call, row, g, part));
  return Float64Array.from({ length: units }, (_, i) =>
    parts.reduce((sum, part) => sum + part[i]!, dh[i]! * z[i]!),
  );
}

/** What the input's product gets: `gates` are dz, dr and dn. */
function addStep(
  call: PlainGruCall,
  row: number,
  time: number,
  gates: readonly Float64Array[],
  gradients: PlainGradients,
): void {
  const { steps, inputSize, units, x, kernel } = call;
  gates.forEach((d, g) => {
    const factors = inputFactors(call, row, g);
    for (let j = 0; j < units; j++) {
      gradients.bias[g * units + j]! += d[j]!;
      for (let e = 0; e < inputSize; e++) {
        const [at, weight] = [(row * steps + time) * inputSize + e, e * 3 * units + g * units + j];
        gradients.kernel[weight]! += x[at]! * factors[e]! * d[j]!;
        gradients.x[at]! += kernel[weight]! * factors[e]! * d[j]!;
      }
    }
  });
}
