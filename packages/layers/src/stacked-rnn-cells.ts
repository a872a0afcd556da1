/** Cells one on top of the other, as one cell. */
import {
  type BuildContext,
  Cell,
  type ConfigWriter,
  checkFields,
  defineCell,
  type JsonObject,
  meetPart,
  OstinatoError,
  type Shape,
  type Step,
  type StepContext,
  show,
} from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import { buildCell } from './build-cell.js';

const NAME = '@ostinato/layers>StackedRNNCells';

export interface StackedRNNCellsOptions {
  /** From the one that reads the input to the one whose output is the stack's. */
  readonly cells: readonly Cell[];
}

/**
 * A stack of cells: at each step the output of one is the input of the next.
 *
 * Shapes   x f32[batch, …] · the states of all cells, the first cell's first → output of the last cell · states
 * Weights  those of the cells, in their order, at `<path>/0`, `<path>/1`, …
 * Throws   `config-cells`
 * Source   Keras 3
 * Differs  a stack of layers gives the same numbers and, where there are fused kernels, is much faster
 *
 * @example
 * const layer = rnn({ cell: stackedRNNCells({ cells: [lstmCell({ units: 32 }), gruCell({ units: 16 })] }) });
 */
export class StackedRNNCells extends Cell {
  static override readonly repeatable = true;
  readonly registeredName = NAME;
  readonly cells: readonly Cell[];

  constructor(options: StackedRNNCellsOptions) {
    super();
    checkFields(NAME, options, ['cells']);
    checkCells(options.cells);
    this.cells = [...options.cells];
  }

  get stateShapes(): readonly (readonly number[])[] {
    return this.cells.flatMap((cell) => cell.stateShapes);
  }

  get outputShape(): readonly number[] {
    return this.cells.at(-1)!.outputShape;
  }

  override plan(step: Shape, path: string): void {
    let shape = step;
    for (const cell of this.cells) {
      cell.plan?.(shape, path);
      shape = [step[0] ?? null, ...cell.outputShape];
    }
  }

  build(context: BuildContext): void {
    const [step = [], ...constants] = context.inputShapes;
    let shape = step;
    for (const [i, cell] of this.cells.entries()) {
      buildCell(cell, context.part(String(i), [shape, ...constants]));
      shape = [step[0] ?? null, ...cell.outputShape];
    }
    this.params = this.cells.flatMap((cell) => cell.params);
  }

  override dropInput(x: tf.Tensor, context: StepContext): tf.Tensor {
    for (const cell of this.cells) meetPart(cell, cell.registeredName);
    return this.cells[0]!.dropInput(x, partContext(context, 0));
  }

  override prepare(x: tf.Tensor, context: StepContext): tf.Tensor {
    return this.cells[0]!.prepare(x, partContext(context, 0));
  }

  step(x: tf.Tensor, states: readonly tf.Tensor[], context: StepContext): Step {
    let output = x;
    let place = 0;
    const next = this.cells.flatMap((cell, i) => {
      const part = partContext(context, i);
      const own = states.slice(place, place + cell.stateShapes.length);
      place += cell.stateShapes.length;
      const step = cell.step(i === 0 ? x : prepareStep(cell, output, part), own, part);
      output = step.output;
      return step.states;
    });
    return { output, states: next };
  }

  getConfig(write: ConfigWriter): JsonObject {
    return { cells: this.cells.map(write) };
  }

  override trainingOps(): readonly string[] {
    return [...new Set(this.cells.flatMap((cell) => cell.trainingOps()))];
  }
}

/** One step as a sequence of one: what is dropped stays the same for all steps. */
function prepareStep(cell: Cell, x: tf.Tensor, context: StepContext): tf.Tensor {
  const prepared = cell.prepare(cell.dropInput(tf.expandDims(x, 1), context), context);
  return tf.squeeze(prepared, [1]);
}

/** Randomness, and what is computed once, of the cell at that place. */
function partContext(context: StepContext, index: number): StepContext {
  return {
    ...context,
    path: `${context.path}/${index}`,
    rng: context.rng.split(index),
    once: (name, make) => context.once(`${index}/${name}`, make),
  };
}

function checkCells(cells: unknown): void {
  const all: readonly unknown[] = Array.isArray(cells) ? cells : [];
  const wrong = all.findIndex((cell) => typeof (cell as Partial<Cell> | null)?.step !== 'function');
  const twice = all.findIndex((cell, i) => all.indexOf(cell) !== i);
  if (all.length > 0 && wrong < 0 && twice < 0) return;
  const received = wrong >= 0 ? `${show(all[wrong])} at ${wrong}` : `cell ${all.indexOf(all[twice])} again`;
  throw new OstinatoError('config-cells', {
    where: NAME,
    what: '`cells` is not a list of different cells',
    expected: 'one or more objects made by cell factories such as lstmCell()',
    received: all.length > 0 ? received : show(cells),
  });
}

export const stackedRNNCellsSpec = /* @__PURE__ */ defineCell({
  name: NAME,
  create: (options: StackedRNNCellsOptions) => new StackedRNNCells(options),
  read: ({ cells, ...rest }, nested) => ({
    ...rest,
    cells: Array.isArray(cells) ? cells.map((cell) => nested.cell(cell, NAME)) : cells,
  }),
});

/** Cells one on top of the other, to put into `rnn({ cell })`. */
export function stackedRNNCells(options: StackedRNNCellsOptions): StackedRNNCells {
  return new StackedRNNCells(options);
}
