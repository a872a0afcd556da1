/** The two tasks, each with the layers around the recurrent one and the loss that fits it. */
import type { Layer } from '@ostinato/core';
import { addingProblem, copyTask } from '@ostinato/datasets';
import { dense, embedding } from '@ostinato/layers';
import type { ShapedArray } from '@ostinato/training';

/** What the comparison needs of a task. */
export interface Task {
  readonly title: string;
  /** How far back it reaches: T. */
  readonly steps: number;
  readonly loss: string;
  /** The loss of the best answer without memory. */
  readonly baseline: number;
  readonly draw: (rows: number, seed: number) => { readonly x: ShapedArray; readonly y: ShapedArray };
  /** Samples that no training sees. */
  readonly test: { readonly x: ShapedArray; readonly y: ShapedArray };
  /** Whether the recurrent layer puts out all steps. */
  readonly returnSequences: boolean;
  readonly before: () => Layer[];
  readonly after: () => Layer[];
}

export const TASKS = { adding, copy } as const;

/** Remember two marked numbers, give their sum. */
function adding(steps: number): Task {
  const { test, baseline } = addingProblem({ steps, train: 1, test: 1000, seed: 1 });
  return {
    title: `Adding problem, T=${steps}`,
    steps,
    loss: 'meanSquaredError',
    baseline: baseline.loss,
    draw: (rows, seed) => addingProblem({ steps, train: rows, test: 1, seed }).train,
    test,
    returnSequences: false,
    before: () => [],
    after: () => [dense({ units: 1 })],
  };
}

/** Remember ten symbols, repeat them in their order. */
function copy(steps: number): Task {
  const { test, baseline, ids } = copyTask({ steps, train: 1, test: 500, seed: 1 });
  return {
    title: `Copy task, T=${steps}`,
    steps,
    loss: 'sparseCategoricalCrossentropy',
    baseline: baseline.loss,
    draw: (rows, seed) => copyTask({ steps, train: rows, test: 1, seed }).train,
    test,
    returnSequences: true,
    before: () => [oneHot(ids.count)],
    after: () => [dense({ units: ids.count, activation: 'softmax' })],
  };
}

/** Ids as the literature gives them to the network: a table of ones on its diagonal, which is not trained. */
function oneHot(ids: number): Layer {
  return embedding({ inputDim: ids, outputDim: ids, embeddingsInitializer: 'identity', trainable: false });
}
