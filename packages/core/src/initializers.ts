/** Initial values of parameters, with the names (in camelCase), defaults and distributions of Keras 3. */
import { Catalogue, type Configured, type Maker } from './configured.js';
import { OstinatoError, show } from './errors.js';
import { fillOptions, type OptionChecks } from './fill-options.js';
import type { JsonObject } from './json.js';
import { checkNotNegative, checkPositive, checkUpperBound } from './option-checks.js';
import { orthogonalMatrix } from './orthogonal-matrix.js';
import type { Rng } from './rng.js';

/** Draws the values of a parameter, row-major, from a stream of its own. */
export interface Initializer extends Configured {
  apply(shape: readonly number[], rng: Rng): Float32Array;
}

type InitializerMaker<Options> = Maker<Initializer> & ((options?: Partial<Options>) => Initializer);

function initializer<Options extends object>(
  name: string,
  defaults: Options,
  draw: (shape: readonly number[], rng: Rng, options: Options) => Float32Array,
  checks: OptionChecks<Options> = {},
): InitializerMaker<Options> {
  const create = (options: Partial<Options> = {}): Initializer => {
    const full = fillOptions(name, defaults, options, checks);
    const given = Object.entries(full).filter(([key, value]) => value !== defaults[key as keyof Options]);
    return {
      name,
      config: Object.fromEntries(given) as JsonObject,
      apply: (shape, rng) => draw(shape, rng, full),
    };
  };
  return Object.defineProperty(Object.assign(create, { create }), 'name', { value: name }) as never;
}

function fill(shape: readonly number[], next: (index: number) => number): Float32Array {
  const values = new Float32Array(shape.reduce((product, size) => product * size, 1));
  for (let i = 0; i < values.length; i++) values[i] = next(i);
  return values;
}

export const zeros = /* @__PURE__ */ initializer('zeros', {}, (shape) => fill(shape, () => 0));
export const ones = /* @__PURE__ */ initializer('ones', {}, (shape) => fill(shape, () => 1));
export const constant = /* @__PURE__ */ initializer('constant', { value: 0 }, (shape, _, { value }) =>
  fill(shape, () => value),
);
/** A square matrix with `gain` on its diagonal. */
export const identity = /* @__PURE__ */ initializer('identity', { gain: 1 }, (shape, _, { gain }) => {
  const [rows, columns] = matrixShape(shape, 'identity');
  return fill([rows, columns], (i) => (Math.floor(i / columns) === i % columns ? gain : 0));
});
export const randomUniform = /* @__PURE__ */ initializer(
  'randomUniform',
  { minValue: -0.05, maxValue: 0.05 },
  (shape, rng, { minValue, maxValue }) => fill(shape, () => rng.uniform(minValue, maxValue)),
  { maxValue: checkUpperBound },
);
export const randomNormal = /* @__PURE__ */ initializer(
  'randomNormal',
  { mean: 0, stddev: 0.05 },
  (shape, rng, { mean, stddev }) => fill(shape, () => rng.normal(mean, stddev)),
  { stddev: checkNotNegative },
);
export const truncatedNormal = /* @__PURE__ */ initializer(
  'truncatedNormal',
  { mean: 0, stddev: 0.05 },
  (shape, rng, { mean, stddev }) => fill(shape, () => rng.truncatedNormal(mean, stddev)),
  { stddev: checkNotNegative },
);

/** Orthonormal columns or rows, whichever are fewer, times `gain`. Saxe et al. 2014, arXiv:1312.6120. */
export const orthogonal = /* @__PURE__ */ initializer('orthogonal', { gain: 1 }, (shape, rng, { gain }) => {
  const [rows, columns] = matrixShape(shape, 'orthogonal');
  return orthogonalMatrix(rows, columns, gain, rng);
});

export interface VarianceScalingOptions {
  /** Factor of the variance. */
  readonly scale: number;
  readonly mode: 'fanIn' | 'fanOut' | 'fanAvg';
  readonly distribution: 'truncatedNormal' | 'untruncatedNormal' | 'uniform';
}

/** Variance = scale / fan. Keras divides the deviation by 0.8796…, that of a normal cut off at two deviations. */
function scaled(
  shape: readonly number[],
  rng: Rng,
  { scale, mode, distribution }: VarianceScalingOptions,
): Float32Array {
  const { fanIn, fanOut } = fans(shape);
  const fan = mode === 'fanIn' ? fanIn : mode === 'fanOut' ? fanOut : (fanIn + fanOut) / 2;
  const variance = scale / Math.max(1, fan);
  if (distribution === 'uniform') {
    const limit = Math.sqrt(3 * variance);
    return fill(shape, () => rng.uniform(-limit, limit));
  }
  if (distribution === 'untruncatedNormal') return fill(shape, () => rng.normal(0, Math.sqrt(variance)));
  const deviation = Math.sqrt(variance) / 0.87962566103423978;
  return fill(shape, () => rng.truncatedNormal(0, deviation));
}

export const varianceScaling = /* @__PURE__ */ initializer<VarianceScalingOptions>(
  'varianceScaling',
  { scale: 1, mode: 'fanIn', distribution: 'truncatedNormal' },
  scaled,
  {
    scale: checkPositive,
    mode: ['fanIn', 'fanOut', 'fanAvg'],
    distribution: ['truncatedNormal', 'untruncatedNormal', 'uniform'],
  },
);

function scaledAs(name: string, options: VarianceScalingOptions): InitializerMaker<object> {
  return initializer(name, {}, (shape, rng) => scaled(shape, rng, options));
}

/** Glorot and Bengio 2010. Keras' default for kernels. */
export const glorotUniform = /* @__PURE__ */ scaledAs('glorotUniform', {
  scale: 1,
  mode: 'fanAvg',
  distribution: 'uniform',
});
export const glorotNormal = /* @__PURE__ */ scaledAs('glorotNormal', {
  scale: 1,
  mode: 'fanAvg',
  distribution: 'truncatedNormal',
});
/** He et al. 2015, arXiv:1502.01852. */
export const heUniform = /* @__PURE__ */ scaledAs('heUniform', {
  scale: 2,
  mode: 'fanIn',
  distribution: 'uniform',
});
export const heNormal = /* @__PURE__ */ scaledAs('heNormal', {
  scale: 2,
  mode: 'fanIn',
  distribution: 'truncatedNormal',
});
/** LeCun et al. 1998. */
export const lecunUniform = /* @__PURE__ */ scaledAs('lecunUniform', {
  scale: 1,
  mode: 'fanIn',
  distribution: 'uniform',
});
export const lecunNormal = /* @__PURE__ */ scaledAs('lecunNormal', {
  scale: 1,
  mode: 'fanIn',
  distribution: 'truncatedNormal',
});

/** The initializers every registry knows. */
export const initializers: Catalogue<Initializer> = /* @__PURE__ */ new Catalogue<Initializer>(
  'initializer',
  [
    zeros,
    ones,
    constant,
    identity,
    randomUniform,
    randomNormal,
    truncatedNormal,
    orthogonal,
    varianceScaling,
    glorotUniform,
    glorotNormal,
    heUniform,
    heNormal,
    lecunUniform,
    lecunNormal,
  ],
);

/** The names of core's initializers; plugins' are given as objects. */
export type InitializerName =
  | 'zeros'
  | 'ones'
  | 'constant'
  | 'identity'
  | 'randomUniform'
  | 'randomNormal'
  | 'truncatedNormal'
  | 'orthogonal'
  | 'varianceScaling'
  | 'glorotUniform'
  | 'glorotNormal'
  | 'heUniform'
  | 'heNormal'
  | 'lecunUniform'
  | 'lecunNormal';

/** Inputs and outputs of a weight of that shape, as Keras counts them: leading axes are a receptive field. */
export function fans(shape: readonly number[]): { fanIn: number; fanOut: number } {
  if (shape.length === 0) return { fanIn: 1, fanOut: 1 };
  if (shape.length === 1) return { fanIn: shape[0]!, fanOut: shape[0]! };
  const field = shape.slice(0, -2).reduce((product, size) => product * size, 1);
  return { fanIn: shape.at(-2)! * field, fanOut: shape.at(-1)! * field };
}

/** Rows and columns of a shape whose leading axes are taken together. Throws `initializer-shape` below two axes. */
function matrixShape(shape: readonly number[], where: string): [number, number] {
  if (shape.length >= 2) {
    return [shape.slice(0, -1).reduce((product, size) => product * size, 1), shape.at(-1)!];
  }
  throw new OstinatoError('initializer-shape', {
    where,
    what: 'The shape is not that of a matrix',
    expected: 'at least two axes',
    received: show(shape),
  });
}
