/** Trains one model for each recurrent layer on the same task, and says which of them remembered. */
import type { Layer, Registry } from '@ostinato/core';
import { gru, lstm, simpleRNN } from '@ostinato/layers';
import { adam, type Sequential, sequential } from '@ostinato/training';
import { chronoBias, chronoUpdateBias } from './chrono-bias.js';
import { freshBatches } from './fresh-batches.js';
import type { Task } from './tasks.js';

/** What a contestant is told of its task. */
interface Room {
  readonly units: number;
  readonly returnSequences: boolean;
}

/** The layers that are compared: with the defaults of Keras, and an LSTM and a GRU that are told how long the task is. */
export const RECURRENT = {
  SimpleRNN: (room: Room) => simpleRNN(room),
  LSTM: (room: Room) => lstm(room),
  GRU: (room: Room) => gru(room),
  'LSTM-chrono': (room: Room, steps: number) =>
    lstm({ ...room, unitForgetBias: false, biasInitializer: chronoBias(steps) }),
  'GRU-chrono': (room: Room, steps: number) => gru({ ...room, biasInitializer: chronoUpdateBias(steps) }),
} as const;

export type LayerName = keyof typeof RECURRENT;

export interface Recipe {
  readonly units: number;
  readonly batchSize: number;
  /** Steps of training to an epoch; after each epoch the test samples are judged. */
  readonly stepsPerEpoch: number;
  /** At most so many; a model that has solved the task stops. */
  readonly epochs: number;
  readonly learningRate: number;
  /** Gradients of all weights together are no longer than this; null: as long as they come. */
  readonly clipNorm: number | null;
  readonly seed: number;
}

/** How one model did. */
export interface Outcome {
  readonly layer: LayerName;
  readonly weights: number;
  /** Steps of training that it took. */
  readonly steps: number;
  readonly seconds: number;
  /** On samples that it was not trained on. */
  readonly loss: number;
  /** `loss` as a part of the best loss without memory. */
  readonly ofBaseline: number;
  readonly verdict: 'solved' | 'remembers something' | 'no better than without memory';
  /** 'fused', or why the layer ran on ordinary ops. */
  readonly route: string;
}

/** Below this part of the baseline a task counts as solved. */
export const SOLVED = 0.1;

/** Below this part of the baseline a model must have remembered something: more than luck gives. */
const SOME_MEMORY = 0.95;

/**
 * Trains the layer on a task until it is solved or the epochs are over.
 *
 * Memory   frees the model
 */
export async function trainOne(
  layer: LayerName,
  task: Task,
  recipe: Recipe,
  registry: Registry,
  report: (line: string) => void = () => {},
): Promise<Outcome> {
  const model = makeModel(layer, task, recipe, registry);
  const batches = freshBatches(task.draw, recipe.stepsPerEpoch, recipe.batchSize);
  const started = performance.now();
  const history = await model.fit(batches, {
    epochs: recipe.epochs,
    validationData: [task.test.x, task.test.y],
    callbacks: [
      {
        onEpochEnd: (epoch, { valLoss }) => {
          const steps = (epoch + 1) * recipe.stepsPerEpoch;
          report(`${layer.padEnd(11)} ${String(steps).padStart(6)} steps  test loss ${valLoss!.toFixed(5)}`);
          if (valLoss! < SOLVED * task.baseline) model.stop();
        },
      },
    ],
  });
  const loss = history.epochs.at(-1)!.valLoss!;
  const outcome = {
    layer,
    weights: model.countParams(),
    steps: history.epochs.length * recipe.stepsPerEpoch,
    seconds: (performance.now() - started) / 1000,
    loss,
    ofBaseline: loss / task.baseline,
    verdict: judge(loss / task.baseline),
    route: routeOf(model),
  };
  model.dispose();
  return outcome;
}

function makeModel(layer: LayerName, task: Task, recipe: Recipe, registry: Registry): Sequential {
  const { units, learningRate, clipNorm, seed } = recipe;
  const room = { units, returnSequences: task.returnSequences };
  const recurrent: Layer = RECURRENT[layer](room, task.steps);
  const model = sequential([...task.before(), recurrent, ...task.after()], { registry, seed });
  model.compile({ optimizer: adam({ learningRate, globalClipNorm: clipNorm }), loss: task.loss });
  return model;
}

function judge(ofBaseline: number): Outcome['verdict'] {
  if (ofBaseline < SOLVED) return 'solved';
  return ofBaseline < SOME_MEMORY ? 'remembers something' : 'no better than without memory';
}

function routeOf(model: Sequential): string {
  const choice = model.kernels.find(({ op }) => op.endsWith('.sequence'));
  if (!choice) return 'no fused operation';
  return choice.route === 'fused' ? 'fused' : `reference: ${choice.reason}`;
}
