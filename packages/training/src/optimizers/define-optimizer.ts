/** How an optimizer is made of a chain of links: options, learning rate, and the fused kernel that may stand for it. */
import {
  fillOptions,
  type JsonObject,
  type LearningRateSchedule,
  type Optimizer,
  type OptionChecks,
  OstinatoError,
  type ParamUpdate,
  type Slots,
  show,
  toIdentifier,
  type UpdateContext,
  type UpdatedParam,
  type WeightAverage,
} from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import { givenOptions } from '../given-options.js';
import {
  COMMON_CHECKS,
  COMMON_DEFAULTS,
  type CommonSettings,
  checkClipping,
  clippingLinks,
  decayOf,
  type OptimizerOptions,
} from './common-options.js';
import { type DecayWeightsOptions, decayAt, decayWeights } from './links/decay-weights.js';
import { firstSlots, type Link, type LinkInput, runLinks } from './links/link.js';
import { checkRate } from './optimizer-options.js';

/** The options of one optimizer beside those that all have. */
type Own<Options> = Required<Omit<Options, keyof OptimizerOptions>>;

/** One kernel call in place of all links, for one parameter. `weightDecay` is 0 unless the kernel `decays`. */
export type FusedUpdate = (given: ParamUpdate, weightDecay: number) => UpdatedParam;

/** What makes an optimizer what it is. */
export interface OptimizerSpec<Options extends OptimizerOptions> {
  /** Its name in configs and files. */
  readonly name: string;
  /** Of its own options, and of common ones that differ from Keras' usual. */
  readonly defaults: Own<Options> & { readonly learningRate: number; readonly weightDecay?: number };
  /** An option without a check must be a finite number. */
  readonly checks?: OptionChecks<Own<Options>>;
  /** From the gradient, clipped if that was asked for, to what is subtracted from the parameter. */
  readonly links: (options: Own<Options>) => readonly Link[];
  /** The kernel that does the same in one pass, if one serves; must agree with `links` in its slots. */
  readonly fused?: (options: Own<Options>, context: UpdateContext) => FusedUpdate | undefined;
  /** Whether that kernel makes the weights smaller, too; else they are before it is called. Default false. */
  readonly decays?: boolean;
}

/**
 * An optimizer from its chain of links. Clipping, weight decay, averages, accumulation and schedules come by themselves.
 *
 * Returns a function from options to optimizers, which a plugin lists under its name.
 *
 * Throws   `optimizer-spec`
 *
 * @example
 * const signum = defineOptimizer<OptimizerOptions & { readonly decay?: number }>({
 *   name: 'signum',
 *   defaults: { learningRate: 0.001, decay: 0.9 },
 *   links: ({ decay }) => [
 *     momentum({ decay }),
 *     { update: ({ change }) => ({ change: tf.sign(change) }) },
 *     scaleByLearningRate(),
 *   ],
 * });
 */
export function defineOptimizer<Options extends OptimizerOptions>(
  spec: OptimizerSpec<Options>,
): (options?: Options) => Optimizer {
  checkSpec(spec);
  const defaults = { ...COMMON_DEFAULTS, ...spec.defaults };
  const checks = { ...spec.checks, ...COMMON_CHECKS } as OptionChecks<typeof defaults>;
  return (options = {} as Options) => {
    const settings = fillOptions(spec.name, defaults, options as object as Partial<typeof defaults>, checks);
    return new ChainedOptimizer(spec, settings as Own<Options> & CommonSettings, defaults);
  };
}

function checkSpec(spec: unknown): void {
  const { name, defaults, links } = (spec ?? {}) as Partial<Record<'name' | 'defaults' | 'links', unknown>>;
  const whole = typeof name === 'string' && typeof defaults === 'object' && typeof links === 'function';
  if (whole && defaults !== null) return;
  throw new OstinatoError('optimizer-spec', {
    where: 'defineOptimizer',
    what: 'This does not say what an optimizer is',
    expected: '{ name, defaults, links } with a function from options to links',
    received: show(spec),
  });
}

class ChainedOptimizer<Options extends OptimizerOptions> implements Optimizer {
  readonly name: string;
  readonly gradientAccumulationSteps: number | undefined;
  readonly average: WeightAverage | undefined;
  iterations = 0;
  #rate: number | LearningRateSchedule;
  readonly #settings: Own<Options> & CommonSettings;
  readonly #defaults: object;
  readonly #clipping: readonly Link[];
  readonly #decay: DecayWeightsOptions;
  readonly #links: readonly Link[];
  readonly #spec: OptimizerSpec<Options>;

  constructor(spec: OptimizerSpec<Options>, settings: Own<Options> & CommonSettings, defaults: object) {
    checkClipping(spec.name, settings);
    this.name = spec.name;
    this.#spec = spec;
    this.#settings = settings;
    this.#defaults = defaults;
    this.#rate = settings.learningRate;
    this.#clipping = clippingLinks(settings);
    this.#decay = decayOf(settings);
    this.#links = spec.links(settings);
    this.gradientAccumulationSteps = settings.gradientAccumulationSteps ?? undefined;
    this.average = averageOf(settings);
  }

  get learningRate(): number {
    return typeof this.#rate === 'number' ? this.#rate : this.#rate.rate(this.iterations);
  }

  set learningRate(value: number | LearningRateSchedule) {
    checkRate(this.name, value);
    this.#rate = value;
  }

  get schedule(): LearningRateSchedule | undefined {
    return typeof this.#rate === 'number' ? undefined : this.#rate;
  }

  get config(): JsonObject {
    const learningRate = typeof this.#rate === 'number' ? this.#rate : toIdentifier(this.#rate);
    return givenOptions({ ...(this.#settings as object), learningRate }, this.#defaults);
  }

  init(param: tf.Tensor): Slots {
    return firstSlots(this.#links, param, this.name);
  }

  update(params: readonly ParamUpdate[], context: UpdateContext): readonly UpdatedParam[] {
    const given = params.map(({ path, param, gradient, slots }) => ({
      path,
      param,
      change: gradient,
      slots,
    }));
    const { fused: find, decays = false } = this.#spec;
    const fused = find?.(this.#settings, context);
    const decay = this.#decay.rate > 0 && !(fused && decays) ? [decayWeights(this.#decay)] : [];
    const prepared = runLinks([...this.#clipping, ...decay], given, context);
    if (!fused) return runLinks(this.#links, prepared, context).map(subtract);
    return prepared.map(({ path, param, change, slots }) =>
      fused({ path, param, gradient: change, slots }, decays ? decayAt(this.#decay, path) : 0),
    );
  }
}

function subtract({ param, change, slots }: LinkInput): UpdatedParam {
  return { param: tf.sub(param, change), slots };
}

function averageOf({
  useEma,
  emaMomentum,
  emaOverwriteFrequency,
}: CommonSettings): WeightAverage | undefined {
  if (!useEma) return undefined;
  return {
    momentum: emaMomentum,
    ...(emaOverwriteFrequency === null ? {} : { overwriteFrequency: emaOverwriteFrequency }),
  };
}
