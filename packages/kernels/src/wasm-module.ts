/** The compiled kernels: from the base64 in this package to functions over a memory. No file has to be found. */
import { isShared } from './heap.js';
import { wasmBase64 } from './wasm-binary.js';

/** What `assembly/index.ts` exports; addresses are in bytes, 0 is null. See the files there for shapes. */
export interface WasmKernels {
  initialize(): void;
  packPanels(
    out: number,
    bias: number,
    a: number,
    c: number,
    aRows: number,
    cRows: number,
    columns: number,
    stride: number,
  ): void;
  packTransposedPanels(
    out: number,
    matrix: number,
    rows: number,
    columns: number,
    gates: number,
    padded: number,
    stride: number,
  ): void;
  slotBytes(rows: number, units: number): number;
  simpleRnnForward(
    states: number,
    y: number,
    last: number,
    x: number,
    ids: number,
    panels: number,
    initial: number,
    mask: number,
    stateMasks: number,
    firstRow: number,
    rows: number,
    steps: number,
    inputSize: number,
    units: number,
    activation: number,
    backwards: number,
    keepStates: number,
  ): void;
  simpleRnnScratchBytes(rows: number, inputSize: number, units: number, chunkSteps: number): number;
  simpleRnnSumsBytes(inputSize: number, units: number): number;
  simpleRnnBackward(
    dx: number,
    dInitial: number,
    sums: number,
    scratch: number,
    dy: number,
    states: number,
    x: number,
    inputPanels: number,
    statePanels: number,
    mask: number,
    stateMasks: number,
    firstRow: number,
    rows: number,
    steps: number,
    inputSize: number,
    units: number,
    chunkSteps: number,
    activation: number,
    backwards: number,
    sequences: number,
  ): void;
  lstmForward(
    states: number,
    y: number,
    lastH: number,
    lastC: number,
    x: number,
    ids: number,
    panels: number,
    initialH: number,
    initialC: number,
    mask: number,
    inputMasks: number,
    stateMasks: number,
    firstRow: number,
    rows: number,
    steps: number,
    inputSize: number,
    units: number,
    activation: number,
    recurrentActivation: number,
    backwards: number,
    keepStates: number,
  ): void;
  lstmRecordBytes(rows: number, units: number): number;
  lstmScratchBytes(rows: number, inputSize: number, units: number, chunkSteps: number): number;
  lstmSumsBytes(inputSize: number, units: number): number;
  lstmBackward(
    dx: number,
    dInitialH: number,
    dInitialC: number,
    sums: number,
    scratch: number,
    dy: number,
    dLastC: number,
    states: number,
    x: number,
    inputPanels: number,
    statePanels: number,
    mask: number,
    inputMasks: number,
    stateMasks: number,
    firstRow: number,
    rows: number,
    steps: number,
    inputSize: number,
    units: number,
    chunkSteps: number,
    activation: number,
    recurrentActivation: number,
    backwards: number,
    sequences: number,
  ): void;
  gruRecordBytes(rows: number, units: number): number;
  gruForward(
    states: number,
    y: number,
    last: number,
    x: number,
    ids: number,
    panels: number,
    initial: number,
    mask: number,
    inputMasks: number,
    stateMasks: number,
    firstRow: number,
    rows: number,
    steps: number,
    inputSize: number,
    units: number,
    activation: number,
    gateActivation: number,
    resetAfter: number,
    backwards: number,
    keepStates: number,
  ): void;
  gruScratchBytes(
    rows: number,
    inputSize: number,
    units: number,
    chunkSteps: number,
    resetAfter: number,
  ): number;
  gruSumsBytes(inputSize: number, units: number, resetAfter: number): number;
  gruBackward(
    dx: number,
    dInitial: number,
    sums: number,
    scratch: number,
    dy: number,
    states: number,
    x: number,
    inputPanels: number,
    statePanels: number,
    mask: number,
    inputMasks: number,
    stateMasks: number,
    firstRow: number,
    rows: number,
    steps: number,
    inputSize: number,
    units: number,
    chunkSteps: number,
    activation: number,
    gateActivation: number,
    resetAfter: number,
    backwards: number,
    sequences: number,
  ): void;
  gemmRows(
    out: number,
    outStride: number,
    a: number,
    aStride: number,
    aCount: number,
    c: number,
    cStride: number,
    cCount: number,
    panels: number,
    columns: number,
    rows: number,
  ): void;
  fewRows(
    out: number,
    x: number,
    w: number,
    bias: number,
    rows: number,
    inputSize: number,
    units: number,
  ): void;
  productScratchBytes(rows: number, inputSize: number, units: number): number;
  productSumsBytes(inputSize: number, units: number): number;
  productGradients(
    sums: number,
    scratch: number,
    dy: number,
    x: number,
    rows: number,
    inputSize: number,
    units: number,
  ): void;
  sumBlocks(
    out: number,
    outStride: number,
    blocks: number,
    blockStride: number,
    rowStride: number,
    count: number,
    rows: number,
    columns: number,
  ): void;
  activate(values: number, activation: number, count: number): void;
  activationSlope(out: number, outputs: number, dy: number, activation: number, count: number): void;
  findInvalidId(ids: number, count: number, rows: number): number;
  markNotFinite(mark: number, values: number, count: number): void;
  occurringRows(
    list: number,
    places: number,
    known: number,
    ids: number,
    count: number,
    rows: number,
    most: number,
  ): number;
  embeddingLookup(out: number, table: number, ids: number, count: number, width: number): void;
  embeddingGradient(
    dTable: number,
    dy: number,
    ids: number,
    count: number,
    width: number,
    first: number,
    last: number,
  ): void;
  adamUpdate(
    out: number,
    m: number,
    v: number,
    weight: number,
    gradient: number,
    count: number,
    alpha: number,
    oneMinusBeta1: number,
    oneMinusBeta2: number,
    epsilon: number,
    kept: number,
    mark: number,
  ): void;
  sgdUpdate(
    out: number,
    velocity: number,
    weight: number,
    gradient: number,
    count: number,
    learningRate: number,
    momentum: number,
    nesterov: number,
    mark: number,
  ): void;
  rmspropUpdate(
    out: number,
    v: number,
    inertia: number,
    mean: number,
    weight: number,
    gradient: number,
    count: number,
    learningRate: number,
    rho: number,
    oneMinusRho: number,
    momentum: number,
    epsilon: number,
    mark: number,
  ): void;
}

/** The kernels, compiled for one kind of memory. Undefined when this engine has no SIMD WebAssembly. */
export async function compileKernels(memory: WebAssembly.Memory): Promise<WebAssembly.Module | undefined> {
  const binary = Uint8Array.from(atob(wasmBase64), (character) => character.charCodeAt(0));
  if (!isShared(memory)) takeOwnMemory(binary);
  return WebAssembly.validate(binary) ? WebAssembly.compile(binary) : undefined;
}

/** An instance of the kernels over a memory; each thread has its own. */
export function instantiateKernels(module: WebAssembly.Module, memory: WebAssembly.Memory): WasmKernels {
  const kernels = new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as WasmKernels;
  kernels.initialize();
  return kernels;
}

/**
 * Makes the module import a memory that is not shared, for pages that may have no other. The two differ in one bit of the limits
 * behind "env" "memory" in the import section (WebAssembly threads, binary format: 0x03 shared, 0x01 not).
 */
function takeOwnMemory(binary: Uint8Array): void {
  const before = [...'\x03env\x06memory\x02'].map((character) => character.charCodeAt(0));
  const at = binary.findIndex((_, i) => before.every((byte, k) => binary[i + k] === byte)) + before.length;
  binary[at] = 0x01;
}
