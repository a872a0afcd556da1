/**
 * The one loop over time: masks, direction and stacking of outputs for any cell.
 *
 * Autodiff through it is backpropagation through time. The steps are taken apart with `unstack`, whose gradient is one
 * `stack`; slicing a step at a time would cost O(steps²) in the backward pass. Not here: fused kernels, kept states.
 */
import type { Cell, Step, StepContext } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';

export interface TimeLoopOptions {
  readonly mask: tf.Tensor | null;
  readonly initialStates: readonly tf.Tensor[];
  readonly goBackwards: boolean;
  readonly returnSequences: boolean;
}

export interface TimeLoopResult {
  /** [batch, steps, …] in the order in which steps were read, or [batch, …] of the last one */
  readonly output: tf.Tensor;
  readonly states: readonly tf.Tensor[];
}

/**
 * Runs a cell over a sequence in tfjs ops.
 *
 * Shapes   x f32[batch, steps, …] as `cell.prepare` gave it; mask bool[batch, steps]
 * Memory   runs inside the caller's `tidy`
 */
export function runTimeLoop(
  cell: Cell,
  x: tf.Tensor,
  options: TimeLoopOptions,
  context: StepContext,
): TimeLoopResult {
  const steps = inOrder(takeApart(x), options.goBackwards);
  const masks = options.mask ? inOrder(tf.unstack(options.mask, 1), options.goBackwards) : undefined;
  const outputs: tf.Tensor[] = [];
  let current: Step = { output: zeroOutput(cell, x.shape[0]!), states: options.initialStates };
  steps.forEach((step, t) => {
    const previous = current;
    current = tidyStep(() => {
      const next = cell.step(step, previous.states, context);
      return masks ? carryOver(masks[t]!, next, previous) : next;
    });
    if (options.returnSequences) outputs.push(current.output);
  });
  return { output: options.returnSequences ? putTogether(outputs) : current.output, states: current.states };
}

/**
 * The steps of x. What has more axes than a batch of vectors is seen as vectors meanwhile: tfjs' wasm backend takes
 * tensors of more than four axes apart value by value.
 */
function takeApart(x: tf.Tensor): tf.Tensor[] {
  const [batch, steps, ...rest] = x.shape as [number, number, ...number[]];
  if (rest.length < 2) return tf.unstack(x, 1);
  return tf.unstack(tf.reshape(x, [batch, steps, -1]), 1).map((step) => tf.reshape(step, [batch, ...rest]));
}

/** The steps stacked along axis 1; its gradient takes apart, hence the same detour. */
function putTogether(steps: readonly tf.Tensor[]): tf.Tensor {
  const [batch, ...rest] = steps[0]!.shape as [number, ...number[]];
  if (rest.length < 2) return tf.stack([...steps], 1);
  const flat = steps.map((step) => tf.reshape(step, [batch, -1]));
  return tf.reshape(tf.stack(flat, 1), [batch, steps.length, ...rest]);
}

/** A copy: the tape of gradients holds on to the list that `unstack` returned, and to its order. */
function inOrder(steps: readonly tf.Tensor[], backwards: boolean): readonly tf.Tensor[] {
  return backwards ? [...steps].reverse() : steps;
}

function tidyStep(run: () => Step): Step {
  const [output, ...states] = tf.tidy(() => {
    const step = run();
    return [step.output, ...step.states];
  });
  return { output: output!, states };
}

/** Where the mask is false, the states of the step before stay and its output (zeros before the first) is repeated. */
function carryOver(mask: tf.Tensor, next: Step, previous: Step): Step {
  return {
    output: choose(mask, next.output, previous.output),
    states: next.states.map((state, i) => choose(mask, state, previous.states[i]!)),
  };
}

function choose(mask: tf.Tensor, ifTrue: tf.Tensor, ifFalse: tf.Tensor): tf.Tensor {
  const rows = tf.reshape(mask, [mask.shape[0]!, ...ifTrue.shape.slice(1).map(() => 1)]);
  return tf.where(rows, ifTrue, ifFalse);
}

function zeroOutput(cell: Cell, batch: number): tf.Tensor {
  return tf.zeros([batch, ...cell.outputShape]);
}
