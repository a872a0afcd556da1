/** Optimizer updates in one pass over a parameter: its slots in place, its new value in a new tensor. */
import {
  type AnyKernel,
  type Kernel,
  OstinatoError,
  powInteger,
  showShape,
  type UpdateInputs,
} from '@ostinato/core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { KernelRuntime } from './kernel-runtime.js';
import { splitRange } from './split-range.js';

/** The updates that run in `runtime`'s memory: see `optimizer.*` in core. */
export function optimizerKernels(runtime: KernelRuntime): AnyKernel[] {
  return [sgdKernel(runtime), adamKernel(runtime), rmspropKernel(runtime)];
}

/** Squares below 2⁻¹⁰⁰ become zero (`assembly/drop-tiny.ts`). That shows where epsilon is not much larger: than their root, or than they. */
const ADAM_EPSILON = 1e-12;
const RMSPROP_EPSILON = 1e-24;

function tooSmall(epsilon: number, least: number): string | undefined {
  return epsilon < least ? `epsilon below ${least}` : undefined;
}

function sgdKernel(runtime: KernelRuntime): Kernel<'optimizer.sgd'> {
  return {
    op: 'optimizer.sgd',
    refuse: () => runtime.refusal,
    run(inputs, { learningRate, momentum, nesterov }) {
      const { weight, gradient, slots } = addresses(runtime, inputs, momentum > 0 ? 1 : 0);
      const places = [slots[0] ?? 0, weight, gradient];
      return update(runtime, 'sgdUpdate', inputs.param, places, [learningRate, momentum, nesterov ? 1 : 0]);
    },
  };
}

function adamKernel(runtime: KernelRuntime): Kernel<'optimizer.adam'> {
  return {
    op: 'optimizer.adam',
    refuse: ({ epsilon }) => runtime.refusal ?? tooSmall(epsilon, ADAM_EPSILON),
    run(inputs, { learningRate, beta1, beta2, epsilon, step, weightDecay = 0 }) {
      const { weight, gradient, slots } = addresses(runtime, inputs, 2);
      const alpha = (learningRate * Math.sqrt(1 - powInteger(beta2, step))) / (1 - powInteger(beta1, step));
      const places = [slots[0]!, slots[1]!, weight, gradient];
      const settings = [alpha, 1 - beta1, 1 - beta2, epsilon, 1 - learningRate * weightDecay];
      return update(runtime, 'adamUpdate', inputs.param, places, settings);
    },
  };
}

function rmspropKernel(runtime: KernelRuntime): Kernel<'optimizer.rmsprop'> {
  return {
    op: 'optimizer.rmsprop',
    refuse: ({ epsilon }) => runtime.refusal ?? tooSmall(epsilon, RMSPROP_EPSILON),
    run(inputs, { learningRate, rho, momentum, epsilon, centered }) {
      const pushed = momentum > 0;
      const { weight, gradient, slots } = addresses(
        runtime,
        inputs,
        1 + (pushed ? 1 : 0) + (centered ? 1 : 0),
      );
      const inertia = pushed ? slots[1]! : 0;
      const mean = centered ? slots.at(-1)! : 0;
      const places = [slots[0]!, inertia, mean, weight, gradient];
      const settings = [learningRate, rho, 1 - rho, momentum, epsilon];
      return update(runtime, 'rmspropUpdate', inputs.param, places, settings);
    },
  };
}

/** Values that are worth a call of their own: four pages of memory. */
const LEAST_VALUES = 4096;

/**
 * The new value. There is a call for each piece, which marks whether it is finite; `places` that are null stay null. Updates go
 * value by value: the cut does not touch the result.
 */
function update(
  runtime: KernelRuntime,
  name: 'sgdUpdate' | 'adamUpdate' | 'rmspropUpdate',
  { shape, size }: Tensor,
  places: readonly number[],
  settings: readonly number[],
): Tensor {
  const { storage } = runtime;
  const ranges = splitRange(size, runtime.pieces, LEAST_VALUES);
  const { tensor, marks } = storage.marked(shape, ranges.length);
  const out = storage.addressOf(tensor);
  const calls = ranges.map(([first, end], i) => [
    out + 4 * first,
    ...places.map((place) => place && place + 4 * first),
    end - first,
    ...settings,
    marks.start + 4 * i,
  ]);
  runtime.run(name, calls);
  return tensor;
}

interface Addresses {
  readonly weight: number;
  readonly gradient: number;
  readonly slots: readonly number[];
}

/** Where everything lies; all of it in the kernels' memory from here on. */
function addresses(
  { storage }: KernelRuntime,
  { param, gradient, slots }: UpdateInputs,
  slotCount: number,
): Addresses {
  const { shape } = param;
  const fits = (tensor: Tensor): boolean =>
    tensor.rank === shape.length && tensor.shape.every((size, i) => size === shape[i]);
  if (slots.length !== slotCount || !fits(gradient) || !slots.every(fits)) {
    throw new OstinatoError('shape-mismatch', {
      where: '@ostinato/kernels optimizer',
      what: 'Gradient and slots do not fit the parameter',
      expected: `a gradient and ${slotCount} slots of ${showShape(shape)}`,
      received: [gradient, ...slots].map((tensor) => showShape(tensor.shape)).join(', '),
    });
  }
  return {
    weight: storage.addressOf(param),
    gradient: storage.addressOf(gradient),
    slots: slots.map((slot) => storage.addressOf(slot)),
  };
}
