// Dropout inside the cells against Keras 3, with masks that Keras was given too: which mask multiplies what.
import { readFileSync } from 'node:fs';
import { useBackend } from '@ostinato/backend';
import { buildContext, type Cell, createRegistry, createRng, type StepContext } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { convLstm1dCell } from './conv-lstm-1d.js';
import { gruCell } from './gru-cell.js';
import { lstmCell } from './lstm-cell.js';
import { layers } from './plugin.js';
import { simpleRNNCell } from './simple-rnn-cell.js';
import { runTimeLoop } from './time-loop.js';

interface Golden {
  readonly shape: number[];
  readonly values: number[];
}
interface DropoutCase {
  readonly name: string;
  readonly layer: 'SimpleRNN' | 'LSTM' | 'GRU' | 'ConvLSTM1D';
  readonly config: { returnSequences?: boolean; returnState?: boolean; goBackwards?: boolean };
  readonly inputs: Golden[];
  readonly mask?: Golden;
  readonly weights: Golden[];
  readonly dropoutMasks: Golden[];
  readonly recurrentDropoutMasks: Golden[];
  readonly outputs: Golden[];
  readonly lossWeights: Golden[];
  readonly gradients: { inputs: Golden[]; weights: Golden[] };
}

const cases = ['rnn-dropout', 'conv-lstm-dropout'].flatMap((name) => {
  const file = new URL(`../../../goldens/${name}.json`, import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { cases: DropoutCase[] }).cases;
});
const CELLS = { SimpleRNN: simpleRNNCell, LSTM: lstmCell, GRU: gruCell, ConvLSTM1D: convLstm1dCell };
const OF_LSTM = ['/i', '/f', '/c', '/o'];
const GATES = { SimpleRNN: [''], LSTM: OF_LSTM, GRU: ['/z', '/r', '/h'], ConvLSTM1D: OF_LSTM };
const registry = createRegistry([layers]);

const tensor = ({ shape, values }: Golden): tf.Tensor => tf.tensor(values, shape, 'float32');

function build({ layer, config, inputs, weights }: DropoutCase): Cell {
  const { returnSequences: _s, returnState: _r, goBackwards: _b, ...options } = config;
  const cell: Cell = CELLS[layer](options as never);
  const inputShapes = [[null, ...inputs[0]!.shape.slice(2)]];
  cell.build(buildContext({ registry, rng: createRng(1), path: 'cell', inputShapes }));
  cell.params.forEach((param, i) => param.assign(tensor(weights[i]!)));
  return cell;
}

/** A context that answers a request for a mask with Keras' mask; any other request is computed. */
function contextWith(
  { layer, dropoutMasks, recurrentDropoutMasks }: DropoutCase,
  asked: Set<string>,
): StepContext {
  const given = new Map<string, tf.Tensor>();
  const put = (kind: string, masks: Golden[]): void => {
    masks.forEach((mask, i) =>
      given.set(`dropout/${kind}${masks.length > 1 ? GATES[layer][i] : ''}`, tensor(mask)),
    );
    if (kind === 'state' && masks.length > 1)
      GATES[layer].forEach((gate, i) => given.set(`dropout/state${gate}`, tensor(masks[i]!)));
  };
  put(
    'input',
    dropoutMasks.map(({ shape, values }) => ({ shape: [shape[0]!, 1, ...shape.slice(1)], values })),
  );
  put('state', recurrentDropoutMasks);
  const made = new Map<string, tf.Tensor>();
  return {
    training: true,
    path: 'cell',
    rng: createRng(1),
    constants: [],
    once: <T extends tf.Tensor | readonly tf.Tensor[]>(name: string, make: () => T): T => {
      asked.add(name);
      const known = given.get(name) ?? made.get(name) ?? tf.keep(make() as tf.Tensor);
      if (!given.has(name)) made.set(name, known);
      return known as T;
    },
  };
}

function expectClose(actual: tf.Tensor, golden: Golden, what: string): void {
  expect(actual.shape, what).toEqual(golden.shape);
  const values = actual.dataSync();
  const scale = golden.values.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  const worst = golden.values.reduce((most, value, i) => Math.max(most, Math.abs(value - values[i]!)), 0);
  expect(worst / scale, what).toBeLessThanOrEqual(1e-5);
}

beforeAll(() => useBackend('cpu'));

test.each(cases.map((golden) => [golden.name, golden] as const))('%s', (_name, golden) => {
  const { config, inputs, mask, outputs, lossWeights, gradients } = golden;
  const cell = build(golden);
  const asked = new Set<string>();
  tf.engine().startScope();
  const x = tensor(inputs[0]!);
  const context = contextWith(golden, asked);
  let results: tf.Tensor[] = [];
  const { grads } = tf.engine().gradients(() => {
    const { output, states } = runTimeLoop(
      cell,
      cell.prepare(cell.dropInput(x, context), context),
      {
        mask: mask ? tf.cast(tensor(mask), 'bool') : null,
        initialStates: cell.stateShapes.map((shape) => tf.zeros([x.shape[0]!, ...shape])),
        goBackwards: config.goBackwards ?? false,
        returnSequences: config.returnSequences ?? false,
      },
      context,
    );
    results = (config.returnState ? [output, ...states] : [output]).map((result) =>
      tf.keep(tf.clone(result)),
    );
    const parts = (config.returnState ? [output, ...states] : [output]).map((result, i) =>
      tf.sum(tf.mul(result, tensor(lossWeights[i]!))),
    );
    return parts.reduce((sum, part) => tf.add(sum, part)) as tf.Scalar;
  }, [x, ...cell.params.map((param) => param.tensor)]);
  const drawn = [...asked].filter((name) => name.startsWith('dropout/')).length;
  expect(drawn, 'masks drawn').toBe(golden.dropoutMasks.length + golden.recurrentDropoutMasks.length);
  results.forEach((result, i) => expectClose(result, outputs[i]!, `output ${i}`));
  [...gradients.inputs, ...gradients.weights].forEach((expected, i) =>
    expectClose(grads[i]!, expected, `gradient ${i}`),
  );
  tf.engine().endScope();
});
