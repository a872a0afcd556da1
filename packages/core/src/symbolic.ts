/**
 * Symbols: what will flow between layers, before there are any numbers.
 *
 * `input()` makes the first one, `layer.apply(symbol)` the next; a graph model is cut out of what they remember. A symbol
 * knows where it came from and nothing of where it goes, and applying a layer changes nothing in the layer.
 */
import { OstinatoError, show } from './errors.js';
import type { Layer } from './layer.js';
import { checkFields } from './option-checks.js';
import { type Shape, showShape } from './shapes.js';

export interface InputOptions {
  /** Shape of one sample, e.g. [500]; null for a size that differs from batch to batch. */
  readonly shape: Shape;
  /** What the model's data are brought to. Default: they are taken as they come. */
  readonly dtype?: 'float32' | 'int32' | undefined;
  /** Name in the model; data are given under it. */
  readonly name?: string | undefined;
}

/** A value to be: its shape, and what will make it. */
export class SymbolicTensor {
  /** Batch axis (null) included. */
  readonly shape: Shape;
  readonly dtype: 'float32' | 'int32' | undefined;
  /** Of an input that was given one. */
  readonly name: string | undefined;
  /** What makes it, as its output number `index`; null for an input. */
  readonly source: Application | null;
  readonly index: number;

  constructor(
    shape: Shape,
    from: {
      readonly source?: Application;
      readonly index?: number;
      readonly dtype?: 'float32' | 'int32' | undefined;
      readonly name?: string | undefined;
    } = {},
  ) {
    this.shape = shape;
    this.dtype = from.dtype;
    this.name = from.name;
    this.source = from.source ?? null;
    this.index = from.index ?? 0;
  }
}

/** A layer applied to symbols. */
export class Application {
  readonly layer: Layer;
  readonly inputs: readonly SymbolicTensor[];
  readonly outputs: readonly SymbolicTensor[];

  /** Throws `symbol-type` for what is not a symbol, `inputs-count` for more than the layer takes, and what the layer says of the shapes. */
  constructor(layer: Layer, inputs: readonly SymbolicTensor[]) {
    checkSymbols(layer, inputs);
    checkNumber(layer, inputs);
    this.layer = layer;
    this.inputs = [...inputs];
    const shapes = layer.outputShapes(inputs.map(({ shape }) => shape));
    this.outputs = shapes.map((shape, index) => new SymbolicTensor(shape, { source: this, index }));
  }
}

/**
 * A symbol for data.
 *
 * Throws   `config-input-shape`, `config-dtype`, `config-name`, `config-unknown`
 *
 * @example
 * const words = input({ shape: [500], dtype: 'int32', name: 'words' });
 */
export function input(options: InputOptions): SymbolicTensor {
  checkFields('input', options, ['shape', 'dtype', 'name']);
  const { shape, dtype, name } = options;
  const isSize = (size: unknown): boolean =>
    size === null || (Number.isSafeInteger(size) && (size as number) >= 1);
  if (!Array.isArray(shape) || !shape.every(isSize)) {
    throw badInput('config-input-shape', 'shape', 'the sizes of one sample, e.g. [500] or [null, 8]', shape);
  }
  if (dtype !== undefined && dtype !== 'float32' && dtype !== 'int32') {
    throw badInput('config-dtype', 'dtype', "'float32', 'int32' or nothing", dtype);
  }
  if (name !== undefined && (typeof name !== 'string' || !/^[^\s/>]+$/.test(name))) {
    throw badInput('config-name', 'name', "a word without spaces, '/' or '>'", name);
  }
  return new SymbolicTensor([null, ...shape], { dtype, name });
}

/**
 * The only output of a layer that was applied.
 *
 * Throws   `layer-outputs` when there are several
 */
export function onlyOutput({ layer, outputs }: Application): SymbolicTensor {
  const [first, ...others] = outputs;
  if (first && others.length === 0) return first;
  throw new OstinatoError('layer-outputs', {
    where: layer.givenName ?? layer.registeredName,
    what: 'apply() gives the one output of a layer, and this layer has several',
    expected: 'one output',
    received: `${outputs.length}: ${outputs.map(({ shape }) => showShape(shape)).join(', ')}`,
    fix: 'Take them with applyAll(): const [sequence, h, c] = layer.applyAll(x)',
  });
}

function checkSymbols(layer: Layer, inputs: readonly unknown[]): void {
  const wrong = inputs.findIndex((symbol) => !(symbol instanceof SymbolicTensor));
  if (wrong < 0 && inputs.length > 0) return;
  const other = inputs[wrong];
  throw new OstinatoError('symbol-type', {
    where: layer.givenName ?? layer.registeredName,
    what: inputs.length === 0 ? 'The layer is applied to nothing' : `Input ${wrong} is not a symbol`,
    expected: 'what input() or apply() of a layer returned',
    received: typeof other === 'object' && other !== null ? other.constructor.name : show(other),
    ...(Array.isArray(other) ? { fix: 'Take the outputs of applyAll() one by one' } : {}),
  });
}

function checkNumber(layer: Layer, inputs: readonly SymbolicTensor[]): void {
  if (inputs.length <= layer.mostInputs) return;
  throw new OstinatoError('inputs-count', {
    where: layer.givenName ?? layer.registeredName,
    what: 'The layer is applied to more symbols than it takes',
    expected: `${layer.mostInputs}`,
    received: `${inputs.length}: ${inputs.map(({ shape }) => showShape(shape)).join(', ')}`,
    fix: 'Bring them together first, e.g. with concatenate()',
  });
}

function badInput(code: string, field: string, expected: string, received: unknown): OstinatoError {
  const what = `\`${field}\` is not what it should be`;
  return new OstinatoError(code, { where: 'input', what, expected, received: show(received) });
}
