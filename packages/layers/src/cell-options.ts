/** Options that SimpleRNN, LSTM and GRU share, their checks and their JSON. */
import {
  type Activation,
  type ActivationName,
  type Constraint,
  type ConstraintName,
  checkBoolean,
  checkFields,
  checkProbability,
  checkSize,
  defined,
  type Initializer,
  type InitializerName,
  type JsonObject,
  type Regularizer,
  type RegularizerName,
  toIdentifier,
} from '@ostinato/core';

/** Options of weights with names or objects, as Keras calls them. */
export interface WeightOptions {
  /** Default `glorotUniform`. */
  readonly kernelInitializer?: InitializerName | Initializer;
  /** Default `zeros`. */
  readonly biasInitializer?: InitializerName | Initializer;
  readonly kernelRegularizer?: RegularizerName | Regularizer | null;
  readonly biasRegularizer?: RegularizerName | Regularizer | null;
  readonly kernelConstraint?: ConstraintName | Constraint | null;
  readonly biasConstraint?: ConstraintName | Constraint | null;
}

/** Options of a recurrent cell. */
export interface CellOptions extends WeightOptions {
  /** Size of the hidden state. */
  readonly units: number;
  /** Default `tanh`; null means linear. */
  readonly activation?: ActivationName | Activation | null;
  /** Default true. */
  readonly useBias?: boolean;
  /** Default `orthogonal`. */
  readonly recurrentInitializer?: InitializerName | Initializer;
  readonly recurrentRegularizer?: RegularizerName | Regularizer | null;
  readonly recurrentConstraint?: ConstraintName | Constraint | null;
  /** Probability of dropping an input, one mask for all steps. Default 0. */
  readonly dropout?: number;
  /** Probability of dropping a state on its way into the next step, one mask for all steps. Default 0. */
  readonly recurrentDropout?: number;
}

/** Options of a cell whose gates have an activation of their own. */
export interface GatedCellOptions extends CellOptions {
  /** Activation of the gates; default `sigmoid`. tfjs-layers has hardSigmoid. */
  readonly recurrentActivation?: ActivationName | Activation | null;
}

const WEIGHT_DEFAULTS = {
  kernelInitializer: 'glorotUniform',
  biasInitializer: 'zeros',
  kernelRegularizer: null,
  biasRegularizer: null,
  kernelConstraint: null,
  biasConstraint: null,
} as const;

const CELL_DEFAULTS = {
  ...WEIGHT_DEFAULTS,
  activation: 'tanh',
  useBias: true,
  recurrentInitializer: 'orthogonal',
  recurrentRegularizer: null,
  recurrentConstraint: null,
  dropout: 0,
  recurrentDropout: 0,
} as const;

/** What the driver reads of the same options object. */
export const DRIVER_FIELDS = [
  'returnSequences',
  'returnState',
  'goBackwards',
  'stateful',
  'zeroOutputForMask',
  'name',
  'trainable',
] as const;

/** Cell options with every default filled in. */
export type FullCellOptions = Required<CellOptions>;

/**
 * Checks a cell's options and fills in Keras 3's defaults. `extra` are the defaults of options this cell alone has.
 *
 * Throws   `config-units`, `config-use-bias`, `config-dropout`, `config-recurrent-dropout`, `config-unknown`
 */
export function fillCellOptions<Extra extends object>(
  where: string,
  options: CellOptions & Partial<Extra>,
  extra: Extra,
): FullCellOptions & Extra {
  checkFields(where, options, [
    'units',
    ...Object.keys(CELL_DEFAULTS),
    ...Object.keys(extra),
    ...DRIVER_FIELDS,
  ]);
  const full = { ...CELL_DEFAULTS, ...extra, ...defined(options) } as FullCellOptions & Extra;
  checkSize(where, 'units', full.units);
  checkBoolean(where, 'useBias', full.useBias);
  checkProbability(where, 'dropout', full.dropout);
  checkProbability(where, 'recurrentDropout', full.recurrentDropout);
  return full;
}

/** Defaults of the weights of a layer with a kernel and a bias. */
export function fillWeightOptions<O extends object>(options: O): O & Required<WeightOptions> {
  return { ...WEIGHT_DEFAULTS, ...defined(options) } as O & Required<WeightOptions>;
}

/** The options as JSON: names for named objects, the rest as it is. Fields of the driver are left to it. */
export function optionsToJSON(options: object): JsonObject {
  const entries = Object.entries(options).filter(
    ([field]) => !(DRIVER_FIELDS as readonly string[]).includes(field),
  );
  return Object.fromEntries(
    entries.map(([field, value]) => [field, typeof value === 'object' ? toIdentifier(value) : value]),
  ) as JsonObject;
}
