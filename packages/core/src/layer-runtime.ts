/**
 * Building and calling a layer outside any model: what models, wrappers and tests share.
 *
 * Models add what is theirs (names, optimizers, the epoch); nothing here keeps state.
 */
import * as tf from '@tensorflow/tfjs-core';
import { isOstinatoError, OstinatoError } from './errors.js';
import type { Initializer } from './initializers.js';
import type { JsonObject } from './json.js';
import { KernelChooser } from './kernel-choice.js';
import type { BuildContext, CallContext, Layer, Mask, NewParam } from './layer.js';
import { layerObserver } from './layer-observer.js';
import { orMemoryError } from './memory-errors.js';
import { Param } from './param.js';
import { foreignStream, isRecording, meetLayer, refuseRecording } from './recording.js';
import type { Registry } from './registry.js';
import { isRepeatable } from './repeatable.js';
import type { Rng } from './rng.js';
import { type Shape, showShape, showTensor } from './shapes.js';
import { takeRoom } from './weight-room.js';
import { withoutGradient } from './without-gradient.js';

/** What building needs from its surroundings. */
export interface BuildOptions {
  readonly registry: Registry;
  /** Root of the weights' streams: each weight draws from `rng.split(<path>/<name>)`. */
  readonly rng: Rng;
  readonly path: string;
  readonly inputShapes: readonly Shape[];
  readonly kernels?: KernelChooser;
  /** Names the weights' streams in place of `path`: that in the model whose seed this is. */
  readonly streams?: string;
}

/** What building has made or found. */
interface Built {
  /** Each weight's path. */
  readonly params: Map<Param, { readonly path: string; readonly made: boolean }>;
  /** The first activation that is not said to be repeatable. */
  activation?: string;
}

const pathsOf = new WeakMap<Layer, ReadonlyMap<Param, string>>();
/** Layers with an activation that is not said to be repeatable, and its name. */
const unrepeatableIn = new WeakMap<Layer, string>();

/**
 * Makes a layer's weights. Their values depend on the seed, the path and the weight's name alone.
 *
 * Throws   what the layer says of its inputs; `layer-built` when it was built before; `memory`; `param-unlisted` for a weight
 *          that is made and not put into `params`
 */
export function buildLayer(layer: Layer, options: BuildOptions): void {
  if (layer.params.length > 0 && !layer.standsAlone) throw builtBefore(layer, options.path);
  const built: Built = { params: new Map() };
  try {
    layer.build(contextFor(options, built));
    checkListed(layer, built);
  } catch (error) {
    for (const [param, { made }] of built.params) if (made) param.dispose();
    layer.params = []; // it may be built again, for other inputs
    throw error;
  }
  const below = ([param, { path }]: [Param, { readonly path: string }]): [Param, string] => [
    param,
    path.slice(options.path.length + 1),
  ];
  pathsOf.set(layer, new Map([...built.params].map(below)));
  if (built.activation !== undefined) unrepeatableIn.set(layer, built.activation);
}

/** The path of one of a layer's weights below the layer itself: `kernel`, `forward/kernel`. */
export function pathInLayer(layer: Layer, param: Param): string {
  return pathsOf.get(layer)?.get(param) ?? param.name;
}

/**
 * Makes the weights of a layer inside another, in the context of that part. They are trained while the part is
 * trainable. Returns them, for the whole to list.
 *
 * Throws   what the layer says of its inputs; `layer-built` when it stands somewhere else already
 */
export function buildPart(layer: Layer, context: BuildContext): readonly Param[] {
  if (!layer.standsAlone && layer.params.some((param) => !param.disposed)) {
    throw builtBefore(layer, context.path);
  }
  layer.params = [];
  layer.build(context);
  for (const param of layer.params) param.standIn(layer);
  return layer.params;
}

function builtBefore(layer: Layer, path: string): OstinatoError {
  return new OstinatoError('layer-built', {
    where: path,
    what: `This layer was built before (it has ${layer.params.length} weights)`,
    fix: 'Make a layer for each model; within a model a layer is built once',
  });
}

function checkListed(layer: Layer, built: Built): void {
  const unlisted = [...built.params.keys()].find((param) => !layer.params.includes(param));
  if (!unlisted) return;
  throw new OstinatoError('param-unlisted', {
    where: unlisted.path,
    what: `${layer.registeredName} made this weight in build() and does not list it: it would not be trained, saved or freed`,
    fix: 'Put it into `this.params`',
  });
}

/** The context in which a layer at `options.path` makes its weights. */
export function buildContext(options: BuildOptions): BuildContext {
  return contextFor(options, { params: new Map() });
}

/** `built` collects every weight, those of parts too. */
function contextFor(options: BuildOptions, built: Built): BuildContext {
  const { registry, rng, path, inputShapes, streams = path } = options;
  const kernels = options.kernels ?? new KernelChooser(registry.kernels);
  return {
    inputShapes,
    path,
    kernels: kernels.at(path),
    param: (name, shape, wanted) => {
      const stream = rng.split(`${streams}/${name}`);
      const param = makeParam(registry, stream, `${path}/${name}`, name, shape, wanted);
      built.params.set(param, { path: param.path, made: true });
      return param;
    },
    adopt: (weights) => {
      for (const { path: below, param } of weights) {
        built.params.set(param, { path: `${path}/${below}`, made: false });
      }
    },
    activation: (identifier) => {
      const found = registry.activations.resolve(identifier ?? 'linear', path);
      if (!isRepeatable(found)) built.activation ??= found.name;
      return found;
    },
    initializer: (identifier) => registry.initializers.resolve(identifier, path),
    part: (name, shapes) =>
      contextFor(
        {
          ...options,
          kernels,
          path: `${path}/${name}`,
          streams: `${streams}/${name}`,
          inputShapes: shapes,
        },
        built,
      ),
    copy: (layer, changes) => copyLayer(registry, layer, changes, path),
  };
}

function copyLayer(registry: Registry, layer: Layer, changes: JsonObject, where: string): Layer {
  const json = registry.layerToJSON(layer);
  return registry.layerFromJSON({ ...json, config: { ...(json.config as JsonObject), ...changes } }, where);
}

function makeParam(
  registry: Registry,
  stream: Rng,
  path: string,
  name: string,
  shape: readonly number[],
  wanted: NewParam,
): Param {
  const initializer: Initializer = registry.initializers.resolve(wanted.initializer, path);
  const optional = <T>(
    identifier: unknown,
    resolve: (identifier: unknown, where: string) => T,
  ): T | undefined =>
    identifier === null || identifier === undefined ? undefined : resolve(identifier, path);
  const options = {
    trainable: wanted.trainable ?? true,
    regularizer: optional(wanted.regularizer, (id, where) => registry.regularizers.resolve(id, where)),
    constraint: optional(wanted.constraint, (id, where) => registry.constraints.resolve(id, where)),
  };
  takeRoom(path, shape);
  try {
    const values = initializer.apply(shape, stream); // after all that may fail
    return new Param(name, path, tf.tensor(values, [...shape], 'float32'), options);
  } catch (error) {
    throw orMemoryError(error, path, 'this weight', [shape]);
  }
}

/** What a call needs from its surroundings. */
export interface CallOptions {
  readonly registry: Registry;
  /** Randomness of this call. */
  readonly rng: Rng;
  readonly path: string;
  readonly training?: boolean;
  readonly masks?: readonly Mask[];
  readonly kernels?: KernelChooser;
  /** Takes the new values that layers ask for of weights without gradients. Default: they are not taken. */
  readonly update?: CallContext['update'] | undefined;
}

/** Outputs and their masks. Call it inside `tidy`. */
export interface LayerResult {
  readonly outputs: readonly tf.Tensor[];
  readonly masks: readonly Mask[];
}

/**
 * Calls a built layer.
 *
 * Throws   `layer-output` when the outputs' shapes are not those it announced; `op-missing` when the backend lacks a
 *          kernel; `memory` when there is no room; anything else the layer throws, with its path
 */
export function callLayer(layer: Layer, inputs: readonly tf.Tensor[], options: CallOptions): LayerResult {
  const { registry, path, training = false, update = () => {} } = options;
  const rng = foreignStream(options.rng);
  const masks = options.masks ?? inputs.map(() => null);
  const kernels = options.kernels ?? new KernelChooser(registry.kernels);
  return callPart(
    layer,
    inputs,
    callContext({ training, trainable: true, masks, path, rng, update }, kernels),
  );
}

function callContext(given: Omit<CallContext, 'kernels' | 'part'>, kernels: KernelChooser): CallContext {
  const { training, trainable, path, rng, update } = given;
  return {
    training,
    trainable,
    masks: given.masks.map(truthOf),
    path,
    rng,
    update,
    kernels: kernels.at(path),
    part: (name, masks, nth = 0) =>
      callContext({ ...given, masks, path: `${path}/${name}`, rng: streamOf(rng.split(name), nth) }, kernels),
  };
}

/** A mask as bool: layers of others may make some of numbers, of which all but 0 count. */
function truthOf(mask: Mask): Mask {
  return mask === null || mask.dtype === 'bool' ? mask : withoutGradient(() => tf.notEqual(mask, 0));
}

/** The stream of one of several calls: the first has the stream itself. */
export function streamOf(rng: Rng, nth: number): Rng {
  return nth === 0 ? rng : rng.split(`call ${nth}`);
}

/**
 * Calls a built layer inside another, in the context of that part: `context.part(name, masks)`.
 *
 * Throws   as `callLayer`
 */
export function callPart(layer: Layer, inputs: readonly tf.Tensor[], context: CallContext): LayerResult {
  const { path, masks } = context;
  if (isRecording()) tellRecording(layer);
  const observer = layerObserver();
  const given = observer?.before?.({ layer, path, inputs }) ?? inputs;
  return withPath(path, () => {
    const outputs = withRoom(layer, given, path, () => {
      const result = layer.call(given, layer.trainable ? context : frozen(context));
      return result instanceof tf.Tensor ? [result] : result;
    });
    checkOutputs(layer, given, outputs, path);
    observer?.after?.({ layer, path, inputs: given }, outputs);
    const outputMasks = (): readonly Mask[] => layer.outputMasks(given, masks).map(truthOf);
    return { outputs, masks: withRoom(layer, given, path, () => withoutGradient(outputMasks)) };
  });
}

function tellRecording(layer: Layer): void {
  meetLayer(layer);
  const activation = unrepeatableIn.get(layer);
  if (activation !== undefined)
    refuseRecording(`the activation '${activation}' is not said to be repeatable`);
}

/** Throws `memory` when there was no room for what the layer makes. */
function withRoom<T>(layer: Layer, inputs: readonly tf.Tensor[], path: string, f: () => T): T {
  try {
    return f();
  } catch (error) {
    const what = `what ${layer.registeredName} makes of ${inputs.map(showTensor).join(' and ')}`;
    throw orMemoryError(error, path, what, () => layer.outputShapes(inputs.map((input) => input.shape)));
  }
}

/** The context of a layer that is not trainable, and with it of all its parts. */
function frozen(context: CallContext): CallContext {
  return {
    ...context,
    trainable: false,
    part: (name, masks, nth) => frozen(context.part(name, masks, nth)),
  };
}

function checkOutputs(
  layer: Layer,
  inputs: readonly tf.Tensor[],
  outputs: readonly tf.Tensor[],
  path: string,
): void {
  const announced = layer.outputShapes(inputs.map((input) => input.shape));
  const agrees =
    announced.length === outputs.length &&
    outputs.every((output, i) => {
      const shape = announced[i]!;
      return (
        shape.length === output.rank &&
        shape.every((size, axis) => size === null || size === output.shape[axis])
      );
    });
  if (agrees) return;
  throw new OstinatoError('layer-output', {
    where: path,
    what: `${layer.registeredName} returned other shapes than its outputShapes() announces`,
    expected: announced.map(showShape).join(' and '),
    received: outputs.map(showTensor).join(' and '),
    fix: 'Correct outputShapes() or call()',
  });
}

/** Runs `f`; what it throws names the layer: OstinatoErrors pass, others are wrapped. */
export function withPath<T>(path: string, f: () => T): T {
  try {
    return f();
  } catch (error) {
    if (isOstinatoError(error)) throw error;
    throw explain(path, error);
  }
}

function explain(path: string, error: unknown): OstinatoError {
  const message = error instanceof Error ? error.message : String(error);
  const missing = /Kernel '([^']+)' not registered for backend '([^']+)'/.exec(message);
  if (missing) {
    return new OstinatoError('op-missing', {
      where: path,
      what: `The backend '${missing[2]}' has no kernel '${missing[1]}', which this layer needs`,
      fix: 'Choose another backend with useBackend(), or other options for this layer',
      cause: error,
    });
  }
  return new OstinatoError('layer-failed', { where: path, what: message.replace(/\.$/, ''), cause: error });
}
